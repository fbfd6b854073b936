/** A circuit breaker: makes no attempts at a vendor that is down or refuses our account, and probes it at intervals, one attempt at a time. */

export type BreakerConfig = {
  /** So many failures in a row open it. */
  readonly failuresMax: number;
  /** How long it stays open at first; twice as long after every failed probe, up to `openMaxMs`. */
  readonly openMs: number;
  readonly openMaxMs: number;
};

export const BREAKER_DEFAULTS: BreakerConfig = { failuresMax: 10, openMs: 5_000, openMaxMs: 60_000 };

/** What an attempt tells about the vendor, whatever it means for the message. */
export type VendorHealth = 'succeeded' | 'failed' | 'account-refused';

/** `wait`: no attempt may be made for so many milliseconds; undefined: until the probe that is under way has ended. */
type Admission = { readonly admit: 'now' } | { readonly admit: 'wait'; readonly waitMs: number | undefined };

export type Breaker = {
  admit(): Admission;
  /** Follows each `admit` that returned `now`; undefined: no attempt was made after all, or it tells nothing of the vendor. */
  record(health: VendorHealth | undefined): void;
  /** Whether `admit` would return `now`. */
  wouldAdmit(): boolean;
};

export type BreakerChange = { readonly change: 'opened'; readonly because: 'account' | 'failures'; readonly openMs: number } | { readonly change: 'closed' };

type State =
  | { readonly status: 'closed'; readonly failures: number }
  | { readonly status: 'open'; readonly untilMs: number; readonly openMs: number }
  | { readonly status: 'probing'; readonly openMs: number };

export function createBreaker(
  { monotonicMs, onChange }: { readonly monotonicMs: () => number; readonly onChange: (change: BreakerChange) => void },
  config: BreakerConfig = BREAKER_DEFAULTS,
): Breaker {
  let state: State = { status: 'closed', failures: 0 };

  const open = (openMs: number, because: 'account' | 'failures') => {
    state = { status: 'open', untilMs: monotonicMs() + openMs, openMs };
    onChange({ change: 'opened', because, openMs });
  };
  const close = () => {
    if (state.status !== 'closed') onChange({ change: 'closed' });
    state = { status: 'closed', failures: 0 };
  };
  const fail = (because: 'account' | 'failures') => {
    // An attempt that ends while the breaker is open was begun before it opened, and tells nothing new.
    if (state.status === 'open') return;
    if (state.status === 'probing') return open(Math.min(state.openMs * 2, config.openMaxMs), because);
    const failures = state.failures + 1;
    if (because === 'account' || failures >= config.failuresMax) open(config.openMs, because);
    else state = { status: 'closed', failures };
  };

  return {
    admit: () => {
      if (state.status === 'closed') return { admit: 'now' };
      if (state.status === 'probing') return { admit: 'wait', waitMs: undefined };
      if (monotonicMs() < state.untilMs) return { admit: 'wait', waitMs: state.untilMs - monotonicMs() };
      state = { status: 'probing', openMs: state.openMs };
      return { admit: 'now' };
    },
    record: (health) => {
      switch (health) {
        case 'succeeded':
          return close();
        case 'failed':
          return fail('failures');
        case 'account-refused':
          return fail('account');
        case undefined:
          // The next caller probes, and at once.
          if (state.status === 'probing') state = { status: 'open', untilMs: monotonicMs(), openMs: state.openMs };
      }
    },
    wouldAdmit: () => state.status === 'closed' || (state.status === 'open' && monotonicMs() >= state.untilMs),
  };
}
