/**
 * All that works behind the log: reactors and processes, which are handed on to be run beside the projectors; the workers of every
 * queue; and the sweepers, which make up for whatever of it gets lost.
 */
import type { CommandHandling } from '../commands/handling/handle.ts';
import type { Commands } from '../commands/commands.ts';
import type { ContextFor } from '../commands/handling/context.ts';
import { DAY_MS, SECOND_MS, epochMs, type Instant } from '../domain/shared/instant.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { Codec } from '../ports/event-log/codec.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import { JOB_DELAY_MAX_MS, type Job, type JobQueue } from '../ports/job-queue/port.ts';
import type { Presence } from '../ports/presence/port.ts';
import type { Limit, RateLimit } from '../ports/rate-limit/port.ts';
import type { Sender } from '../ports/sender/port.ts';
import type { Views } from '../ports/views/port.ts';
import type { AnyProjection } from '../projections/projection.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';
import { openWork } from './open-work/open-work.ts';
import { CHAT_PUSH_CONCURRENCY, CHAT_PUSH_QUEUE, duePushes, sweepDuePushes } from './chat/due-pushes.ts';
import { publishChat } from './chat/publish-chat.ts';
import { pushAgain } from './chat/push-again.ts';
import { pushUnread, pushUnreadTo } from './chat/push-unread.ts';
import { invalidateFeeds } from './feed/invalidate-feeds.ts';
import { FAN_OUT_CONCURRENCY, FAN_OUT_QUEUE, fanOutRange, feedFanOut, sweepFanouts } from './feed/fan-out.ts';
import { invalidateAllFeeds } from './feed/invalidate-all-feeds.ts';
import { FRIEND_POSTED_CONCURRENCY, FRIEND_POSTED_QUEUE, friendPosted, sweepFriendPosts, tellFriends } from './feed/friend-posted.ts';
import type { BreakerConfig } from './notifications/vendors/breaker.ts';
import { cancelDeliveries } from './notifications/deliver/cancel-deliveries.ts';
import { DELIVER, deliver } from './notifications/deliver/deliver.ts';
import { DUE_CONCURRENCY, DUE_QUEUE } from './notifications/deliver/delivery-jobs.ts';
import { enqueueDeliveries } from './notifications/deliver/enqueue-deliveries.ts';
import { advanceDelivery } from './notifications/deliver/advance-delivery.ts';
import { PLAN_CONCURRENCY, PLAN_QUEUE, planNotifications, planRange, sweepPlannings } from './notifications/plan/plan-notifications.ts';
import { publishNotifications } from './notifications/publish-notifications.ts';
import { createRouting } from './notifications/vendors/routing.ts';
import { sweepDeliveries } from './notifications/deliver/sweep-deliveries.ts';
import type { Pace } from './notifications/vendors/token-bucket.ts';
import { FAILED_RECIPIENTS_CONCURRENCY, FAILED_RECIPIENTS_QUEUE, planFailedRecipients, sweepFailedRecipients } from './notifications/plan/failed-recipients.ts';
import { createVendorGate, type VendorGate } from './notifications/vendors/vendor-gate.ts';
import { deliverQueue } from './notifications/vendors/vendors.ts';
import { loginClaims, sweepAbandonedLogins } from './people/abandoned-logins.ts';
import { sweepAbandonedSlots, takenSlots } from './people/abandoned-slots.ts';
import { finishErasing } from './people/finish-erasing.ts';
import { freeFriendSlots } from './people/free-friend-slots.ts';
import { startProgress } from './open-work/progress.ts';
import type { WorkersReporter } from './telemetry-events.ts';
import { sleep as sleepReally, type Sleep } from './jobs/sleep.ts';
import { startSweeper, type Sweep } from './jobs/sweeper.ts';

/** As many attempts at once as firebase-admin keeps connections alive. */
const DELIVER_CONCURRENCY = 64;
/** What FCM allows a project, 600,000 messages a minute. A vendor that allows less, as one segment a second on a long code, is configured. */
const PACE: Pace = { perSecond: 10_000, burst: 1_000 };
/** What an app may send one person in a day, critical things apart. */
const FREQUENCY_CAP: Limit = { name: 'notifications', points: 100, windowSeconds: DAY_MS / SECOND_MS };

export type WorkersDependencies = CommandHandling & {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly commands: Commands;
  readonly contextFor: ContextFor;
  readonly views: Views;
  readonly activeViews: ActiveViews;
  readonly jobs: JobQueue;
  readonly feedCache: FeedCache;
  readonly presence: Presence;
  readonly broadcast: Broadcast;
  readonly rateLimit: RateLimit;
  /** In order of preference within a channel. */
  readonly senders: readonly Sender[];
  readonly report: WorkersReporter;
  readonly clock: () => Instant;
  readonly sleep?: Sleep;
  /** From 0 inclusive to 1 exclusive. */
  readonly random?: () => number;
};

export type WorkersConfig = {
  /** How long a recipient's devices have to acknowledge a message before a push is sent. */
  readonly chatPushAfterMs: number;
  readonly deliverConcurrency?: number;
  /** By vendor; those that are not named share a usual one. */
  readonly paces?: Readonly<Record<string, Pace>>;
  readonly breaker?: BreakerConfig;
  readonly attemptDeadlineMs?: number;
  readonly frequencyCap?: Limit;
  /** What a delivery waits for longer than this is left to the sweeper instead of a job. */
  readonly delayMaxMs?: number;
};

