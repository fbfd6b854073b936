/** Failing over across channels: on what a person is told next, where what was sent before is not confirmed in time. */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import { refuse, type Decision } from '../../shared/decider.ts';
import type { DeliveryId } from '../../shared/ids.ts';
import { MINUTE_MS, msBetween, type Instant } from '../../shared/instant.ts';

export const FAILOVER_STEPS_MAX = 4;
/** A week, for which a notification lives at most. */
export const FAILOVER_AFTER_MAX_MINUTES = 7 * 24 * 60;

/** `delivered`: a vendor or the device has said that it arrived. `opened`: the person did something with it, no program. */
export const FAILOVER_CONDITIONS = ['delivered', 'opened'] as const;
export type FailoverCondition = (typeof FAILOVER_CONDITIONS)[number];

/** `afterMinutes`: counted from when a vendor took what was sent before. */
export type FailoverStep = { readonly afterMinutes: number; readonly unless: FailoverCondition; readonly channel: NotificationChannel };

/** Where a delivery stands in its notification's failover, as its plan says. */
export type FailoverPlace = {
  /** 0: one that was requested; else the step that planned it, from 1. */
  readonly step: number;
  /** The deliveries before that are not confirmed, and what confirms them: then this one isn't sent. Absent at step 0. */
  readonly instead?: { readonly deliveries: readonly DeliveryId[]; readonly unless: FailoverCondition };
  /** How long after this step the next one has its turn; absent at the last. */
  readonly nextAfterMinutes?: number;
};

export const placeOf = (steps: readonly FailoverStep[], { step, instead }: Pick<FailoverPlace, 'step' | 'instead'>): FailoverPlace => {
  const next = steps[step];
  return { step, ...(instead !== undefined && { instead }), ...(next !== undefined && { nextAfterMinutes: next.afterMinutes }) };
};

type OfRequest = {
  /** Those that are tried first. */
  readonly channels: readonly NotificationChannel[];
  /** When it may be sent, and until when it is worth it. */
  readonly from: Instant;
  readonly expiresAt: Instant;
};

/** As far as a policy goes that was made for any request: without channels that had their turn, and what would come too late. */
export function failoverFrom(steps: readonly FailoverStep[], { channels, from, expiresAt }: OfRequest): readonly FailoverStep[] {
  const seen = new Set(channels);
  const liveMs = msBetween(from, expiresAt);
  let afterMs = 0;
  return steps.filter(({ channel, afterMinutes }) => {
    if (seen.has(channel)) return false;
    seen.add(channel);
    afterMs += afterMinutes * MINUTE_MS;
    return afterMs < liveMs;
  });
}

const invalid = (detail: string) => refuse('failover-invalid', { detail });

/** A channel has its turn once, for it is a channel that names a delivery. */
export function refusalOfSteps(steps: readonly FailoverStep[], channels: readonly NotificationChannel[] = []): Decision<never> | undefined {
  if (steps.length > FAILOVER_STEPS_MAX) return invalid(`it has at most ${FAILOVER_STEPS_MAX} steps`);
  const seen = new Set(channels);
  for (const { afterMinutes, channel } of steps) {
    if (!Number.isSafeInteger(afterMinutes) || afterMinutes < 1 || afterMinutes > FAILOVER_AFTER_MAX_MINUTES)
      return invalid(`a step comes after 1 to ${FAILOVER_AFTER_MAX_MINUTES} minutes`);
    if (seen.has(channel)) return invalid(`${channel} has its turn before; say in \`channels\` on which ones it begins`);
    seen.add(channel);
  }
  return undefined;
}

export function refusalOfFailover(steps: readonly FailoverStep[], { channels, from, expiresAt }: OfRequest): Decision<never> | undefined {
  const fault = refusalOfSteps(steps, channels);
  if (fault !== undefined || steps.length === 0) return fault;
  const afterMs = steps.reduce((sum, { afterMinutes }) => sum + afterMinutes * MINUTE_MS, 0);
  return afterMs >= msBetween(from, expiresAt) ? invalid('its last step would come when the notification has expired') : undefined;
}
