/** Loads the answer to a `hello`: the messages that the client missed, or the heads of its channels where these are too many. */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { LogEpoch } from '../../ports/event-log/port.ts';
import { readHead, type StreamReader } from './history.ts';
import { membershipFromLog } from './membership.ts';
import { readMissedMessages, type MissedMessages } from './missed-messages.ts';
import { headsOf, inboxOf, membersOfAll, type ViewQueries } from './view-queries.ts';

/** `announcements`: the announcement channels of the person. Those are followed, and not delivered. */
export type ResumeResult = { readonly announcements: readonly ChannelId[] } & Resumption;

type Resumption =
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
  const rows = await inboxOf(queries, person);
  const channels = rows.map(({ channel }) => channel);
  const announcements = rows.filter(({ announcement }) => announcement).map(({ channel }) => channel);
  const known = await withoutForeignChannels(queries, { person, channels, cursors });
  const [resumed, viewHeads] = await Promise.all([
    ofCursors === epoch || cursors.size === 0 ? readMissedMessages(history, known) : NOT_RECOVERED,
    headsOf(queries, channels),
  ]);
  const heads = new Map(channels.map((channel) => [channel, viewHeads.get(channel) ?? -1]));
  if (resumed.recovered) {
    for (const channel of known.keys()) heads.delete(channel);
    return { announcements, recovered: true, heads, missed: await ofMemberChannels(loadState, person, resumed.missed) };
  }
  // Of the client's open channels the heads are exact, by the log: the views may be behind it. The log decides, too, whether they still are the person's.
  const opened = await Promise.all(
    Array.from(known.keys(), async (channel) => {
      const [head, readsFrom] = await Promise.all([readHead(history, channel), membershipFromLog(loadState, channel)]);
      const isMember = readsFrom(person) !== undefined;
      if (isMember) heads.set(channel, head);
      else heads.delete(channel);
      return isMember ? [channel] : [];
    }),
  );
  return { announcements, recovered: false, heads, openedChannels: opened.flat() };
}

/** The views decide which channels are read; the log decides which of their messages are handed out. */
async function ofMemberChannels(loadState: LoadState, person: PersonId, missed: readonly MissedMessages[]): Promise<readonly MissedMessages[]> {
  const readable = await Promise.all(
    missed.map(async (one) => {
      if (one.entries.length === 0) return [one];
      const first = (await membershipFromLog(loadState, one.channel))(person);
      if (first === undefined) return [];
      const entries = one.entries.filter(({ seq }) => seq >= first);
      return [entries.length === one.entries.length ? one : { ...one, entries, hiddenUpTo: first - 1 }];
    }),
  );
  return readable.flat();
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
