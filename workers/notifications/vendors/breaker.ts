/** Leaves a vendor alone that is down or refuses our account, and asks it now and then, one attempt at a time, whether it is back. */

export type BreakerConfig = {
  /** So many failures in a row open it. */
  readonly failuresMax: number;
  /** How long it stays open at first; twice as long after every probe that fails, up to `openMaxMs`. */
  readonly openMs: number;
  readonly openMaxMs: number;
};

export const BREAKER: BreakerConfig = { failuresMax: 10, openMs: 5_000, openMaxMs: 60_000 };

export type VendorHealth = 'succeeded' | 'failed' | 'account-refused';

/** `wait`: an attempt may be made no earlier than in so many milliseconds; undefined: once the probe that is under way has ended. */
type Entry = { readonly enter: 'now' } | { readonly enter: 'wait'; readonly waitMs: number | undefined };

export type Breaker = {
  enter(): Entry;
  /** Each `enter` that answered `now` is followed by this; undefined: no attempt was made after all. */
  leave(verdict: VendorHealth | undefined): void;
  /** Whether an attempt could be made now, without entering. */
  closed(): boolean;
};

export type BreakerChange = { readonly change: 'opened'; readonly because: 'account' | 'failures'; readonly openMs: number } | { readonly change: 'closed' };

type State =
  | { readonly status: 'closed'; readonly failures: number }
  | { readonly status: 'open'; readonly untilMs: number; readonly openMs: number }
  | { readonly status: 'probing'; readonly openMs: number };

export function createBreaker(
  { clockMs, changed }: { readonly clockMs: () => number; readonly changed: (change: BreakerChange) => void },
  config: BreakerConfig = BREAKER,
): Breaker {
  let state: State = { status: 'closed', failures: 0 };

  const open = (openMs: number, because: 'account' | 'failures') => {
    state = { status: 'open', untilMs: clockMs() + openMs, openMs };
    changed({ change: 'opened', because, openMs });
  };
  const close = () => {
    if (state.status !== 'closed') changed({ change: 'closed' });
    state = { status: 'closed', failures: 0 };
  };
  const fail = (because: 'account' | 'failures') => {
    // What ends while it is open was begun before it opened, and says nothing new.
    if (state.status === 'open') return;
    if (state.status === 'probing') return open(Math.min(state.openMs * 2, config.openMaxMs), because);
    const failures = state.failures + 1;
    if (because === 'account' || failures >= config.failuresMax) open(config.openMs, because);
    else state = { status: 'closed', failures };
  };

  return {
    enter: () => {
      if (state.status === 'closed') return { enter: 'now' };
      if (state.status === 'probing') return { enter: 'wait', waitMs: undefined };
      if (clockMs() < state.untilMs) return { enter: 'wait', waitMs: state.untilMs - clockMs() };
      state = { status: 'probing', openMs: state.openMs };
      return { enter: 'now' };
    },
    leave: (verdict) => {
      switch (verdict) {
        case 'succeeded':
          return close();
        case 'failed':
          return fail('failures');
        case 'account-refused':
          return fail('account');
        case undefined:
          // The next one probes, and at once.
          if (state.status === 'probing') state = { status: 'open', untilMs: clockMs(), openMs: state.openMs };
      }
    },
    closed: () => state.status === 'closed' || (state.status === 'open' && clockMs() >= state.untilMs),
  };
}
