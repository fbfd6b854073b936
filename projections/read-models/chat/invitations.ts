/** Invitations to groups, and requests to join one, that wait for an answer. */
import type { ChannelEvent } from '../../../domain/chat/events.ts';
import type { ChannelId, InvitationLinkId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Projector } from '../../projection.ts';

/** Id: `invitationId`. `by`: the member who asked. */
export type InvitationDocument = { readonly person: PersonId; readonly channel: ChannelId; readonly by: PersonId; readonly at: Instant };

/** Id: `invitationId`. A person who asks to join, by a link. */
export type JoinRequestDocument = { readonly person: PersonId; readonly channel: ChannelId; readonly link: InvitationLinkId; readonly at: Instant };

export const invitationId = (person: PersonId, channel: ChannelId): string => `${person}:${channel}`;

type HandledEvent = Extract<
  ChannelEvent,
  {
    type:
      | 'chat.channel-opened.v1'
      | 'chat.member-invited.v1'
      | 'chat.member-joined.v1'
      | 'chat.invitation-refused.v1'
      | 'chat.invitation-withdrawn.v1'
      | 'chat.join-requested.v1'
      | 'chat.join-request-refused.v1'
      | 'chat.join-request-withdrawn.v1';
  }
>;

export const invitations = {
  kind: 'projector',
  name: 'invitations',
  version: 2,
  handles: [
    'chat.channel-opened.v1',
    'chat.member-invited.v1',
    'chat.member-joined.v1',
    'chat.invitation-refused.v1',
    'chat.invitation-withdrawn.v1',
    'chat.join-requested.v1',
    'chat.join-request-refused.v1',
    'chat.join-request-withdrawn.v1',
  ],
  indexes: { invitations: [{ fields: ['person', '_id'] }], 'join-requests': [{ fields: ['person', '_id'] }, { fields: ['channel', '_id'] }] },

  project: (event, { invitations, 'join-requests': joinRequests }) => {
    const { channel } = event.data;
    switch (event.type) {
      case 'chat.channel-opened.v1': {
        const { invited = [], owner: by, at } = event.data;
        for (const person of invited) invitations.update(invitationId(person, channel), event, () => ({ person, channel, by, at }));
        return;
      }
      case 'chat.member-invited.v1': {
        const { member: person, by, at } = event.data;
        invitations.update(invitationId(person, channel), event, () => ({ person, channel, by, at }));
        return;
      }
      case 'chat.join-requested.v1': {
        const { person, link, at } = event.data;
        joinRequests.update(invitationId(person, channel), event, () => ({ person, channel, link, at }));
        return;
      }
      case 'chat.join-request-refused.v1':
      case 'chat.join-request-withdrawn.v1':
        joinRequests.update(invitationId(event.data.person, channel), event, () => undefined);
        return;
      case 'chat.member-joined.v1':
        invitations.update(invitationId(event.data.member, channel), event, () => undefined);
        joinRequests.update(invitationId(event.data.member, channel), event, () => undefined);
        return;
      case 'chat.invitation-refused.v1':
      case 'chat.invitation-withdrawn.v1':
        invitations.update(invitationId(event.data.member, channel), event, () => undefined);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { invitations: InvitationDocument; 'join-requests': JoinRequestDocument }>;
