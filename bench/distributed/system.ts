/** A cluster to measure, with one process of every role and four gateways, and in this process what fills it: commands on the same servers. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { MODERATION_LIMITS } from '../../commands/moderation/activity-limits.ts';
import { startDistributedAdapters } from '../../app/adapters/distributed.ts';
import type { Adapters } from '../../app/adapters/adapters.ts';
import { configFrom } from '../../app/config/config.ts';
import { ROLES, type Role } from '../../app/config/settings.ts';
import { createCommands, type Commands } from '../../commands/commands.ts';
import { contextWith, type CommandContext } from '../../commands/handling/command-context.ts';
import { createHandling } from '../../commands/handling/handle.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openTokens, type Tokens } from '../../edge/auth/tokens.ts';
import { createCodec, type Codec } from '../../ports/event-log/codec.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { startCluster, type Cluster, type Layout } from '../../tests/cluster/cluster.ts';
import type { ClusterProcess } from '../../tests/cluster/cluster-process.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { WORKER_ROLES } from '../../workers/dependencies.ts';
import { openCpuMeter } from './usage.ts';
import { waitFor } from './waiting.ts';

export const GATEWAYS = ['gateway-1', 'gateway-2', 'gateway-3', 'gateway-4'] as const;
const SECRET = Buffer.from('the secret of a benchmark');
const COUNT_CALLS = new URL('./count-calls.ts', import.meta.url).href;
const DATABASE = 'tidings';
/** Nobody is to be limited: the load comes from few people on one address. */
const UNLIMITED = ['posts', 'messages', 'commands', 'app-requests', 'queries', 'gateway-frames', 'gateway-hellos', ...MODERATION_LIMITS.map(({ name }) => name)]
  .map((name) => `${name}=100000000/60`)
  .join(',');

export type BenchSystem = AsyncDisposable & {
  readonly cluster: Cluster;
  readonly adapters: Adapters;
  readonly commands: Commands;
  readonly codec: Codec;
  readonly tokens: Tokens;
  /** Of the views and the outbox, by a client of its own. */
  readonly database: Db;
  /** The file into which a process writes how often it has called which server. */
  readonly callsFileOf: (process: string) => string;
  readonly contextOf: (actor: string) => CommandContext;
  /** Resolves when every projection has reached the head, and every queue is empty; rejects where that takes too long. */
  settle(options?: { readonly withinMs: number }): Promise<void>;
  /** What the work took, with all that followed from it until the cluster had settled, by role and by server. */
  measureCpu(work: () => Promise<void>): Promise<ReadonlyMap<string, number>>;
  /** The same until the work resolves, and no longer. */
  measureCpuMeanwhile(work: () => Promise<void>): Promise<ReadonlyMap<string, number>>;
};

export const clock = () => instant(Date.now());

export async function startSystem({ idleSeconds }: { readonly idleSeconds: number }): Promise<BenchSystem> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const callsFileOf = (name: string) => join(folder, `${name}.calls.json`);
  const cluster = starting.use(
    await startCluster({
      layout: layout(),
      isDurable: true,
      settings: { TIDINGS_RATE_LIMITS: UNLIMITED, TIDINGS_NOTIFICATIONS_PER_DAY_MAX: '100000000', TIDINGS_GATEWAY_ADDRESS_CONNECTIONS_MAX: '1000000' },
      settingsOf: (name) => ({ BENCH_CALLS_FILE: callsFileOf(name) }),
      nodeArgumentsOf: () => ['--import', COUNT_CALLS],
    }),
  );
  const { servers, ...config } = configFrom({ ...cluster.settings, TIDINGS_ROLES: 'write-api' });
  if (servers === undefined) throw new Error('The cluster names no servers.');
  const failureReporter = (component: string) => (error: unknown) => console.error(component, error);
  const adapters = starting.use(await startDistributedAdapters({ clock, failureReporter }, { ...config, servers, name: 'bench' }));
  const client = new MongoClient(cluster.servers.mongodb.url);
  starting.defer(() => client.close());

  const keyring = openKeyring(adapters.vault);
  const codec = createCodec(keyring, clock);
  const handling = createHandling({ log: adapters.log, codec });
  const passwords = { hash: (password: string) => Promise.resolve(password), verify: () => Promise.resolve(true) };
  const commands = createCommands({ ...adapters, handling, codec, keyring, logins: { passwords, secret: SECRET } });
  const contextFor = contextWith(SECRET);
  const tokens = await openTokens({ vault: adapters.vault, clock });
  const settle: BenchSystem['settle'] = ({ withinMs } = { withinMs: SETTLED_WITHIN_MS }) => settleRarelyAsking(cluster, withinMs);
  await settle();
  const meter = await openCpuMeter(cluster, { idleSeconds });
  const started = starting.move();
  return {
    cluster,
    adapters,
    commands,
    codec,
    tokens,
    database: client.db(DATABASE),
    callsFileOf,
    contextOf: (actor) => {
      const created = contextFor({ actor, type: 'bench', key: randomUUID(), fresh: true, body: {}, at: clock() });
      if (created.outcome === 'refused') throw new Error(created.refusal.code);
      return created.context;
    },
    settle,
    measureCpu: (work) =>
      meter.measure(async () => {
        await work();
        await settle();
      }),
    measureCpuMeanwhile: meter.measure,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Each process tells how far its own projections are. Asking costs the one that is asked, so each is asked once a second. */
async function settleRarelyAsking({ processes }: Cluster, withinMs: number): Promise<void> {
  const asked = processes.filter(({ roles }) => roles.some((role) => SETTLING_ROLES.has(role)));
  const isIdleAt = async ({ urls: { operations = '' } }: ClusterProcess) => {
    const metrics = await (await fetch(`${operations}/metrics`)).text();
    return !metrics.split('\n').some((line) => PENDING.test(line) && !line.endsWith(' 0'));
  };
  const isIdle = async () => (await Promise.all(asked.filter((one) => one.isRunning()).map(isIdleAt))).every((itIs) => itIs);
  let idlePolls = 0;
  const hasSettled = async () => {
    idlePolls = (await isIdle()) ? idlePolls + 1 : 0;
    return idlePolls >= SETTLED_POLLS;
  };
  await waitFor('the cluster to settle', hasSettled, { withinMs, pollMs: SETTLE_POLL_MS });
}

/** They run projections, or tell of the queues. */
const SETTLING_ROLES: ReadonlySet<string> = new Set(['projections', ...WORKER_ROLES] satisfies Role[]);
const SETTLE_POLL_MS = 1_000;
/** Between two jobs there is a moment with none. */
const SETTLED_POLLS = 2;
const SETTLED_WITHIN_MS = 90_000;
/** Jobs that wait for a time are not under way. */
const PENDING = /^tidings_(projection_lag_events\{|queue_depth\{(?!.*state="delayed"))/;

const layout = (): Layout => {
  const others = ROLES.filter((role) => role !== 'event-store' && role !== 'gateway');
  return Object.fromEntries([...others.map((role) => [`${role}-1`, [role]] as const), ...GATEWAYS.map((name) => [name, ['gateway'] as const] as const)]);
};
