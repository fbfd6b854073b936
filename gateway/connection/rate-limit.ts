/**
 * How often a person may say hello, and how many frames a person may send. The limits are shared by all gateways; that of
 * frames is asked in portions, ahead of what is used, so that no frame waits for the answer: a little more comes through.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Limit, RateLimit } from '../../ports/rate-limit/port.ts';
import type { Connection } from './connection.ts';

export const FRAMES_LIMIT: Limit = { name: 'gateway-frames', points: 3_000, windowSeconds: 10 };
const FRAMES_TAKEN_AT_ONCE = 30;
/** A hello costs as much as reading what was missed: so many devices may lose their connection so often. */
export const HELLOS_LIMIT: Limit = { name: 'gateway-hellos', points: 120, windowSeconds: 60 };
/** Who goes on after so many refusals is cut. */
const REFUSED_FRAMES_MAX = 300;

export type FrameLimiter = {
  /** The seconds to wait, where the person has said hello too often. */
  admitHello(person: PersonId): Promise<{ readonly retryAfterSeconds: number } | undefined>;
  admit(
    connection: Connection,
  ): { readonly outcome: 'passes' } | { readonly outcome: 'limited'; readonly retryAfterSeconds: number } | { readonly outcome: 'floods' };
};

export type FrameLimiterDependencies = {
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly nowMs: () => number;
  readonly failed: (error: unknown) => void;
};

export function createFrameLimiter({ rateLimit, nowMs, failed }: FrameLimiterDependencies): FrameLimiter {
  const take = async (connection: Connection, person: string) => {
    try {
      const taken = await rateLimit.take(FRAMES_LIMIT, person, FRAMES_TAKEN_AT_ONCE);
      if (taken.allowed) return;
      connection.framesSinceTaken = 0;
      connection.limitedUntilMs = nowMs() + taken.retryAfterMs;
    } catch (error) {
      failed(error); // without an answer nobody is limited
    }
  };

  return {
    admitHello: async (person) => {
      try {
        const taken = await rateLimit.take(HELLOS_LIMIT, person, 1);
        return taken.allowed ? undefined : { retryAfterSeconds: Math.ceil(taken.retryAfterMs / SECOND_MS) };
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
    admit: (connection) => {
      connection.framesSinceTaken++;
      const leftMs = connection.limitedUntilMs > 0 ? connection.limitedUntilMs - nowMs() : 0; // asking the time of every frame would cost more than the frame
      if (leftMs > 0) {
        return connection.framesSinceTaken > REFUSED_FRAMES_MAX
          ? { outcome: 'floods' }
          : { outcome: 'limited', retryAfterSeconds: Math.ceil(leftMs / SECOND_MS) };
      }
      if (connection.framesSinceTaken >= FRAMES_TAKEN_AT_ONCE && connection.who !== undefined) {
        connection.framesSinceTaken = 0;
        void take(connection, connection.who.person);
      }
      return { outcome: 'passes' };
    },
  };
}
