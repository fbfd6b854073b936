/** Channels and their members. Their messages, and how many there are, are in `messages.ts`. */
import { orErased } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { MessageRequest } from '../../domain/chat/channel-state.ts';
import type { ChannelEvent, ChannelKind } from '../../domain/chat/events.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: the channel. */
export type ChannelDocument = {
  readonly channel: ChannelId;
  readonly kind: ChannelKind;
  readonly owner: PersonId;
  readonly members: readonly PersonId[];
  readonly invited: readonly Invited[];
  /** Null where a direct channel is accepted, and in a group. */
  readonly request: MessageRequest | null;
  readonly title: string | null;
  /** The person under whose key the title is sealed. */
  readonly titledBy: PersonId | null;
  readonly openedAt: Instant;
};

/** A person who was asked to become a member, and the member who asked. */
type Invited = { readonly person: PersonId; readonly by: PersonId };

type HandledEvent = ChannelEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const channels = {
  kind: 'projector',
  name: 'channels',
  version: 2,
  handles: [
    'chat.channel-opened.v1',
    'chat.channel-renamed.v1',
    'chat.member-invited.v1',
    'chat.invitation-refused.v1',
    'chat.invitation-withdrawn.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.request-accepted.v1',
    'chat.request-refused.v1',
    'people.person-erased.v1',
  ],
  indexes: { channels: [{ fields: ['titledBy'] }] },

  project: (event, { channels }) => {
    switch (event.type) {
      case 'chat.channel-opened.v1': {
        channels.update(event.data.channel, event, () => opened(event.data));
        return;
      }
      case 'chat.channel-renamed.v1': {
        const { channel, title, by } = event.data;
        channels.update(channel, event, (before) => before && { ...before, title: orErased<string | null>(title, null), titledBy: by });
        return;
      }
      case 'chat.member-invited.v1': {
        const { channel, member: person, by } = event.data;
        channels.update(channel, event, (before) => before && { ...before, invited: [...invitedExcept(before, person), { person, by }] });
        return;
      }
      case 'chat.invitation-refused.v1':
      case 'chat.invitation-withdrawn.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && { ...before, invited: invitedExcept(before, member) });
        return;
      }
      case 'chat.member-joined.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && withMember(before, member));
        return;
      }
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && withoutMember(before, member));
        return;
      }
      case 'chat.request-accepted.v1':
        channels.update(event.data.channel, event, (before) => before && { ...before, request: null });
        return;
      case 'chat.request-refused.v1':
        channels.update(event.data.channel, event, (before) => before && { ...before, request: { from: event.data.from, status: 'refused' } });
        return;
      case 'people.person-erased.v1':
        channels.patch({ titledBy: event.key }, { title: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { channels: ChannelDocument }>;

/** The people who hear of the channel: its members, without one who has refused the message request that it is. */
export const channelRecipients = ({ members, request }: Pick<ChannelDocument, 'members' | 'request'>): readonly PersonId[] =>
  request?.status === 'refused' ? members.filter((member) => member === request.from) : members;

function opened({ channel, kind, owner, members, invited = [], title, request, at }: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data']) {
  return {
    channel,
    kind,
    owner,
    members,
    invited: invited.map((person) => ({ person, by: owner })),
    request: request === true ? ({ from: owner, status: 'pending' } as const) : null,
    ...(title === undefined ? { title: null, titledBy: null } : { title: orErased<string | null>(title, null), titledBy: owner }),
    openedAt: at,
  };
}

const withMember = (before: ChannelDocument, member: PersonId): ChannelDocument => ({
  ...before,
  members: [...membersExcept(before, member), member],
  invited: invitedExcept(before, member),
});

const invitedExcept = ({ invited }: ChannelDocument, person: PersonId): readonly Invited[] => invited.filter((other) => other.person !== person);

const membersExcept = ({ members }: ChannelDocument, member: PersonId): readonly PersonId[] => members.filter((other) => other !== member);

/** When the owner leaves, the longest-standing member owns the group. */
function withoutMember(before: ChannelDocument, member: PersonId): ChannelDocument {
  const members = membersExcept(before, member);
  return { ...before, members, owner: before.owner === member ? (members[0] ?? member) : before.owner };
}
