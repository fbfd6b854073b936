/** From `hello` to `welcome`: who it is, what the person belongs to, and what the device misses. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { ChannelId, DeviceId } from '../../domain/shared/ids.ts';
import { epochMs } from '../../domain/shared/instant.ts';
import type { Tokens } from '../../edge/auth/tokens.ts';
import type { MembershipLookup } from '../channels/membership.ts';
import type { ClientFrameOf } from '../protocol/frames.ts';
import type { History } from '../channels/history.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import { resume, type Missing } from '../channels/missed-messages.ts';
import type { Who } from '../connection/connection.ts';

export type ResumeResult =
  | { readonly recovered: true; readonly heads: ReadonlyMap<ChannelId, number>; readonly missing: readonly Missing[] }
  /** `opened` are the channels that were named: each goes on from its head. */
  | { readonly recovered: false; readonly heads: ReadonlyMap<ChannelId, number>; readonly opened: readonly ChannelId[] };

export async function authenticate(
  tokens: Pick<Tokens, 'verify'>,
  { token, device }: ClientFrameOf<'hello'>,
): Promise<{ readonly outcome: 'accepted'; readonly who: Who } | { readonly outcome: 'refused'; readonly refusal: Refusal }> {
  const verified = await tokens.verify(token);
  if (verified.outcome === 'refused') return verified;
  const { person, session, expiresAt } = verified;
  return { outcome: 'accepted', who: { person, device: device as DeviceId, session, expiresAtMs: epochMs(expiresAt) } };
}

/** Hints must be listened for before this is asked, so that nothing falls between what is read here and what is heard. */
export async function loadResume(
  { reads, history, belonging }: { readonly reads: ViewQueries; readonly history: History; readonly belonging: MembershipLookup },
  { person }: Who,
  { cursors }: ClientFrameOf<'hello'>,
): Promise<ResumeResult> {
  const channels = await reads.channelsOf(person);
  const named = await ofTheirs(reads, channels, person, new Map(Object.entries(cursors) as [ChannelId, number][]));
  const [resumed, seen] = await Promise.all([resume(history, named), reads.headsOf(channels)]);
  const heads = new Map(channels.map((channel) => [channel, seen.get(channel) ?? -1]));
  if (resumed.recovered) {
    for (const channel of named.keys()) heads.delete(channel);
    return { recovered: true, heads, missing: await stillTheirs(belonging, person, resumed.missing) };
  }
  // Of what the client keeps the heads are exact: the views may be behind what was said.
  await Promise.all(Array.from(named.keys(), async (channel) => heads.set(channel, await history.head(channel))));
  return { recovered: false, heads, opened: [...named.keys()] };
}

/** What was said is asked for by the views' word, and handed out only by the log's. */
async function stillTheirs(belonging: MembershipLookup, person: Who['person'], missing: readonly Missing[]): Promise<readonly Missing[]> {
  const theirs = await Promise.all(missing.map(async ({ channel, entries }) => entries.length === 0 || (await belonging(channel))(person)));
  return missing.filter((_, i) => theirs[i]);
}

/** A channel that was joined a moment ago, or lies beyond those listed, is not among `channels`; its own members are asked for then. */
async function ofTheirs(
  reads: ViewQueries,
  channels: readonly ChannelId[],
  person: Who['person'],
  cursors: ReadonlyMap<ChannelId, number>,
): Promise<ReadonlyMap<ChannelId, number>> {
  const listed = new Set(channels);
  const others = await reads.membersOfAll([...cursors.keys()].filter((channel) => !listed.has(channel)));
  return new Map([...cursors].filter(([channel]) => listed.has(channel) || others.get(channel)?.includes(person) === true));
}
