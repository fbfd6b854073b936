/** For tests of the workers: a manual clock, and all workers with the adapters of the embedded profile in a temporary folder. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { appendOperationsWith } from '../commands/append-operations.ts';
import { createToldMessages } from '../ports/broadcast/told-messages.ts';
import { createCommands } from '../commands/commands.ts';
import { contextWith, type CommandContext } from '../commands/handling/command-context.ts';
import { createHandling } from '../commands/handling/handle.ts';
import type { ContactKind } from '../domain/people/notification-channels.ts';
import type { DeviceId, PersonId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import { createUploads } from '../commands/media/uploads.ts';
import { startMediaFolder } from '../ports/media/folder.ts';
import { startPictures } from '../ports/pictures/pictures.ts';
import { startMemoryBroadcast } from '../ports/broadcast/memory.ts';
import { createCodec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import { startMemoryJobQueue } from '../ports/job-queue/memory.ts';
import type { JobQueue, JobQueueOptions } from '../ports/job-queue/port.ts';
import { startMemoryPresence } from '../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import type { Outbound } from '../ports/outbound/port.ts';
import { startOutbox } from '../ports/sender/outbox/outbox.ts';
import type { Outbox, Sender } from '../ports/sender/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { openFeedLag } from '../projections/view-access/feed-lag.ts';
import { projectionChanges } from '../projections/changes/projection-changes.ts';
import { startViewReader } from '../projections/view-access/view-reader.ts';
import { startProjections } from '../projections/rollout/start-projections.ts';
import type { WorkersEvent } from './telemetry-events.ts';
import { startWorkers, type WorkersConfig } from './start.ts';
import { createManualClock, START } from './testing/manual-clock.ts';

export { START };

/** By the real clock, and much more than anything takes on a busy machine. */
const PATIENCE_MS = 3 * 60_000;
const PICTURES = { memoryBytesMax: 512 * 2 ** 20, deadlineMs: 60_000, processesMax: 1 };
export const SECRET = Buffer.from('the secret of a test');
const JOBS = { attemptsMax: 3, retryFirstMs: 5, retryMaxMs: 20, onDropped: () => undefined };

type Options = {
  readonly jobsWaitingMax?: number;
  readonly vendors?: 'none' | 'one' | 'two';
  /** Instead of `vendors`; they are disposed of after the workers. */
  readonly startSenders?: (given: { readonly clock: () => Instant; readonly outbox: Outbox }) => readonly Sender[];
  /** The first vendor resolves attempts. */
  readonly resolvesAttempts?: true;
  /** Of an earlier installation, which this one continues at `startAt`; a temporary one where it is absent. */
  readonly folder?: string;
  readonly startAt?: Instant;
  /** Sends to webhooks; they are queued and no more where it is absent. */
  readonly outbound?: Pick<Outbound, 'post'> & Partial<Pick<Outbound, 'get'>>;
  /** The job queue, in this process where it is absent. */
  readonly startJobs?: (options: JobQueueOptions) => Promise<JobQueue>;
  /** The workers know what the commands have told; else they tell all of it again, as of another process. */
  readonly knowsTold?: true;
};

export type TestWorkers = Awaited<ReturnType<typeof startWorkersForTest>>;

const asVendor = (sender: Sender): Sender => {
  const { isLocal, ...vendor } = sender;
  return isLocal === true ? vendor : sender;
};

