/** Channels and their members. Their messages, and how many there are, are in `messages.ts`. */
import { orErased } from '../../../domain/shared/event.ts';
import type { PostMedia } from '../../../domain/media/media-facts.ts';
import type { ChannelId, InvitationLinkId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { MessageRequest } from '../../../domain/chat/channel-state.ts';
import type { ChannelEvent, ChannelKind, HistoryAccess, MemberRole } from '../../../domain/chat/events.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Projector } from '../../projection.ts';

/** Id: the channel. */
export type ChannelDocument = {
  readonly channel: ChannelId;
  readonly kind: ChannelKind;
  readonly owner: PersonId;
  /** Of an announcement channel only the owner and the admins: the others have a row of the inbox each, and are counted. */
  readonly members: readonly PersonId[];
  readonly memberCount: number;
  readonly admins: readonly PersonId[];
  readonly history: HistoryAccess;
  readonly links: readonly LinkInDocument[];
  readonly invited: readonly Invited[];
  /** Null where a direct channel is accepted, and in a group. */
  readonly request: MessageRequest | null;
  readonly title: string | null;
  /** The person under whose key the title is sealed. */
  readonly titledBy: PersonId | null;
  readonly description: string | null;
  /** The person under whose key the description is sealed. */
  readonly describedBy: PersonId | null;
  /** Media of the person who chose it. */
  readonly picture: PostMedia | null;
  readonly picturedBy: PersonId | null;
  readonly openedAt: Instant;
  /** What is said disappears so long after it was said. Null: it stays. */
  readonly timeToLiveSeconds: number | null;
};

/** A person who was asked to become a member, and the member who asked. */
type Invited = { readonly person: PersonId; readonly by: PersonId };

/** Whoever follows it is a member, or asks to be one where it has `approval`. `usesMax` and `expiresAt` are null where there is no end. */
export type LinkInDocument = {
  readonly link: InvitationLinkId;
  readonly by: PersonId;
  readonly uses: number;
  readonly usesMax: number | null;
  readonly expiresAt: Instant | null;
  readonly approval: boolean;
  readonly at: Instant;
};

/** Who asked in vain, and what is pinned, it doesn't tell. */
type Untold = 'chat.join-request-refused.v1' | 'chat.join-request-withdrawn.v1' | 'chat.message-pinned.v1' | 'chat.message-unpinned.v1';
type HandledEvent = Exclude<ChannelEvent, { type: Untold }> | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const channels = {
  kind: 'projector',
  name: 'channels',
  version: 3,
  handles: [
    'chat.channel-opened.v1',
    'chat.channel-renamed.v1',
    'chat.disappearing-set.v1',
    'chat.member-invited.v1',
    'chat.invitation-refused.v1',
    'chat.invitation-withdrawn.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.role-changed.v1',
    'chat.owner-changed.v1',
    'chat.channel-described.v1',
    'chat.channel-pictured.v1',
    'chat.history-set.v1',
    'chat.invitation-link-created.v1',
    'chat.invitation-link-revoked.v1',
    'chat.join-requested.v1',
    'chat.request-accepted.v1',
    'chat.request-refused.v1',
    'people.person-erased.v1',
  ],
  indexes: { channels: [{ fields: ['titledBy'] }, { fields: ['describedBy'] }, { fields: ['picturedBy'] }, { fields: ['channel', 'position'] }] },

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
      case 'chat.disappearing-set.v1': {
        const { channel, afterSeconds: timeToLiveSeconds } = event.data;
        channels.update(channel, event, (before) => before && { ...before, timeToLiveSeconds });
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
        const { channel, member, link } = event.data;
        channels.update(channel, event, (before) => before && withMember(withUse(before, link), member));
        return;
      }
      case 'chat.member-left.v1':
      case 'chat.member-removed.v1': {
        const { channel, member } = event.data;
        channels.update(channel, event, (before) => before && withoutMember(before, member));
        return;
      }
      case 'chat.role-changed.v1': {
        const { channel, member, role } = event.data;
        channels.update(channel, event, (before) => before && withRole(before, member, role));
        return;
      }
      case 'chat.owner-changed.v1': {
        const { channel, owner } = event.data;
        channels.update(channel, event, (before) => before && withOwner(before, owner));
        return;
      }
      case 'chat.channel-described.v1': {
        const { channel, by } = event.data;
        const description = orErased<string | null>(event.data.description, null) || null;
        channels.update(channel, event, (before) => before && { ...before, description, describedBy: by });
        return;
      }
      case 'chat.channel-pictured.v1': {
        const { channel, by } = event.data;
        const picture = orErased<PostMedia | null>(event.data.picture, null);
        channels.update(channel, event, (before) => before && { ...before, picture, picturedBy: by });
        return;
      }
      case 'chat.history-set.v1': {
        const { channel, history } = event.data;
        channels.update(channel, event, (before) => before && { ...before, history });
        return;
      }
      case 'chat.invitation-link-created.v1': {
        const { channel, link, by, usesMax = null, expiresAt = null, approval = false, at } = event.data;
        const made = { link, by, uses: 0, usesMax, expiresAt, approval, at };
        channels.update(channel, event, (before) => before && { ...before, links: [...before.links, made] });
        return;
      }
      case 'chat.invitation-link-revoked.v1': {
        const { channel, link } = event.data;
        channels.update(channel, event, (before) => before && { ...before, links: before.links.filter((one) => one.link !== link) });
        return;
      }
      case 'chat.join-requested.v1': {
        const { channel, link } = event.data;
        channels.update(channel, event, (before) => before && withUse(before, link));
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
        channels.patch({ describedBy: event.key }, { description: null });
        channels.patch({ picturedBy: event.key }, { picture: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { channels: ChannelDocument }>;

/** The people who hear of the channel: its members, without one who has refused the message request that it is. */
export const channelRecipients = ({ members, request }: Pick<ChannelDocument, 'members' | 'request'>): readonly PersonId[] =>
  request?.status === 'refused' ? members.filter((member) => member === request.from) : members;

function opened({
  channel,
  kind,
  owner,
  members,
  invited = [],
  title,
  request,
  history,
  at,
}: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data']) {
  return {
    channel,
    kind,
    owner,
    members,
    memberCount: members.length,
    admins: [],
    history: history ?? ('all' as const),
    links: [],
    description: null,
    describedBy: null,
    picture: null,
    picturedBy: null,
    invited: invited.map((person) => ({ person, by: owner })),
    request: request === true ? ({ from: owner, status: 'pending' } as const) : null,
    ...(title === undefined ? { title: null, titledBy: null } : { title: orErased<string | null>(title, null), titledBy: owner }),
    openedAt: at,
    timeToLiveSeconds: null,
  };
}

const withMember = (before: ChannelDocument, member: PersonId): ChannelDocument => ({
  ...before,
  memberCount: before.memberCount + 1,
  members: before.kind === 'announcement' ? before.members : [...membersExcept(before, member), member],
  invited: invitedExcept(before, member),
});

const invitedExcept = ({ invited }: ChannelDocument, person: PersonId): readonly Invited[] => invited.filter((other) => other.person !== person);

const membersExcept = ({ members }: ChannelDocument, member: PersonId): readonly PersonId[] => members.filter((other) => other !== member);

const withUse = (before: ChannelDocument, link: InvitationLinkId | undefined): ChannelDocument =>
  link === undefined ? before : { ...before, links: before.links.map((one) => (one.link === link ? { ...one, uses: one.uses + 1 } : one)) };

/** The links of somebody who is no admin any more lead nowhere. */
function withRole(before: ChannelDocument, member: PersonId, role: MemberRole): ChannelDocument {
  const admins = before.admins.filter((one) => one !== member);
  if (role === 'admin') {
    const members = before.members.includes(member) ? before.members : [...before.members, member];
    return { ...before, members, admins: [...admins, member] };
  }
  const members = before.kind === 'announcement' ? membersExcept(before, member) : before.members;
  return { ...before, members, admins, links: before.links.filter(({ by }) => by !== member) };
}

function withOwner(before: ChannelDocument, owner: PersonId): ChannelDocument {
  const promoted = withRole(before, owner, 'admin');
  const admins = promoted.admins.filter((one) => one !== owner && one !== before.owner);
  return { ...promoted, owner, admins: [...admins, before.owner] };
}

/** When the owner leaves, the longest-standing admin owns the group, or the longest-standing member. */
function withoutMember(before: ChannelDocument, member: PersonId): ChannelDocument {
  const members = membersExcept(before, member);
  const owner = before.owner === member ? (members.find((one) => before.admins.includes(one)) ?? members[0] ?? member) : before.owner;
  const admins = before.admins.filter((one) => one !== member && one !== owner);
  return { ...before, members, memberCount: before.memberCount - 1, owner, admins, links: before.links.filter(({ by }) => by !== member) };
}
