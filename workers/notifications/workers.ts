/** The workers of notifications: planning, delivering, and live hints. */
import { TRACKED_QUEUE } from '../../commands/notifications/tracked-links.ts';
import { JOB_DELAY_MAX_MS } from '../../ports/job-queue/port.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import type { Sender } from '../../ports/sender/port.ts';
import type { CommandGiver, Consumer, EphemeralPorts, DomainReader, Runtime, WorkerSet, WorkerViews, WorkTracking } from '../dependencies.ts';
import { cancelDeliveries } from './deliver/cancel-deliveries.ts';
import type { DeliverConfig } from './deliver/deliver.ts';
import type { SmsLimits } from './vendors/sms-limits.ts';
import { createDeliveryHandlers } from './deliver/delivery-handlers.ts';
import { createDeliveryJobs, DUE_CONCURRENCY, DUE_QUEUE } from './deliver/delivery-jobs.ts';
import { addFirstAttempts, enqueueDeliveries } from './deliver/enqueue-deliveries.ts';
import { sweepDeliveries } from './deliver/sweep-deliveries.ts';
import { FAILOVER_CONCURRENCY, FAILOVER_QUEUE, openFailovers, sweepFailovers } from './failover/open-failovers.ts';
import { lookAtFailover } from './failover/look-at-failover.ts';
import { NOTIFICATIONS_PER_DAY_MAX } from './caps/frequency-caps.ts';
import { CAMPAIGNS_CONCURRENCY, CAMPAIGNS_QUEUE, campaignJobs, sweepCampaigns } from './lists/campaign-jobs.ts';
import { planCampaigns } from './lists/plan-campaigns.ts';
import { planCampaignRange } from './lists/plan-range.ts';
import { FAILED_RECIPIENTS_CONCURRENCY, FAILED_RECIPIENTS_QUEUE, planFailedRecipient, sweepFailedRecipients } from './plan/failed-recipients.ts';
import { loadNotificationWith } from './plan/load-notification.ts';
import { PLAN_CONCURRENCY, PLAN_QUEUE, planNotifications, planRange, sweepPlannings } from './plan/plan-notifications.ts';
import { publishNotifications } from './publish-notifications.ts';
import { recordTrackedLater, TRACKED_CONCURRENCY } from './record-tracked.ts';
import { KEPT_FOR_EVER, type KeptFor } from '../../domain/notifications/categories/kept-for.ts';
import { retentionWorkers } from './retention/workers.ts';
import { scheduleWorkers } from './schedules/workers.ts';
import { createVendors, type VendorsConfig } from './vendors/create-vendors.ts';
import { vendorQueueSharesOf } from './vendors/vendor-queue.ts';
import { webhookWorkers } from './webhooks/workers.ts';

/** As many attempts at once as firebase-admin keeps connections alive. */
const DELIVER_CONCURRENCY = 64;

export type NotificationWorkersDependencies = {
  readonly reader: DomainReader;
  readonly commandGiver: CommandGiver;
  readonly views: WorkerViews;
  readonly ephemeral: Pick<EphemeralPorts, 'presence' | 'broadcast' | 'rateLimit'>;
  readonly work: WorkTracking;
  /** In order of preference within a channel. */
  readonly senders: readonly Sender[];
  /** Sends to apps' webhooks; absent where that is left to other processes. */
  readonly outbound?: Pick<Outbound, 'post'> | undefined;
  readonly runtime: Runtime;
  /** Removes from the log what was truncated; absent where a server keeps it. */
  readonly scavenge?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
  /** Ends the wait of jobs for a vendor. */
  readonly stop: AbortSignal;
};

export type NotificationWorkersConfig = VendorsConfig &
  DeliverConfig & {
    /** How long a recipient's devices have to acknowledge a message before it is pushed. */
    readonly chatPushAfterMs: number;
    /** Where links in messages lead. */
    readonly publicUrl?: string | undefined;
    readonly deliverConcurrency?: number;
    /** The cap of what one app sends to one person. */
    readonly notificationsPerDayMax?: number;
    /** For ever, where it is absent. */
    readonly keptFor?: KeptFor;
    readonly smsLimits?: SmsLimits;
    /** A delivery that waits longer than this is left to the sweeper instead of a job. */
    readonly delayMaxMs?: number;
  };

