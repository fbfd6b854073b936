/** Invitations to groups that wait for an answer. */
import type { ChannelEvent } from '../../domain/chat/events.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Projector } from '../projection.ts';

/** Id: `invitationId`. `by`: the member who asked. */
export type InvitationDocument = { readonly person: PersonId; readonly channel: ChannelId; readonly by: PersonId; readonly at: Instant };

export const invitationId = (person: PersonId, channel: ChannelId): string => `${person}:${channel}`;

type HandledEvent = Extract<
  ChannelEvent,
  {
    type: 'chat.channel-opened.v1' | 'chat.member-invited.v1' | 'chat.member-joined.v1' | 'chat.invitation-refused.v1' | 'chat.invitation-withdrawn.v1';
  }
>;

export const invitations = {
  kind: 'projector',
  name: 'invitations',
  version: 1,
  handles: ['chat.channel-opened.v1', 'chat.member-invited.v1', 'chat.member-joined.v1', 'chat.invitation-refused.v1', 'chat.invitation-withdrawn.v1'],
  indexes: { invitations: [{ fields: ['person', '_id'] }] },

  project: (event, { invitations }) => {
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
      case 'chat.member-joined.v1':
      case 'chat.invitation-refused.v1':
      case 'chat.invitation-withdrawn.v1':
        invitations.update(invitationId(event.data.member, channel), event, () => undefined);
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { invitations: InvitationDocument }>;
