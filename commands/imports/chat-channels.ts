/**
 * Channels of other systems. Their members didn't ask to be in them here, but they were in them there; so nobody is asked, and nobody is
 * brought back who has left, or was removed, since.
 */
import { channel } from '../../domain/chat/channel.ts';
import { isMember, membersOf, type ChannelState } from '../../domain/chat/channel-state.ts';
import { inbox } from '../../domain/chat/inbox.ts';
import { isBlockedAmong, type Newcomer } from '../../domain/chat/newcomers.ts';
import { user } from '../../domain/people/user.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { has } from '../../domain/shared/persistent-map.ts';
import { channelStream, inboxStream, userStream } from '../../domain/shared/streams.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { arrivalIn, changeChannel } from '../chat/channels.ts';
import { messageAt } from '../chat/message-references.ts';
import { membersWithRelationships } from '../chat/newcomers.ts';
import type { CommandsDependencies, Uses } from '../handling/dependencies.ts';
import { createdIdOf, directChannelOf } from '../handling/deterministic-ids.ts';
import { importCommandIdOf } from '../handling/command-context.ts';
import type { LoadState } from '../handling/handle.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import { counterpartOf } from '../people/relationships.ts';
import { newestImported } from './find-imported.ts';
import { contextOf, type Importing } from './importing.ts';

type Dependencies = Uses<'log' | 'codec' | 'broadcast'> & Pick<CommandsDependencies, 'groups'>;

/** Each has a stream of their own; no more than a log appends together. */
const READING_TOGETHER_MAX = 16;

// In stored ids, and never changed.
const CHANNEL = 'import-channel';
const MEMBER = 'import-member';
const DESCRIPTION = 'import-description';
const READ = 'import-read';

/** `source` and `key` name a channel where it comes from. */
export type ImportedChannel = { readonly source: string; readonly key: string; readonly happenedAt: Instant } & (
  | { readonly kind: 'direct'; readonly members: readonly [PersonId, PersonId] }
  | { readonly kind: 'group'; readonly owner: PersonId; readonly members: readonly PersonId[]; readonly title?: string }
  /** Its members come one by one, when its messages are there. */
  | { readonly kind: 'announcement'; readonly owner: PersonId; readonly title?: string }
);

/** Members who are erased, and those with whom a block stands, are left out. */
export const importChannel =
  (dependencies: Dependencies) =>
  async (imported: ImportedChannel, importing: Importing): Promise<CreateResult<ChannelId>> => {
    const { source, key, happenedAt } = imported;
    const context = contextOf(importing, CHANNEL, channelKey({ source, key }), happenedAt);
    const id = importedChannelOf(imported);
    const { state } = await dependencies.loadState(channel, channelStream(id));
    if (imported.kind === 'direct') {
      const [actor, other] = imported.members;
      // Its id follows from its two people, and they may have opened it here before.
      if (state.status !== 'none') return { id, handled: await unchanged(dependencies, id) };
      const self = await dependencies.loadState(user, userStream(actor));
      if (self.state.status !== 'registered') return { id, handled: refused('person-unknown') };
      const { counterpart } = await counterpartOf(dependencies, { person: actor, other });
      const command = { type: 'open-direct', channel: id, actor, other: counterpart, friends: true, at: happenedAt } as const;
      return { id, handled: await changeChannel(dependencies, command, context) };
    }
    const { kind, owner, title } = imported;
    const others = kind === 'group' ? await newcomersAmong(dependencies, owner, imported.members) : [];
    const command = {
      type: 'open-group',
      channel: id,
      actor: owner,
      ...(kind === 'announcement' && { kind }),
      others,
      ...(title !== undefined && { title }),
      at: happenedAt,
    } as const;
    return { id, handled: await changeChannel(dependencies, command, context) };
  };

/** The channel's id here where it was imported, or would be. */
export const importedChannelOf = (imported: ImportedChannel): ChannelId =>
  imported.kind === 'direct' ? directChannelOf(...imported.members) : createdIdOf<ChannelId>(importCommandIdOf(CHANNEL, channelKey(imported)), 'channel');

const channelKey = ({ source, key }: Pick<ImportedChannel, 'source' | 'key'>): string => `${source}\n${key}`;

