/** A connection goes live: it is told where it stands and what it missed, and then what was said while that was read. */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { CatchUp } from '../channels/catch-up.ts';
import { openAt } from '../connection/cursors.ts';
import type { ClientFrame, ServerFrame } from '../protocol/frames.ts';
import type { ResumeResult } from './hello.ts';
import { HEARTBEAT_MS } from '../presence/presence.ts';
import type { Connection, Who } from '../connection/connection.ts';

export type WelcomeDependencies = {
  readonly answer: (connection: Connection, frame: ServerFrame) => void;
  readonly catchUp: Pick<CatchUp, 'need'>;
  readonly clock: () => Instant;
  readonly welcomed: (connection: Connection) => void;
};

/** Answers the frames that came too early and are to be heard now. */
export type Welcome = (connection: Connection, who: Who, greeting: ResumeResult) => readonly ClientFrame[];

export function createWelcome(
  { answer, catchUp, clock, welcomed }: WelcomeDependencies,
  { gateway, pingEveryMs }: { readonly gateway: string; readonly pingEveryMs: number },
): Welcome {
  /** A channel that the client named is open; of another it knows the head it was told. */
  const wasSaidMeanwhile = (
    connection: Connection,
    { channel, seq, told }: { readonly channel: ChannelId; readonly seq: number; readonly told: number | undefined },
  ) => {
    if (connection.cursors?.has(channel) !== true) {
      openAt(connection, channel, told ?? seq);
      if (told === undefined) return answer(connection, { type: 'heads', heads: { [channel]: seq } });
    }
    if ((connection.cursors?.get(channel) ?? seq) < seq) catchUp.need(connection, channel);
  };

  return (connection, { person }, greeting) => {
    const { recovered, heads } = greeting;
    answer(connection, {
      type: 'welcome',
      serverTime: clock(),
      person,
      gateway,
      recovered,
      heads: Object.fromEntries(heads),
      pingEveryMs,
      heartbeatEveryMs: HEARTBEAT_MS,
    });
    if (greeting.recovered) {
      for (const { channel, entries, lastSeq } of greeting.missing) {
        for (const entry of entries) answer(connection, { type: 'message', channel, ...entry });
        openAt(connection, channel, lastSeq);
      }
    } else for (const channel of greeting.opened) openAt(connection, channel, heads.get(channel) ?? -1);
    welcomed(connection);
    const { buffered } = connection;
    connection.buffered = undefined;
    for (const [channel, seq] of buffered?.lagging ?? []) wasSaidMeanwhile(connection, { channel, seq, told: heads.get(channel) });
    return buffered?.frames ?? [];
  };
}
