/** A breaker and a bound for each app's webhook, so that one that is dead or slow delays no other. */
import type { AppId } from '../../../domain/shared/ids.ts';
import type { Runtime } from '../../dependencies.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import { createBreaker, type Breaker } from '../vendors/breaker.ts';

const FAILURES_MAX = 5;
const OPEN_MS = 10_000;
const OPEN_MAX_MS = 5 * 60_000;
/** Messages to one webhook that are on their way at once: a few of all that are. */
export const ENDPOINT_AT_ONCE_MAX = 8;

export type EndpointGates = {
  /** `busy`: ask again in a moment. `closed`: not before the breaker lets one through. Each `admitted` is followed by one `release`. */
  admit(app: AppId): 'admitted' | 'busy' | 'closed';
  /** undefined: nothing was sent after all. */
  release(app: AppId, health: 'succeeded' | 'failed' | undefined): void;
  wouldAdmit(app: AppId): boolean;
};

export function createEndpointGates({ monotonicMs, report }: Pick<Runtime, 'monotonicMs'> & { readonly report: WorkersReporter }): EndpointGates {
  const gates = new Map<AppId, { readonly breaker: Breaker; atOnce: number }>();
  const gateOf = (app: AppId) => {
    const known = gates.get(app) ?? { breaker: breakerOf(app), atOnce: 0 };
    gates.set(app, known);
    return known;
  };
  const breakerOf = (app: AppId) =>
    createBreaker(
      {
        monotonicMs,
        onChange: (change) => {
          const vendor = `webhook:${app}`;
          report(
            change.change === 'opened'
              ? { event: 'breaker-opened', vendor, because: change.because, openMs: change.openMs }
              : { event: 'breaker-closed', vendor },
          );
        },
      },
      { failuresMax: FAILURES_MAX, openMs: OPEN_MS, openMaxMs: OPEN_MAX_MS },
    );
  return {
    admit: (app) => {
      const gate = gateOf(app);
      if (gate.atOnce >= ENDPOINT_AT_ONCE_MAX) return 'busy';
      if (gate.breaker.admit().admit !== 'now') return 'closed';
      gate.atOnce += 1;
      return 'admitted';
    },
    release: (app, health) => {
      const gate = gateOf(app);
      gate.atOnce -= 1;
      gate.breaker.record(health);
    },
    wouldAdmit: (app) => gateOf(app).breaker.wouldAdmit(),
  };
}