/** A member who came there after the channel was opened here. Who has left it since, or was removed, or is across a block from a member, stays away. */
export const importMember =
  (dependencies: Dependencies) =>
  async ({ channel: id, member }: { readonly channel: ChannelId; readonly member: PersonId }, importing: Importing): Promise<CommandResult> => {
    const { state } = await dependencies.loadState(channel, channelStream(id));
    if (state.status !== 'open') return refused('channel-unknown');
    if (isMember(state, member) || has(state.departed, member) || has(state.removed, member)) return unchanged(dependencies, id);
    const [newcomer] = await newcomersAmong(dependencies, state.owner, [member]);
    if (newcomer === undefined) return refused('person-unknown');
    const members = await membersWithRelationships(dependencies.loadState, state);
    if (isBlockedAmong(newcomer, members)) return unchanged(dependencies, id);
    const arrival = await arrivalIn(dependencies, id, importing.at);
    const command = { type: 'add', channel: id, actor: state.owner, member: newcomer, members, ...arrival } as const;
    return dependencies.handle(channel, channelStream(id), command, contextOf(importing, MEMBER, `${id}\n${member}`));
  };

/** Once everything is there: what the channel is for, and that its members have read what was said elsewhere. */
export const endChannelImport =
  (dependencies: Dependencies) =>
  async (
    { channel: id, description }: { readonly channel: ChannelId; readonly description?: string },
    importing: Importing,
  ): Promise<{ readonly described: CommandResult | undefined; readonly read: number }> => {
    const { state } = await dependencies.loadState(channel, channelStream(id));
    const canDescribe = state.status === 'open' && state.kind !== 'direct' && description !== undefined;
    const describe = () => ({ type: 'describe', channel: id, actor: ownerOf(state), description: description ?? '' }) as const;
    const described = canDescribe ? await changeChannel(dependencies, describe(), contextOf(importing, DESCRIPTION, id)) : undefined;
    return { described, read: await markImportedAsRead(dependencies, { id, state }, importing) };
  };

const ownerOf = (state: ChannelState): PersonId => (state.status === 'open' ? state.owner : ('' as PersonId));

/** Only where nobody has written here yet: who has unread messages of others keeps them. */
async function markImportedAsRead(
  dependencies: Dependencies,
  { id, state }: { readonly id: ChannelId; readonly state: ChannelState },
  importing: Importing,
): Promise<number> {
  const newest = await newestImported(dependencies, id);
  if (newest === undefined || newest.imported !== newest.messageCount) return 0;
  const { seq } = newest;
  const [membership, target] = await Promise.all([dependencies.loadState(channel, channelStream(id)), messageAt(dependencies, id, seq)]);
  const read = async (person: PersonId): Promise<boolean> => {
    const command = { type: 'read', actor: person, channel: id, membership: membership.state, seq, target, at: importing.at } as const;
    const handled = await dependencies.handle(inbox, inboxStream(person), command, contextOf(importing, READ, `${id}\n${person}\n${seq}`));
    return handled.outcome === 'appended' && !handled.repeated;
  };
  const members = membersOf(state);
  let count = 0;
  for (let from = 0; from < members.length; from += READING_TOGETHER_MAX) {
    count += (await Promise.all(members.slice(from, from + READING_TOGETHER_MAX).map(read))).filter(Boolean).length;
  }
  return count;
}

async function newcomersAmong(dependencies: Dependencies, owner: PersonId, people: readonly PersonId[]): Promise<readonly Newcomer[]> {
  const others = [...new Set(people)].filter((person) => person !== owner);
  const loaded = await Promise.all(
    others.map(async (other): Promise<Newcomer> => {
      const { counterpart, relationships } = await counterpartOf(dependencies, { person: owner, other });
      return { ...counterpart, relationships, acquainted: true };
    }),
  );
  return loaded.filter((one) => one.user.status === 'registered' && one.relation === 'clear');
}

/** As the command itself would answer that changes nothing. */
async function unchanged({ loadState }: { readonly loadState: LoadState }, id: ChannelId): Promise<CommandResult> {
  const { stream, revision } = await loadState(channel, channelStream(id));
  return { outcome: 'unchanged', stream, revision, position: undefined };
}