export type Workers = AsyncDisposable & { readonly projections: readonly AnyProjection[] };

export async function startWorkers(given: WorkersDependencies, config: WorkersConfig): Promise<Workers> {
  await using starting = new AsyncDisposableStack();
  const parts = partsOf(given, config, starting);
  const projections = projectionsOf(parts, config);
  for (const sweep of sweepsOf(parts, config)) starting.use(startSweeper(parts, sweep));
  for (const { queue, concurrency, handler } of consumersOf(parts)) starting.use(given.jobs.work(queue, { concurrency }, handler));
  startDelivering(parts, config, starting);
  const running = starting.move();
  return { projections, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

type Parts = ReturnType<typeof partsOf>;

/** What every worker is made of. Reading goes to the active version of a view; what was begun has no versions. */
function partsOf(given: WorkersDependencies, config: WorkersConfig, starting: AsyncDisposableStack) {
  const { report, clock, sleep = sleepReally, random = Math.random, senders } = given;
  const clockMs = () => epochMs(clock());
  const gates = new Map<string, VendorGate>(
    senders.map((sender) => {
      const { vendor } = sender;
      const settings = { vendor, pace: config.paces?.[vendor] ?? PACE, ...(config.breaker === undefined ? {} : { breaker: config.breaker }) };
      return [deliverQueue(sender), createVendorGate({ clockMs, sleep, report }, settings)] as const;
    }),
  );
  const never = new AbortController().signal;
  return {
    ...given,
    sleep,
    random,
    pause: (ms: number) => sleep(ms, never),
    storedViews: given.views,
    views: given.activeViews,
    begun: openWork(given.views),
    progress: starting.use(startProgress(given)),
    gates,
    routing: createRouting(senders, gates),
    frequencyCap: config.frequencyCap ?? FREQUENCY_CAP,
    delayMaxMs: config.delayMaxMs ?? JOB_DELAY_MAX_MS,
  };
}

function projectionsOf(parts: Parts, config: WorkersConfig): readonly AnyProjection[] {
  return [
    feedFanOut(parts),
    friendPosted(parts),
    invalidateFeeds(parts),
    invalidateAllFeeds(parts),
    publishChat(parts),
    duePushes({ ...parts, views: parts.storedViews }, config),
    pushAgain({ ...parts, lookFor: pushUnreadTo(parts) }, config),
    publishNotifications(parts),
    planNotifications(parts),
    enqueueDeliveries(parts),
    cancelDeliveries(parts),
    freeFriendSlots(parts),
    takenSlots,
    loginClaims,
    finishErasing(parts),
  ];
}

function sweepsOf(parts: Parts, config: WorkersConfig): readonly Sweep[] {
  return [
    sweepFanouts(parts),
    sweepFriendPosts(parts),
    sweepPlannings(parts),
    sweepFailedRecipients(parts),
    sweepDeliveries(parts),
    sweepDuePushes({ ...parts, views: parts.storedViews }, config),
    sweepAbandonedSlots(parts),
    sweepAbandonedLogins(parts),
  ];
}

type Consumer = { readonly queue: string; readonly concurrency: number; readonly handler: (job: Job) => Promise<void> };

function consumersOf(parts: Parts): readonly Consumer[] {
  return [
    { queue: FAN_OUT_QUEUE, concurrency: FAN_OUT_CONCURRENCY, handler: fanOutRange(parts) },
    { queue: FRIEND_POSTED_QUEUE, concurrency: FRIEND_POSTED_CONCURRENCY, handler: tellFriends(parts) },
    { queue: PLAN_QUEUE, concurrency: PLAN_CONCURRENCY, handler: planRange(parts) },
    { queue: FAILED_RECIPIENTS_QUEUE, concurrency: FAILED_RECIPIENTS_CONCURRENCY, handler: planFailedRecipients(parts) },
    { queue: CHAT_PUSH_QUEUE, concurrency: CHAT_PUSH_CONCURRENCY, handler: pushUnread(parts) },
    { queue: DUE_QUEUE, concurrency: DUE_CONCURRENCY, handler: advanceDelivery(parts) },
  ];
}

/** When it stops, whoever waits for a vendor lets go first, and attempts that are under way end. */
function startDelivering(
  parts: Parts,
  { deliverConcurrency: concurrency = DELIVER_CONCURRENCY, attemptDeadlineMs }: WorkersConfig,
  starting: AsyncDisposableStack,
): void {
  const stop = new AbortController();
  for (const sender of parts.senders) {
    const queue = deliverQueue(sender);
    const gate = parts.gates.get(queue);
    if (gate === undefined) continue;
    const handler = deliver({ ...parts, sender, gate }, stop.signal, attemptDeadlineMs === undefined ? DELIVER : { attemptDeadlineMs });
    starting.use(parts.jobs.work(queue, { concurrency }, handler));
  }
  starting.defer(() => stop.abort(new Error('The workers stop.')));
}
