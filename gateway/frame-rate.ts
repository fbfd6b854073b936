/**
 * How many frames a person may send. The limit is shared by all gateways and asked in portions, ahead of what is used, so that no
 * frame waits for the answer: a little more than the limit comes through.
 */
import type { Limit, RateLimit } from '../ports/rate-limit/port.ts';
import type { Session } from './session.ts';

export const FRAMES_LIMIT: Limit = { name: 'gateway-frames', points: 3_000, windowSeconds: 10 };
const FRAMES_TAKEN_AT_ONCE = 30;
/** Who goes on after so many refusals is cut. */
const REFUSED_FRAMES_MAX = 300;

export type FrameRate = {
  admit(
    session: Session,
  ): { readonly outcome: 'passes' } | { readonly outcome: 'limited'; readonly retryAfterSeconds: number } | { readonly outcome: 'floods' };
};

export type FrameRateDependencies = {
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
};

export function createFrameRate({ rateLimit, nowMs, failed }: FrameRateDependencies): FrameRate {
  const take = async (session: Session, person: string) => {
    try {
      const taken = await rateLimit.take(FRAMES_LIMIT, person, FRAMES_TAKEN_AT_ONCE);
      if (taken.allowed) return;
      session.framesSinceTaken = 0;
      session.limitedUntilMs = nowMs() + taken.retryAfterMs;
    } catch (error) {
      failed(error); // without an answer nobody is limited
    }
  };

  return {
    admit: (session) => {
      session.framesSinceTaken++;
      const leftMs = session.limitedUntilMs > 0 ? session.limitedUntilMs - nowMs() : 0; // asking the time of every frame would cost more than the frame
      if (leftMs > 0) {
        return session.framesSinceTaken > REFUSED_FRAMES_MAX ? { outcome: 'floods' } : { outcome: 'limited', retryAfterSeconds: Math.ceil(leftMs / 1_000) };
      }
      if (session.framesSinceTaken >= FRAMES_TAKEN_AT_ONCE && session.who !== undefined) {
        session.framesSinceTaken = 0;
        void take(session, session.who.person);
      }
      return { outcome: 'passes' };
    },
  };
}
