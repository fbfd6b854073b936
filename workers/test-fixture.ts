/** What the tests of the workers begin with: a clock that is set by hand, and the real parts of a whole installation in a temporary folder. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { appendOperationsWith } from '../commands/append-operations.ts';
import { createCommands } from '../commands/commands.ts';
import { contextWith, type CommandContext } from '../commands/handling/context.ts';
import { createHandling } from '../commands/handling/handle.ts';
import type { DeviceId, PersonId } from '../domain/shared/ids.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import { startMemoryBroadcast } from '../ports/broadcast/memory.ts';
import { createCodec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import { startMemoryJobQueue } from '../ports/job-queue/memory.ts';
import { startMemoryPresence } from '../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { startOutbox } from '../ports/sender/outbox.ts';
import type { Sender } from '../ports/sender/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { startReadViews } from '../projections/query/read-views.ts';
import { startProjections } from '../projections/rollout/run.ts';
import type { WorkersEvent } from './telemetry-events.ts';
import type { Sleep } from './jobs/sleep.ts';
import { startWorkers, type WorkersConfig } from './start.ts';

export const START: Instant = instant(Date.UTC(2030, 0, 1));

export type HandClock = {
  readonly clock: () => Instant;
  readonly clockMs: () => number;
  readonly sleep: Sleep;
  /** Lets time go by, and wakes in order whoever slept for less. */
  advance(ms: number): Promise<void>;
  sleepers(): number;
};

type Sleeper = { readonly untilMs: number; readonly wake: () => void };

export function handClock(start: Instant = START): HandClock {
  let nowMs = Date.parse(start);
  const sleepers = new Set<Sleeper>();
  return {
    clock: () => instant(nowMs),
    clockMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        const abort = () => {
          sleepers.delete(sleeper);
          reject(new Error('stopped', { cause: signal.reason }));
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = [...sleepers].sort((one, other) => one.untilMs - other.untilMs)[0];
        if (next === undefined || next.untilMs > untilMs) break;
        nowMs = Math.max(nowMs, next.untilMs);
        sleepers.delete(next);
        next.wake();
        await turn(); // who wakes may go to sleep again before the time is over
      }
      nowMs = untilMs;
    },
    sleepers: () => sleepers.size,
  };
}

/** Lets everything run that is ready to. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Of the real clock, and much more than anything takes on a machine that is busy with other things. */
const PATIENCE_MS = 3 * 60_000;
const SECRET = Buffer.from('the secret of a test');
const JOBS = { attemptsMax: 3, retryFirstMs: 5, retryMaxMs: 20, onGaveUp: () => undefined };

type Options = {
  readonly jobsWaitingMax?: number;
  readonly vendors?: 'none' | 'one' | 'two';
  /** The first vendor knows what it took, and says so. */ readonly canBeAsked?: true;
  /** Where another installation was before, and when this one goes on; a folder of its own, which goes with it, where it is absent. */
  readonly folder?: string;
  readonly startAt?: Instant;
};

export type Workplace = Awaited<ReturnType<typeof givenWorkers>>;

/**
 * Everything that works behind the log, with every adapter of the embedded profile. Time goes by only when the test says so: what a
 * delivery waits for is not left to timers of the queue but to the sweepers, who go by the clock of the test.
 */
