/**
 * A look at how far the open channels of some connections have come, with every ping: what a lost hint would have told is found
 * here, and a person who no longer belongs to a channel is no longer looked after in it.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { CatchUp } from './catch-up.ts';
import { drop } from '../connection/cursors.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { Reads } from './view-queries.ts';
import type { Session } from '../connection/connection.ts';

export type HeadsDependencies = {
  readonly reads: Pick<Reads, 'headsOf' | 'membersOfAll'>;
  readonly catchUp: Pick<CatchUp, 'need'>;
  readonly answer: (session: Session, frame: ServerFrame) => void;
};

/** One look serves all of these connections. */
export async function lookAtHeads({ reads, catchUp, answer }: HeadsDependencies, sessions: readonly Session[]): Promise<void> {
  const looking = sessions.filter(({ cursors }) => cursors !== undefined && cursors.size > 0);
  if (looking.length === 0) return;
  const channels = [...new Set(looking.flatMap(({ cursors }) => [...(cursors?.keys() ?? [])]))];
  const [heads, members] = await Promise.all([reads.headsOf(channels), reads.membersOfAll(channels)]);
  for (const session of looking) {
    if (session.phase !== 'live' || session.who === undefined || session.cursors === undefined) continue;
    const { person } = session.who;
    const told: Record<ChannelId, number> = {};
    for (const [channel, cursor] of session.cursors) {
      if (!members.get(channel)?.includes(person)) {
        drop(session, channel);
        continue;
      }
      told[channel] = cursor;
      if ((heads.get(channel) ?? -1) > cursor) catchUp.need(session, channel);
    }
    if (Object.keys(told).length > 0) answer(session, { type: 'heads', heads: told });
  }
}
