/**
 * Plans the next step of a recipient's failover once it has its turn, with all rules anew. A delivery's id follows from its destination,
 * so whoever does this twice, or at the same time as another, plans once.
 */
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { judgeFailover } from '../../../domain/notifications/planning/judge-failover.ts';
import type { FailoverStep } from '../../../domain/notifications/failover/policy.ts';
import { destinationsOf } from '../../../domain/notifications/planning/destinations.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import type { DeliveryId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import { contactsStream } from '../../../domain/shared/streams.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { ViewStore } from '../../../ports/views/port.ts';
import type { AddJobsDependencies } from '../../jobs/add-jobs.ts';
import type { Progress } from '../../open-work/work-progress.ts';
import { loadReceipts, type Receipts } from '../plan/load-receipts.ts';
import type { LoadNotification, NotificationRequest } from '../plan/load-notification.ts';
import { planRecipients, type PlanRecipientsDependencies } from '../plan/plan-recipients.ts';
import { addLooks, failoverIdOf, type OpenFailover } from './open-failovers.ts';

/** An operator mends a fault in a person's data, so there is no hurry. */
const FAULT_RETRY_AFTER_MS = 5 * MINUTE_MS;

type Dependencies = AddJobsDependencies & {
  readonly loadNotification: LoadNotification;
  readonly planning: PlanRecipientsDependencies;
  readonly progress: Pick<Progress, 'advance' | 'finish'>;
  readonly stored: Pick<ViewStore, 'get'>;
  readonly delayMaxMs: number;
};

export const lookAtFailover =
  (dependencies: Dependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { loadNotification, planning, stored } = dependencies;
    const of = { notification: data['notification'] as NotificationId, recipient: data['recipient'] as PersonId };
    const open = await stored.get<OpenFailover>('failovers', failoverIdOf(of));
    if (open === undefined) return;
    const request = await loadNotification(of.notification);
    const step = request?.requested.failover?.[open.step];
    const at = planning.clock();
    if (request === undefined || step === undefined || request.cancelled || request.requested.expiresAt <= at) return finish(dependencies, open);
    const before = await receiptsBefore(dependencies, request, open);
    const verdict = judgeFailover({ step, ...before, since: open.since, at });
    switch (verdict.action) {
      case 'stop':
        return finish(dependencies, open);
      case 'wait':
        return lookAgain(dependencies, open, { since: verdict.since, lookAt: verdict.until });
      case 'fail-over':
        return planStep(dependencies, request, { open, step, before: before.deliveries });
    }
  };

type Turn = { readonly open: OpenFailover; readonly step: FailoverStep; readonly before: readonly PlannedDelivery[] };

async function planStep(dependencies: Dependencies, request: NotificationRequest, { open, step, before }: Turn): Promise<void> {
  const { planning } = dependencies;
  const turn = { step: open.step + 1, instead: { deliveries: before.map(({ plan }) => plan.delivery), unless: step.unless } };
  const at = planning.clock();
  const [fault] = await planRecipients(planning, request, [open.recipient], { turn });
  if (fault !== undefined) {
    planning.report({ event: 'recipient-unplanned', notification: open.notification, recipient: open.recipient, error: fault.error });
    return lookAgain(dependencies, open, { lookAt: plus(at, FAULT_RETRY_AFTER_MS) });
  }
  const next = request.requested.failover?.[turn.step];
  if (next === undefined) return finish(dependencies, open);
  await lookAgain(dependencies, open, { step: turn.step, since: at, lookAt: plus(at, next.afterMinutes * MINUTE_MS) });
}

/** Of all that was planned for this recipient up to now: what the reactor has seen, which may be behind, and what goes where the person is reached now. */
async function receiptsBefore({ planning: { loadState } }: Dependencies, { requested }: NotificationRequest, open: OpenFailover): Promise<Receipts> {
  const { notification, source, channels, failover = [] } = requested;
  const { recipient } = open;
  const { state: contactsNow } = await loadState(contacts, contactsStream(recipient));
  const tried = [...channels, ...failover.slice(0, open.step).map(({ channel }) => channel)];
  const reachedNow = tried.flatMap((channel) => destinationsOf(contactsNow, channel, source)).map((to) => deliveryIdOf({ notification, recipient, ...to }));
  const receipts = await loadReceipts(loadState, { recipient, deliveries: [...new Set<DeliveryId>([...open.deliveries, ...reachedNow])] });
  return { ...receipts, deliveries: receipts.deliveries.filter(({ plan }) => (plan.failover?.step ?? 0) <= open.step) };
}

const finish = ({ progress }: Dependencies, open: OpenFailover): void => progress.finish('failovers', failoverIdOf(open), { step: open.step });

async function lookAgain(dependencies: Dependencies, open: OpenFailover, set: Partial<OpenFailover> & Pick<OpenFailover, 'lookAt'>): Promise<void> {
  dependencies.progress.advance('failovers', failoverIdOf(open), set);
  await addLooks({ ...dependencies, clock: dependencies.planning.clock }, [{ ...open, ...set }]);
}
