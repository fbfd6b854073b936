/**
 * The pace of the numbers that texts go out from, over all processes and accounts: carriers drop what comes faster. A text of several
 * segments takes as many tokens.
 */
import { createTokenBucket, type TokenBucket } from '../../../ports/rate-limit/pace.ts';
import { RateLimitUnavailable, type RateLimit } from '../../../ports/rate-limit/port.ts';
import type { PacedNumber } from '../../../ports/sender/port.ts';
import type { Sleep } from '../../jobs/sleep.ts';

const NUMBERS_MAX = 10_000;
/** A text may always go out at once, however many segments it has, if none went out for so long. */
const BURST_SECONDS = 1;

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'takeToken'>; readonly monotonicMs: () => number; readonly sleep: Sleep };

/** Resolves with how long it waited until the number's turn came, in milliseconds. Rejects when the signal aborts. */
export type WaitForNumber = (paced: PacedNumber, signal: AbortSignal) => Promise<number>;

export function createNumberPace({ rateLimit, monotonicMs, sleep }: Dependencies): WaitForNumber {
  const own = new Map<string, TokenBucket>();
  const paceOf = ({ segmentsPerSecond: perSecond }: PacedNumber) => ({ perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) });
  /** While the limits are away each process keeps the pace by itself. */
  const ownBucketOf = (paced: PacedNumber): TokenBucket => {
    const known = own.get(paced.number);
    if (known !== undefined) return known;
    if (own.size >= NUMBERS_MAX) own.clear();
    const bucket = createTokenBucket(monotonicMs, paceOf(paced));
    own.set(paced.number, bucket);
    return bucket;
  };
  const take = async (paced: PacedNumber): Promise<number> => {
    try {
      return await rateLimit.takeToken(`number ${paced.number}`, paceOf(paced));
    } catch (error) {
      if (error instanceof RateLimitUnavailable) return ownBucketOf(paced).take();
      throw error;
    }
  };
  return async (paced, signal) => {
    // The first segment's turn is the text's; the others are taken so that the next text waits for them.
    const waitMs = await take(paced);
    for (let segment = 1; segment < paced.segments; segment++) await take(paced);
    if (waitMs > 0) await sleep(waitMs, signal);
    return waitMs;
  };
}
