/** Checks on the log whether a delivery may be sent at this very moment, and what it tells: much may have changed since it was planned. */
import type { AppState } from '../../../domain/notifications/apps/app.ts';
import { maySend, mustBeTold } from '../../../domain/notifications/planning/may-send.ts';
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import { isConfirmed } from '../../../domain/notifications/planning/judge-failover.ts';
import type { Recipient } from '../../../domain/notifications/planning/plan.ts';
import { untilSendTime } from '../../../domain/notifications/planning/send-time.ts';
import { currentDestination, type Destination } from '../../../domain/notifications/planning/destinations.ts';
import type { FrequencyCaps } from '../caps/frequency-caps.ts';
import { loadReceipts } from '../plan/load-receipts.ts';
import { loadRecipient } from '../plan/recipient.ts';
import type { LoadNotification, NotificationRequest } from '../plan/load-notification.ts';
import type { ToldDependencies } from '../tell/dependencies.ts';
import { toldNow, type Told } from '../tell/current-content.ts';

export type MayStillSendDependencies = ToldDependencies & {
  readonly loadNotification: LoadNotification;
  readonly caps: Pick<FrequencyCaps, 'frequencyOf'>;
};

export type SendCheck =
  | {
      readonly action: 'send';
      readonly request: NotificationRequest;
      readonly recipient: Recipient;
      /** Of a notification of an app. */
      readonly app: AppState | undefined;
      /** Of the recipient, as they said. */
      readonly language: string | undefined;
      readonly destination: Destination;
      /** At which the destination was chosen. */
      readonly contactsRevision: number;
      /** Critical, or of a mandatory category: nobody can unsubscribe from it. */
      readonly mustBeTold: boolean;
      readonly told: Exclude<Told, { readonly suppress: unknown }>;
    }
  | Exclude<SendDecision, { readonly action: 'send' | 'show' }>
  /** The notification was cancelled. */
  | { readonly action: 'cancel' };

/** `attempt`: which one is to follow at once; frequency caps are asked about then. `none`: it is only looked at, or was asked about. */
export type MayStillSend = (plan: Plan, options: { readonly attempt: 'first' | 'later' | 'none' }) => Promise<SendCheck>;

export const mayStillSendWith =
  (dependencies: MayStillSendDependencies): MayStillSend =>
  async (plan, options) => {
    const { reader, loadNotification, caps, clock } = dependencies;
    const [request, recipient] = await Promise.all([loadNotification(plan.notification), loadRecipient(reader.loadState, { person: plan.recipient, ...plan })]);
    if (request === undefined || request.cancelled) return { action: 'cancel' };
    if (await isConfirmedMeanwhile(dependencies, plan)) return { action: 'suppress', reason: 'received-meanwhile' };
    const language = recipient.user.status === 'registered' ? recipient.user.language : undefined;
    const told = await toldNow(dependencies, plan, { at: request.requested.at, language });
    if ('suppress' in told) return { action: 'suppress', reason: told.suppress };
    const at = clock();
    // Who has moved west since it was planned waits for the time there.
    const { sendAtLocal } = request.requested;
    const permission = (sendAtLocal && untilSendTime({ sendAtLocal }, recipient, at)) ?? maySend(plan, { ...recipient, at });
    if (permission.action !== 'send') return permission;
    const isMust = mustBeTold(plan, recipient);
    const frequency = options.attempt !== 'none' && !isMust ? await caps.frequencyOf(plan, recipient.category) : undefined;
    const capped = frequency === undefined ? permission : maySend(plan, { ...recipient, frequency, at });
    if (capped.action !== 'send') return capped;
    const destination = currentDestination(recipient.contacts, plan);
    return destination === undefined
      ? { action: 'suppress', reason: 'endpoint-removed' }
      : {
          action: 'send',
          request,
          recipient,
          app: recipient.app,
          language,
          destination,
          contactsRevision: recipient.contactsRevision,
          mustBeTold: isMust,
          told,
        };
  };

/** A receipt of what a failover stands in for may come until the very last moment, for this may have waited for the morning. */
async function isConfirmedMeanwhile({ reader }: MayStillSendDependencies, { failover, recipient }: Plan): Promise<boolean> {
  if (failover?.instead === undefined) return false;
  const { unless } = failover.instead;
  const { deliveries, centre } = await loadReceipts(reader.loadState, { recipient, deliveries: failover.instead.deliveries });
  return deliveries.some((one) => isConfirmed(one, unless, centre));
}
