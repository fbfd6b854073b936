/** The configured vendors: each sender with its gate, and the routing between them. */
import type { LoadState } from '../../../commands/handling/handle.ts';
import type { Pace } from '../../../ports/rate-limit/pace.ts';
import type { RateLimit } from '../../../ports/rate-limit/port.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import type { Runtime } from '../../dependencies.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { BreakerConfig } from './breaker.ts';
import { createNumberPace, type WaitForNumber } from './number-pace.ts';
import { createRouting, type Routing } from './routing.ts';
import { createVendorGate, type VendorGate } from './vendor-gate.ts';
import { vendorKeyOf } from './vendor-queue.ts';

/** FCM's limit for a project, 600,000 messages a minute. A vendor with a lower limit, such as one segment a second on a long code, is configured. */
const PACE: Pace = { perSecond: 10_000, burst: 1_000 };

export type Vendor = { readonly sender: Sender; readonly gate: VendorGate; readonly waitForNumber: WaitForNumber };

export type Vendors = {
  /** In order of preference within a channel. */
  readonly senders: readonly Sender[];
  readonly vendors: readonly Vendor[];
  readonly routing: Routing;
};

export type VendorsConfig = {
  /** By vendor, over all processes; vendors that are not named have the default pace. */
  readonly paces?: Readonly<Record<string, Pace>>;
  readonly breaker?: BreakerConfig;
};

export function createVendors(
  senders: readonly Sender[],
  {
    rateLimit,
    loadState,
    monotonicMs,
    sleep,
    report,
  }: Pick<Runtime, 'monotonicMs' | 'sleep'> & {
    readonly rateLimit: Pick<RateLimit, 'takeToken'>;
    readonly loadState: LoadState;
    readonly report: WorkersReporter;
  },
  { paces = {}, breaker }: VendorsConfig = {},
): Vendors {
  const waitForNumber = createNumberPace({ rateLimit, monotonicMs, sleep });
  const vendors = senders.map((sender): Vendor => {
    const { vendor } = sender;
    return {
      sender,
      waitForNumber,
      gate: createVendorGate({ rateLimit, monotonicMs, sleep, report }, { vendor, pace: paces[vendor] ?? PACE, ...(breaker === undefined ? {} : { breaker }) }),
    };
  });
  const gates = new Map(vendors.map(({ sender, gate }) => [vendorKeyOf(sender), gate]));
  return { senders, vendors, routing: createRouting({ senders, gates, loadState, monotonicMs }) };
}