export function notificationWorkers(dependencies: NotificationWorkersDependencies, config: NotificationWorkersConfig): WorkerSet {
  const { reader, commandGiver, views, ephemeral, work, senders, outbound, runtime, scavenge, stop } = dependencies;
  const { deliverConcurrency = DELIVER_CONCURRENCY, notificationsPerDayMax = NOTIFICATIONS_PER_DAY_MAX, delayMaxMs = JOB_DELAY_MAX_MS } = config;
  const { report, progress } = work;
  const { clock } = runtime;
  const { loadState } = reader;

  const vendors = createVendors(senders, { ...runtime, rateLimit: ephemeral.rateLimit, loadState, report }, config);
  const deliveryJobs = createDeliveryJobs(work, { delayMaxMs });
  const loadNotification = loadNotificationWith(reader);
  const addAttempts = addFirstAttempts({ deliveryJobs, routing: vendors.routing, clock });
  const planning = { ...commandGiver, loadState, routing: vendors.routing, addAttempts, report, clock };
  const handlers = createDeliveryHandlers(
    { reader, loadNotification, commandGiver, views: views.active, ephemeral, vendors, deliveryJobs, runtime, report },
    { ...config, notificationsPerDayMax },
  );
  const attempts = vendors.vendors.map((vendor): Consumer => ({
    queue: vendorQueueSharesOf(vendor.sender),
    concurrency: deliverConcurrency,
    handler: handlers.deliver(vendor, stop),
  }));

  const failover = lookAtFailover({ ...work, loadNotification, planning, stored: views.stored, delayMaxMs });

  const campaigns = campaignJobs(work, { delayMaxMs });
  const schedules = scheduleWorkers({ reader, loadNotification, commandGiver, views, rateLimit: ephemeral.rateLimit, work }, { delayMaxMs });
  const retention = retentionWorkers({ reader, commandGiver, views, work, runtime, scavenge, stop }, config.keptFor ?? KEPT_FOR_EVER);
  const webhooks = webhookWorkers({ reader, commandGiver, views, work, outbound, runtime }, { delayMaxMs });

  return {
    'fan-out': { projections: [publishNotifications({ broadcast: ephemeral.broadcast, clock })] },
    planning: {
      projections: [
        planNotifications({ ...planning, jobs: work.jobs }),
        planCampaigns({ campaignJobs: campaigns, clock }),
        openFailovers({ ...work, loadState, delayMaxMs }),
        ...schedules.planning.projections,
        ...webhooks.projections,
        ...retention.projections,
      ],
      consumers: [
        { queue: PLAN_QUEUE, concurrency: PLAN_CONCURRENCY, handler: planRange({ ...work, loadNotification, planning }) },
        { queue: FAILOVER_QUEUE, concurrency: FAILOVER_CONCURRENCY, handler: failover },
        {
          queue: CAMPAIGNS_QUEUE,
          concurrency: CAMPAIGNS_CONCURRENCY,
          handler: planCampaignRange({
            loadNotification,
            planning,
            views: views.active,
            rateLimit: ephemeral.rateLimit,
            campaigns: commandGiver,
            campaignJobs: campaigns,
            progress,
          }),
        },
        ...schedules.planning.consumers,
        { queue: TRACKED_QUEUE, concurrency: TRACKED_CONCURRENCY, handler: recordTrackedLater({ ...commandGiver, jobs: work.jobs }) },
        { queue: FAILED_RECIPIENTS_QUEUE, concurrency: FAILED_RECIPIENTS_CONCURRENCY, handler: planFailedRecipient({ loadNotification, planning, progress }) },
      ],
    },
    delivery: {
      projections: [
        enqueueDeliveries({ deliveryJobs, loadState, routing: vendors.routing, clock }),
        cancelDeliveries({ ...commandGiver, views: views.active, clock }),
      ],
      consumers: [{ queue: DUE_QUEUE, concurrency: DUE_CONCURRENCY, handler: handlers.advance }, ...attempts, ...webhooks.consumers],
    },
    schedules: {
      sweeps: [
        ...webhooks.sweeps,
        ...schedules.schedules.sweeps,
        ...retention.sweeps,
        sweepPlannings(work),
        sweepCampaigns(work),
        sweepFailedRecipients(work),
        sweepFailovers({ ...work, delayMaxMs }),
        sweepDeliveries({ deliveryJobs, views: views.active, senders, clock }),
      ],
    },
  };
}