export async function givenWorkers(
  config: Partial<WorkersConfig> = {},
  { jobsWaitingMax = 10_000, vendors = 'one', canBeAsked, folder: before, startAt }: Options = {},
) {
  await using starting = new AsyncDisposableStack();
  const folder = before ?? (await mkdtemp(join(tmpdir(), 'tidings-workers-')));
  if (before === undefined) starting.defer(() => rm(folder, { recursive: true, force: true }));
  const time = handClock(startAt);
  const { clock, sleep } = time;
  const log = starting.use(startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true })));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const stored = starting.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const feedCache = starting.use(await startMemoryFeedCache({ feedsMax: 1_000 }));
  const broadcast = starting.use(await startMemoryBroadcast());
  const presence = starting.use(await startMemoryPresence());
  const rateLimit = starting.use(await startMemoryRateLimit());
  const outbox = starting.use(await startOutbox({ folder: join(folder, 'outbox'), clock, ...(canBeAsked === undefined ? {} : { canBeAsked }) }));
  const second = starting.use(await startOutbox({ folder: join(folder, 'second'), clock }));
  const others: readonly Sender[] = second.senders.map((sender) => ({ ...sender, vendor: `second-${sender.channel}` }));
  const senders = { none: [], one: outbox.senders, two: [...outbox.senders, ...others] }[vendors];
  const jobs = starting.use(await startMemoryJobQueue({ ...JOBS, waitingMax: jobsWaitingMax }));
  const keyring = openKeyring(vault);
  const codec = createCodec(keyring);
  const handling = createHandling({ log, codec });
  const passwords = { hash: async (password: string) => password, verify: async (password: string, hash: string | undefined) => password === hash };
  const commands = createCommands({ ...handling, log, codec, vault, keyring, broadcast, feedCache, passwords, loginSecret: SECRET });
  const contextFor = contextWith(SECRET);
  const reports: WorkersEvent[] = [];
  const report = (event: WorkersEvent) => void reports.push(event);
  const parts = { ...handling, log, codec, vault, views: stored, feedCache, broadcast, presence, rateLimit, jobs, commands, contextFor, report, clock, sleep };

  const read = starting.use(await startReadViews({ log, views: stored, decode: (events) => codec.decodeAll(events) }, { projectors }));
  const workers = starting.use(
    await startWorkers({ ...parts, activeViews: read.views, senders, random: () => 0 }, { chatPushAfterMs: 30, delayMaxMs: 0, ...config }),
  );
  const sweepers = time.sleepers();
  const projections = starting.use(
    await startProjections(
      { log, views: stored, decode: (events) => codec.decodeAll(events), appendOperations: appendOperationsWith(handling, clock), clock },
      { projections: [...projectors, ...workers.projections], passOverMs: 5, logCheckpointMs: 60_000 },
    ),
  );

  /** Who asks, once and now. */
  const by = (actor: string, type = 'test'): CommandContext => {
    const asked = contextFor({ actor, type, key: randomUUID(), fresh: true, body: {}, at: clock() });
    if (asked.outcome === 'refused') throw new Error(asked.refusal.code);
    return asked.context;
  };
  const person = async (name: string): Promise<PersonId> => (await commands.signUp({ loginName: name, name, password: '' }, by(name))).id;
  const device = async (of: PersonId): Promise<DeviceId> => {
    const id = randomUUID() as DeviceId;
    await commands.registerDevice({ person: of, device: id, platform: 'fcm', token: `token-${id}` }, by(of));
    return id;
  };
  /** Nobody has anything left to do until time goes by: who is at work sleeps, and every event was seen by all. What no worker has a hand free for may wait. */
  const quiet = async (): Promise<void> => {
    const giveUpAt = performance.now() + PATIENCE_MS;
    let waitingBefore = -1;
    for (let still = 0; still < 2; await delay(2)) {
      if (performance.now() > giveUpAt) throw new Error(`There was no rest within ${PATIENCE_MS} ms.`);
      const depths = await Promise.all(jobs.queues().map((queue) => jobs.depth(queue)));
      const waiting = depths.reduce((sum, depth) => sum + depth.waiting, 0);
      const isAtRest = waiting === waitingBefore && depths.reduce((sum, { active }) => sum + active, sweepers) === time.sleepers();
      still = isAtRest && (await projections.status()).every(({ lagEvents }) => lagEvents === 0) ? still + 1 : 0;
      waitingBefore = waiting;
    }
  };
  const running = starting.move();
  return {
    ...parts,
    stored,
    views: read.views,
    outbox,
    second,
    senders,
    projections,
    reports,
    time,
    by,
    person,
    device,
    quiet,
    /** Lets time go by in steps until it is so, and answers how many milliseconds that took. */
    timeUntil: async (isSo: () => Promise<boolean> | boolean, { stepMs = 5_000, patienceMs = 24 * 60 * 60_000 } = {}): Promise<number> => {
      let passedMs = 0;
      const giveUpAt = performance.now() + PATIENCE_MS;
      for (await quiet(); !(await isSo()); await quiet()) {
        if (passedMs > patienceMs || performance.now() > giveUpAt) throw new Error(`It did not become so within ${passedMs} ms: ${isSo.toString()}`);
        await time.advance(stepMs);
        passedMs += stepMs;
      }
      return passedMs;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
