/** Channels and their members. Their messages, and how many there are, are in `messages.ts`. */
import { orErased } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { ChannelEvent, ChannelKind } from '../../domain/chat/events.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

/** Id: the channel. */
export type ChannelDocument = {
  readonly channel: ChannelId;
  readonly kind: ChannelKind;
  readonly owner: PersonId;
  readonly members: readonly PersonId[];
  readonly title: string | null;
  /** The person under whose key the title is sealed. */
  readonly titledBy: PersonId | null;
  readonly openedAt: Instant;
};

type HandledEvent = ChannelEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const channels = {
  kind: 'projector',
  name: 'channels',
  version: 1,
  handles: [
    'chat.channel-opened.v1',
    'chat.channel-renamed.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'people.person-erased.v1',
  ],
  indexes: { channels: [{ fields: ['titledBy'] }] },

  project: (event, { channels }) => {
    switch (event.type) {
      case 'chat.channel-opened.v1': {
        const { channel, kind, owner, members, title, at } = event.data;
        const titled = title === undefined ? { title: null, titledBy: null } : { title: orErased<string | null>(title, null), titledBy: owner };
        channels.update(channel, event, () => ({ channel, kind, owner, members, ...titled, openedAt: at }));
        return;
      }
      case 'chat.channel-renamed.v1': {
        const { channel, title, by } = event.data;
        channels.update(channel, event, (before) => before && { ...before, title: orErased<string | null>(title, null), titledBy: by });
        return;
      }
      case 'chat.member-joined.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && { ...before, members: [...membersExcept(before, member), member] });
        return;
      }
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && withoutMember(before, member));
        return;
      }
      case 'people.person-erased.v1':
        channels.patch({ titledBy: event.key }, { title: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { channels: ChannelDocument }>;

const membersExcept = ({ members }: ChannelDocument, member: PersonId): readonly PersonId[] => members.filter((other) => other !== member);

/** When the owner leaves, the longest-standing member owns the group. */
function withoutMember(before: ChannelDocument, member: PersonId): ChannelDocument {
  const members = membersExcept(before, member);
  return { ...before, members, owner: before.owner === member ? (members[0] ?? member) : before.owner };
}
