/**
 * JPush's idempotency keys: of two pushes with one `cid`, the second is answered as the first was, and goes to nobody. JPush makes them itself,
 * good for a day. A few are kept, so that a push seldom waits for one.
 */
import { HOUR_MS } from '../../../domain/shared/instant.ts';

/** A request for them counts like a push. */
export const CIDS_AT_ONCE = 10;
const CIDS_LEFT_MIN = 3;
/** Workers rely on a key for 23 hours after the attempt that carries it began: an older one would be too near to its end. */
const KEPT_MAX_MS = HOUR_MS / 2;

export type CidPool = {
  /** undefined where none can be had now. */
  draw(): Promise<string | undefined>;
};

/** `ask` answers with new ones; with none where JPush can't be asked. */
export function createCidPool(ask: () => Promise<readonly string[]>, monotonicMs: () => number = () => performance.now()): CidPool {
  let kept: { readonly cid: string; readonly askedAtMs: number }[] = [];
  let asking: Promise<boolean> | undefined;

  const refill = (): Promise<boolean> => {
    asking ??= (async () => {
      const askedAtMs = monotonicMs();
      const cids = await ask();
      kept.push(...cids.map((cid) => ({ cid, askedAtMs })));
      return cids.length > 0;
    })().finally(() => (asking = undefined));
    return asking;
  };

  return {
    draw: async () => {
      for (;;) {
        kept = kept.filter(({ askedAtMs }) => monotonicMs() - askedAtMs < KEPT_MAX_MS);
        const drawn = kept.shift();
        if (kept.length < CIDS_LEFT_MIN && drawn !== undefined) void refill();
        if (drawn !== undefined) return drawn.cid;
        if (!(await refill())) return undefined;
      }
    },
  };
}
