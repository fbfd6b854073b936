/** Loads the answer to a `hello`: the messages that the client missed, or the heads of its channels where these are too many. */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { LogEpoch } from '../../ports/event-log/port.ts';
import { readHead, type StreamReader } from './history.ts';
import { membershipFromLog } from './membership.ts';
import { readMissedMessages, type MissedMessages } from './missed-messages.ts';
import { channelsOf, headsOf, membersOfAll, type ViewQueries } from './view-queries.ts';

export type ResumeResult =
  | { readonly recovered: true; readonly heads: ReadonlyMap<ChannelId, number>; readonly missed: readonly MissedMessages[] }
  /** `openedChannels` are those of the client's cursors: each goes on from its head. */
  | { readonly recovered: false; readonly heads: ReadonlyMap<ChannelId, number>; readonly openedChannels: readonly ChannelId[] };

export type ResumeDependencies = { readonly queries: ViewQueries; readonly history: StreamReader; readonly loadState: LoadState; readonly epoch: LogEpoch };

/** A cursor of another epoch may be below the head and stand on another message than the client has there. */
const NOT_RECOVERED = { recovered: false } as const;

/** What the client has. `epoch`: of the log that the cursors are of. */
type Kept = { readonly cursors: ReadonlyMap<ChannelId, number>; readonly epoch: LogEpoch };

/** The connection must be in the registry before, so that no message falls between the read and its hint. */
export async function loadResume(
  { queries, history, loadState, epoch }: ResumeDependencies,
  person: PersonId,
  { cursors, epoch: ofCursors }: Kept,
): Promise<ResumeResult> {
  const channels = await channelsOf(queries, person);
  const known = await withoutForeignChannels(queries, { person, channels, cursors });
  const [resumed, viewHeads] = await Promise.all([
    ofCursors === epoch || cursors.size === 0 ? readMissedMessages(history, known) : NOT_RECOVERED,
    headsOf(queries, channels),
  ]);
  const heads = new Map(channels.map((channel) => [channel, viewHeads.get(channel) ?? -1]));
  if (resumed.recovered) {
    for (const channel of known.keys()) heads.delete(channel);
    return { recovered: true, heads, missed: await ofMemberChannels(loadState, person, resumed.missed) };
  }
  // Of the client's open channels the heads are exact, by the log: the views may be behind it. The log decides, too, whether they still are the person's.
  const opened = await Promise.all(
    Array.from(known.keys(), async (channel) => {
      const [head, isMember] = await Promise.all([readHead(history, channel), membershipFromLog(loadState, channel)]);
      if (isMember(person)) heads.set(channel, head);
      else heads.delete(channel);
      return isMember(person) ? [channel] : [];
    }),
  );
  return { recovered: false, heads, openedChannels: opened.flat() };
}

/** The views decide which channels are read; the log decides which of their messages are handed out. */
async function ofMemberChannels(loadState: LoadState, person: PersonId, missed: readonly MissedMessages[]): Promise<readonly MissedMessages[]> {
  const isMembers = await Promise.all(
    missed.map(async ({ channel, entries }) => entries.length === 0 || (await membershipFromLog(loadState, channel))(person)),
  );
  return missed.filter((_, i) => isMembers[i]);
}

/** A channel that the person joined a moment ago, or beyond those listed, is not among `channels`; its own members are asked for then. */
async function withoutForeignChannels(
  queries: ViewQueries,
  { person, channels, cursors }: { readonly person: PersonId; readonly channels: readonly ChannelId[]; readonly cursors: ReadonlyMap<ChannelId, number> },
): Promise<ReadonlyMap<ChannelId, number>> {
  const listed = new Set(channels);
  const members = await membersOfAll(
    queries,
    [...cursors.keys()].filter((channel) => !listed.has(channel)),
  );
  return new Map([...cursors].filter(([channel]) => listed.has(channel) || members.get(channel)?.includes(person) === true));
}
