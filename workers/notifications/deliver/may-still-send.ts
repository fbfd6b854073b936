/** Checks on the log whether a delivery may be sent at this very moment, and what it tells: much may have changed since it was planned. */
import type { AppState } from '../../../domain/notifications/apps/app.ts';
import { maySend, type Frequency } from '../../../domain/notifications/planning/may-send.ts';
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import type { Plan } from '../../../domain/notifications/events.ts';
import { currentDestination, type Destination } from '../../../domain/notifications/planning/destinations.ts';
import { plus } from '../../../domain/shared/instant.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../../ports/rate-limit/port.ts';
import { loadRecipient } from '../plan/recipient.ts';
import type { LoadNotification, NotificationRequest } from '../plan/load-notification.ts';
import type { ToldDependencies } from '../tell/dependencies.ts';
import { toldNow, type Told } from '../tell/current-content.ts';

export type MayStillSendDependencies = ToldDependencies & {
  readonly loadNotification: LoadNotification;
  readonly rateLimit: Pick<RateLimit, 'takeOnce'>;
  readonly frequencyCap: Limit;
};

export type SendCheck =
  | {
      readonly action: 'send';
      readonly request: NotificationRequest;
      /** Of a notification of an app. */
      readonly app: AppState | undefined;
      /** Of the recipient, as they said. */
      readonly language: string | undefined;
      readonly destination: Destination;
      /** At which the destination was chosen. */
      readonly contactsRevision: number;
      readonly told: Exclude<Told, { readonly suppress: unknown }>;
    }
  | Exclude<SendDecision, { readonly action: 'send' }>
  /** The notification was cancelled. */
  | { readonly action: 'cancel' };

/** `frequencyCap`: `count` before the first attempt, which counts towards how often an app may notify a person; else `skip`. */
export type MayStillSend = (plan: Plan, options: { readonly frequencyCap: 'count' | 'skip' }) => Promise<SendCheck>;

export const mayStillSendWith =
  (dependencies: MayStillSendDependencies): MayStillSend =>
  async (plan, options) => {
    const { reader, loadNotification, clock } = dependencies;
    const [request, recipient] = await Promise.all([loadNotification(plan.notification), loadRecipient(reader.loadState, plan.recipient, plan.source)]);
    if (request === undefined || request.cancelled) return { action: 'cancel' };
    const told = await toldNow(dependencies, plan, request.requested);
    if ('suppress' in told) return { action: 'suppress', reason: told.suppress };
    const at = clock();
    const permission = maySend(plan, { ...recipient, at });
    if (permission.action !== 'send') return permission;
    const frequency = options.frequencyCap === 'count' ? await frequencyOverCap(dependencies, plan) : undefined;
    const capped = frequency === undefined ? permission : maySend(plan, { ...recipient, frequency, at });
    if (capped.action !== 'send') return capped;
    const destination = currentDestination(recipient.contacts, plan);
    const language = recipient.user.status === 'registered' ? recipient.user.language : undefined;
    return destination === undefined
      ? { action: 'suppress', reason: 'endpoint-removed' }
      : { action: 'send', request, app: recipient.app, language, destination, contactsRevision: recipient.contactsRevision, told };
  };

/**
 * Notifications of apps, other than critical ones, are counted for each person and app; chat and feed limit themselves. A delivery
 * counts once, however often its attempt fails before it is recorded, or the cap would hold back the very delivery that it counted.
 * While the limits are away nothing is held back.
 */
async function frequencyOverCap(
  { rateLimit, frequencyCap, clock }: MayStillSendDependencies,
  { delivery, source, recipient, critical }: Plan,
): Promise<Frequency | undefined> {
  if (source.kind !== 'app' || critical) return undefined;
  const taken = await rateLimit.takeOnce(frequencyCap, `${source.app}:${recipient}`, delivery).catch((error: unknown) => {
    if (error instanceof RateLimitUnavailable) return undefined;
    throw error;
  });
  return taken === undefined || taken.allowed
    ? undefined
    : { sent: frequencyCap.points, max: frequencyCap.points, resetsAt: plus(clock(), taken.retryAfterMs) };
}
