/** Plans the deliveries of a notification's recipients, each on the recipient's own state. */
import type { Commands } from '../../../commands/commands.ts';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import type { Plan } from '../../../domain/notifications/delivery-plan.ts';
import { notification as notificationDecider } from '../../../domain/notifications/notification.ts';
import { planDeliveries, type FailoverTurn, type Routes } from '../../../domain/notifications/planning/plan.ts';
import type { DeliveryId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { deliveryStream, notificationStream } from '../../../domain/shared/streams.ts';
import { Outage } from '../../../ports/outage.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import { collectDeliveryWith } from '../digests/collect-delivery.ts';
import type { Routing } from '../vendors/routing.ts';
import { loadRecipient } from './recipient.ts';
import type { NotificationRequest } from './load-notification.ts';
import { reportSuppressed } from './report-suppressed.ts';

/** The name under which deliveries are planned. */
export const PLANNER = 'plan-notifications';

/** Where no vendor serves a channel. `advance-delivery.ts` lets such a delivery fail. */
const NO_VENDOR = 'none';

export type PlanRecipientsDependencies = {
  readonly loadState: LoadState;
  readonly commands: Pick<Commands, 'commandDelivery' | 'commandDigest'>;
  readonly contextFor: ContextFor;
  readonly routing: Pick<Routing, 'now'>;
  /** Adds the jobs of first attempts. */
  readonly addAttempts: AddAttempts;
  readonly report: WorkersReporter;
  readonly clock: () => Instant;
};

/** A delivery that may be attempted now. */
export type PlannedAttempt = { readonly plan: Pick<Plan, 'delivery' | 'channel' | 'priority'>; readonly vendor: string; readonly dueAt: Instant };
export type AddAttempts = (attempts: readonly PlannedAttempt[]) => Promise<void>;

export type PlanRequest = Omit<NotificationRequest, 'cancelled'>;

/** A recipient without deliveries because of a fault in that person's own data, such as an event that can't be decoded. */
export type RecipientFault = { readonly recipient: PersonId; readonly error: unknown };

/** `besides`: of a recipient who has this delivery, the others are planned. `turn`: of the notification's failover. `digests`: `skip` where it has waited for others already. */
export type PlanOptions = { readonly besides?: DeliveryId; readonly turn?: FailoverTurn; readonly digests?: 'skip' };

/**
 * Throws where something is down, after all recipients have had their turn: then all of them are to be planned again. Whoever plans
 * does so again until it has resolved, so the jobs of first attempts are added here; a job that is lost later is a sweeper's to find.
 */
export async function planRecipients(
  dependencies: PlanRecipientsDependencies,
  request: PlanRequest,
  recipients: readonly PersonId[],
  options: PlanOptions = {},
): Promise<readonly RecipientFault[]> {
  const planned: PlannedDelivery[] = [];
  const faults: RecipientFault[] = [];
  await Promise.all(
    recipients.map((recipient) =>
      planRecipient(dependencies, request, { person: recipient, ...options }, (delivery) => void planned.push(delivery)).catch(
        (error: unknown) => void faults.push({ recipient, error }),
      ),
    ),
  );
  // `cancel-deliveries.ts` cancels what was planned before the cancellation; what is planned after it is cancelled here.
  const { state } = await dependencies.loadState(notificationDecider, notificationStream(request.requested.notification));
  if (state.status === 'cancelled') await cancelEach(dependencies, request, planned);
  else await dependencies.addAttempts(planned.flatMap(({ attempt }) => attempt ?? []));
  const outage = faults.find(({ error }) => error instanceof Outage);
  if (outage !== undefined) throw outage.error;
  return faults;
}

/** `attempt`: undefined where none is to be made now. */
type PlannedDelivery = { readonly delivery: DeliveryId; readonly attempt: PlannedAttempt | undefined };

async function planRecipient(
  { loadState, commands, contextFor, routing, report, clock }: PlanRecipientsDependencies,
  { event, requested }: PlanRequest,
  { person, besides, turn, digests }: PlanOptions & { readonly person: PersonId },
  onPlanned: (planned: PlannedDelivery) => void,
): Promise<void> {
  const [now, recipient] = await Promise.all([routing.now(), loadRecipient(loadState, { person, ...requested })]);
  const routes: Routes = { deliveryOf: deliveryIdOf, vendorOf: (routed) => now.vendorFor({ ...routed, without: [] }) ?? NO_VENDOR };
  const collectDelivery = digests === 'skip' ? undefined : collectDeliveryWith({ loadState, commands, contextFor });
  const at = clock();
  await Promise.all(
    planDeliveries(requested, recipient, { routes, at, turn }).map(async (planned) => {
      const { delivery, endpoint } = planned;
      if (besides !== undefined && (delivery === besides || endpoint === null)) return;
      const deferral = planned.decision.action === 'send' ? await collectDelivery?.({ plan: planned, requested, recipient, by: 'planning', at }) : undefined;
      const command = deferral === undefined ? planned : { ...planned, decision: deferral };
      const context = contextForEvent(event, { contextFor, worker: PLANNER, type: 'plan-delivery', of: delivery, body: delivery, at });
      const result = await commands.commandDelivery({ delivery, command }, context);
      reportSuppressed(report, command, result);
      onPlanned({ delivery, attempt: firstAttemptIn(result) ?? (await attemptPlannedBefore(loadState, { delivery, result, at })) });
    }),
  );
}

/** undefined: this command has queued nothing. */
function firstAttemptIn(result: CommandResult): PlannedAttempt | undefined {
  if (result.outcome !== 'appended' || result.repeated) return undefined;
  const [first, second] = result.events as readonly DeliveryEvent[];
  if (first?.type !== 'notifications.delivery-planned.v1' || second?.type !== 'notifications.delivery-queued.v1') return undefined;
  return { plan: first.data, vendor: second.data.vendor, dueAt: second.data.at };
}

/** Planned earlier, perhaps by a process that could not add its job any more. */
async function attemptPlannedBefore(
  loadState: LoadState,
  { delivery, result, at }: { readonly delivery: DeliveryId; readonly result: CommandResult; readonly at: Instant },
): Promise<PlannedAttempt | undefined> {
  if (result.outcome === 'refused' || (result.outcome === 'appended' && !result.repeated)) return undefined;
  const { state } = await loadState(deliveryDecider, deliveryStream(delivery));
  return state.status === 'queued' ? { plan: state.plan, vendor: state.vendor, dueAt: (result.outcome === 'appended' && result.firstAt) || at } : undefined;
}

async function cancelEach(
  { commands, contextFor, clock }: PlanRecipientsDependencies,
  { event }: PlanRequest,
  deliveries: readonly PlannedDelivery[],
): Promise<void> {
  const at = clock();
  await Promise.all(
    deliveries.map(({ delivery }) =>
      commands.commandDelivery(
        { delivery, command: { type: 'cancel', at } },
        contextForEvent(event, { contextFor, worker: PLANNER, type: 'cancel-delivery', of: delivery, body: delivery, at }),
      ),
    ),
  );
}