/** With every adapter of the embedded profile. Time passes only when the test says so: deliveries wait for the sweepers, which run by its clock. */
export async function startWorkersForTest(
  config: Partial<WorkersConfig> = {},
  {
    jobsWaitingMax = 10_000,
    vendors = 'one',
    startSenders,
    resolvesAttempts,
    folder: before,
    startAt,
    outbound,
    startJobs = startMemoryJobQueue,
    knowsTold,
  }: Options = {},
) {
  await using starting = new AsyncDisposableStack();
  const folder = before ?? (await mkdtemp(join(tmpdir(), 'tidings-workers-')));
  if (before === undefined) starting.defer(() => rm(folder, { recursive: true, force: true }));
  const time = createManualClock(startAt);
  const { clock, monotonicMs, sleep } = time;
  const store = await openEventStore(join(folder, 'events'), { noSync: true });
  const log = starting.use(startEmbeddedLog(store));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const stored = starting.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: 1_000 }));
  const broadcast = starting.use(await startMemoryBroadcast());
  const presence = starting.use(await startMemoryPresence({ clock, monotonicMs }));
  const rateLimit = starting.use(await startMemoryRateLimit());
  const outbox = starting.use(
    await startOutbox({ folder: join(folder, 'outbox'), clock, monotonicMs, ...(resolvesAttempts === undefined ? {} : { resolvesAttempts }) }),
  );
  const second = starting.use(await startOutbox({ folder: join(folder, 'second'), clock, monotonicMs }));
  const others: readonly Sender[] = second.senders.map((sender) => ({ ...sender, vendor: `second-${sender.channel}` }));
  const senders = startSenders?.({ clock, outbox }) ?? { none: [], one: outbox.senders, two: [...outbox.senders, ...others].map(asVendor) }[vendors];
  if (startSenders !== undefined) for (const sender of senders) starting.use(sender);
  const jobs = starting.use(await startJobs({ ...JOBS, waitingMax: jobsWaitingMax }));
  const keyring = openKeyring(vault);
  const codec = createCodec(keyring, clock);
  const handling = createHandling({ log, codec });
  const passwords = { hash: async (password: string) => password, verify: async (password: string, hash: string | undefined) => password === hash };
  const told = createToldMessages();
  const logins = { passwords, secret: SECRET };
  const commands = createCommands({ handling, log, codec, vault, keyring, broadcast, feedCache, logins, ...(knowsTold && { told }) });
  const contextFor = contextWith(SECRET);
  const reports: WorkersEvent[] = [];
  const report = (event: WorkersEvent) => void reports.push(event);
  const media = starting.use(await startMediaFolder(join(folder, 'media')));
  const uploads = createUploads({ store: media });
  const pictures = starting.use(startPictures(PICTURES));
  const shared = {
    ...handling,
    mediaStore: media,
    uploads,
    log,
    codec,
    vault,
    feedCache,
    broadcast,
    told,
    presence,
    rateLimit,
    jobs,
    commands,
    contextFor,
    report,
    clock,
    monotonicMs,
    sleep,
  };

  const read = starting.use(await startViewReader({ log, views: stored, decode: (events) => codec.decodeAll(events) }, { projectors }));
  const workers = starting.use(
    await startWorkers(
      {
        reader: shared,
        commandGiver: Object.assign({}, shared, { views: stored }), // more than is asked of it, as the app's is: what it has besides is nobody's
        views: { active: read.views, waitForViews: read.waitForViews, stored },
        jobs,
        ephemeral: shared,
        senders,
        ...(outbound !== undefined && { outbound }),
        scavenge: (signal) => store.scavenge({ signal }),
        media: { store: media, secret: SECRET, uploads, pictures },
        search: { secret: SECRET, collectionOf: read.collectionOf },
        report,
        runtime: { clock, monotonicMs, sleep, random: () => 0 },
      },
      { chatPushAfterMs: 30, delayMaxMs: 0, ...config },
    ),
  );
  const sweepers = time.sleepers();
  const projections = starting.use(
    await startProjections(
      { log, views: stored, decode: (events) => codec.decodeAll(events), appendOperations: appendOperationsWith(handling, clock), clock },
      // A test waits for each batch.
      { projections: [...projectors, ...workers.projections].map((one) => ({ ...one, paceMs: 0 })), idleCheckpointMs: 25, logCheckpointMs: 60_000 },
    ),
  );

  /** The context of a new command of this actor. */
  const by = (actor: string, type = 'test'): CommandContext => {
    const result = contextFor({ actor, type, key: randomUUID(), fresh: true, body: {}, at: clock() });
    if (result.outcome === 'refused') throw new Error(result.refusal.code);
    return result.context;
  };
  const person = async (name: string): Promise<PersonId> => (await commands.signUp({ loginName: name, name, password: '' }, by(name))).id;
  const device = async (of: PersonId): Promise<DeviceId> => {
    const id = randomUUID() as DeviceId;
    await commands.registerDevice({ person: of, device: id, platform: 'fcm', token: `token-${id}` }, by(of));
    return id;
  };
  /** Resolves when nothing is left to do until time passes: all active jobs sleep, and all projections have caught up. Jobs that no consumer is free for may wait. */
  const untilIdle = async (): Promise<void> => {
    const giveUpAt = performance.now() + PATIENCE_MS;
    let waitingBefore = -1;
    for (let idleLooks = 0; idleLooks < 2; await delay(2)) {
      if (performance.now() > giveUpAt) throw new Error(`The workers were not idle within ${PATIENCE_MS} ms.`);
      const depths = await Promise.all((await jobs.queues()).map((queue) => jobs.depth(queue)));
      const waiting = depths.reduce((sum, depth) => sum + depth.waiting, 0);
      const isIdle = waiting === waitingBefore && depths.reduce((sum, { active }) => sum + active, sweepers) === time.sleepers();
      idleLooks = isIdle && (await projections.status()).every(({ lagEvents }) => lagEvents === 0) ? idleLooks + 1 : 0;
      waitingBefore = waiting;
    }
  };
  const running = starting.move();
  return {
    ...shared,
    stored,
    views: read.views,
    waitForViews: read.waitForViews,
    positionOf: read.positionOf,
    collectionOf: read.collectionOf,
    changes: projectionChanges({ log, views: stored, codec }, read),
    searchSecret: SECRET,
    feedLag: await openFeedLag({ stored, views: read.views, positions: read.positions }),
    outbox,
    second,
    senders,
    projections,
    reports,
    time,
    by,
    person,
    device,
    untilIdle,
    /** Moves the time on in steps until the condition holds; returns by how many milliseconds. */
    advanceUntil: async (holds: () => Promise<boolean> | boolean, { stepMs = 5_000, patienceMs = 24 * 60 * 60_000 } = {}): Promise<number> => {
      let passedMs = 0;
      const giveUpAt = performance.now() + PATIENCE_MS;
      for (await untilIdle(); !(await holds()); await untilIdle()) {
        if (passedMs > patienceMs || performance.now() > giveUpAt) throw new Error(`The condition did not hold within ${passedMs} ms: ${holds.toString()}`);
        await time.advance(stepMs);
        passedMs += stepMs;
      }
      return passedMs;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

/** The contact is confirmed with the code that arrives in the outbox. */
export async function confirmContact(
  { outbox, commands, by }: Pick<TestWorkers, 'outbox' | 'commands' | 'by'>,
  { person, kind, address }: { readonly person: PersonId; readonly kind: ContactKind; readonly address: string },
): Promise<void> {
  await commands.setContact({ person, kind, address }, by(person));
  for (;;) {
    const messages = await outbox.list({ channel: kind === 'email' ? 'email' : 'sms', limit: 1_000 });
    const code = /^\d+/.exec(messages.find(({ to, category }) => to === address && category === 'account')?.body ?? '')?.[0];
    if (code === undefined) await delay(5);
    else return void (await commands.confirmContact({ person, kind, code }, by(person)));
  }
}
