/** A connection goes live: it is told where it stands and what it missed, and then what was said while that was read. */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { CatchUp } from '../channels/catch-up.ts';
import { openAt } from '../connection/cursors.ts';
import type { ClientFrame, ServerFrame } from '../protocol/frames.ts';
import type { Greeting } from './hello.ts';
import { HEARTBEAT_MS } from '../presence/presence.ts';
import type { Session, Who } from '../connection/connection.ts';

export type WelcomeDependencies = {
  readonly answer: (session: Session, frame: ServerFrame) => void;
  readonly catchUp: Pick<CatchUp, 'need'>;
  readonly clock: () => Instant;
  readonly welcomed: (session: Session) => void;
};

/** Answers the frames that came too early and are to be heard now. */
export type Welcome = (session: Session, who: Who, greeting: Greeting) => readonly ClientFrame[];

export function createWelcome(
  { answer, catchUp, clock, welcomed }: WelcomeDependencies,
  { gateway, pingEveryMs }: { readonly gateway: string; readonly pingEveryMs: number },
): Welcome {
  /** A channel that the client named is open; of another it knows the head it was told. */
  const wasSaidMeanwhile = (
    session: Session,
    { channel, seq, told }: { readonly channel: ChannelId; readonly seq: number; readonly told: number | undefined },
  ) => {
    if (session.cursors?.has(channel) !== true) {
      openAt(session, channel, told ?? seq);
      if (told === undefined) return answer(session, { type: 'heads', heads: { [channel]: seq } });
    }
    if ((session.cursors?.get(channel) ?? seq) < seq) catchUp.need(session, channel);
  };

  return (session, { person }, greeting) => {
    const { recovered, heads } = greeting;
    answer(session, {
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
        for (const entry of entries) answer(session, { type: 'message', channel, ...entry });
        openAt(session, channel, lastSeq);
      }
    } else for (const channel of greeting.opened) openAt(session, channel, heads.get(channel) ?? -1);
    welcomed(session);
    const { held } = session;
    session.held = undefined;
    for (const [channel, seq] of held?.behind ?? []) wasSaidMeanwhile(session, { channel, seq, told: heads.get(channel) });
    return held?.frames ?? [];
  };
}
