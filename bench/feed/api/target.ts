/** Tidings as its clients meet it: the real process with all roles on a core of its own, or a cluster with one process of every role. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { startEmbeddedAdapters } from '../../../app/adapters/embedded.ts';
import { configFrom } from '../../../app/config/config.ts';
import { createCore } from '../../../app/core.ts';
import { openDataFolder } from '../../../app/data-folder.ts';
import { adoptVault } from '../../../app/start-checks/vault-identity.ts';
import { openTokens } from '../../../edge/auth/tokens.ts';
import { temporaryFolder } from '../../../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from '../../shared/start-tidings.ts';
import { isPinned, SERVER_CORE } from '../../chat/server-process.ts';
import { clock, startSystem } from '../../distributed/system.ts';
import { cpuBetween, cpuOf, readCpu } from '../../distributed/usage.ts';
import { waitFor } from '../../distributed/waiting.ts';
import type { Profile } from './sizes.ts';
import type { Stores, World } from './world.ts';

export type Target = AsyncDisposable & {
  readonly readUrl: string;
  readonly writeUrl: string;
  /** Microseconds of CPU of all processes and servers since an earlier call, or since they were started. */
  cpuUs(): Promise<number>;
  /** Of the process that keeps the feeds; undefined where that is a server. */
  residentBytes(): Promise<number | undefined>;
  /** Resolves when every projection has reached the head, and every queue is empty. */
  settle(): Promise<void>;
};

type Filled = { readonly target: Target; readonly world: World };
type Fill = (stores: Stores) => Promise<World>;

/** Nobody is to be limited: the load comes from few people on one address. */
const UNLIMITED = ['sign-ups', 'posts', 'commands', 'queries', 'anonymous-requests', 'response-kilobytes'].map((name) => `${name}=100000000/60`).join(',');
const SETTLED_WITHIN_MS = 300_000;
const SETTLE_POLL_MS = 500;
/** Jobs that wait for a time are not under way. */
const PENDING = /^tidings_(projection_lag_events\{|queue_depth\{(?!.*state="delayed"))/;
/** Memory is told by the kernel in pages of so many bytes. */
const PAGE_BYTES = 4_096;

export const startTarget = (profile: Profile, fill: Fill): Promise<Filled> => (profile === 'embedded' ? startEmbedded(fill) : startDistributed(fill));

async function startEmbedded(fill: Fill): Promise<Filled> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const world = await fillFolder(folder, fill);
  const tidings = await startTidingsAsPeopleDo(folder, { TIDINGS_RATE_LIMITS: UNLIMITED, TIDINGS_WARM_FEEDS_MAX: '100000' });
  starting.defer(async () => void (await tidings.stop('SIGTERM')));
  const { pid } = tidings.child;
  if (isPinned) spawnSync('taskset', ['-acp', SERVER_CORE, String(pid)]);
  const { read: readUrl, write: writeUrl, ops } = tidings.addresses;
  const target = {
    readUrl,
    writeUrl,
    cpuUs: () => cpuOf(pid),
    residentBytes: async () => Number((await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')[1]) * PAGE_BYTES,
    settle: () => waitFor('the process to settle', () => hasSettled(ops), { withinMs: SETTLED_WITHIN_MS, pollMs: SETTLE_POLL_MS }),
  };
  const started = starting.move();
  return { world, target: { ...target, [Symbol.asyncDispose]: () => started.disposeAsync() } };
}

async function fillFolder(folder: string, fill: Fill): Promise<World> {
  using dataFolder = openDataFolder(folder);
  const failureReporter = (component: string) => (error: unknown) => console.error(component, error);
  await using adapters = await startEmbeddedAdapters({ dataFolder, clock, failureReporter }, configFrom({ TIDINGS_DATA: folder }));
  const core = await createCore(adapters, clock);
  await adoptVault(core);
  return await fill({ ...adapters, codec: core.codec, tokens: await openTokens({ vault: adapters.vault, clock }) });
}

/** Whether every projection has reached the head, and every queue is empty. */
export async function hasSettled(operationsUrl: string): Promise<boolean> {
  const metrics = await (await fetch(`${operationsUrl}/metrics`)).text();
  return !metrics.split('\n').some((line) => PENDING.test(line) && !line.endsWith(' 0'));
}

async function startDistributed(fill: Fill): Promise<Filled> {
  await using starting = new AsyncDisposableStack();
  const system = starting.use(await startSystem({ idleSeconds: 1 }));
  const world = await fill({ ...system.adapters, codec: system.codec, tokens: system.tokens });
  await system.settle();
  const first = await readCpu(system.cluster);
  const addressOf = (role: 'read-api' | 'write-api'): string => system.cluster.process(`${role}-1`).urls[role] ?? '';
  const target = {
    readUrl: addressOf('read-api'),
    writeUrl: addressOf('write-api'),
    cpuUs: async () => [...cpuBetween(first, await readCpu(system.cluster)).values()].reduce((sum, us) => sum + us, 0),
    residentBytes: () => Promise.resolve(undefined),
    settle: () => system.settle(),
  };
  const started = starting.move();
  return { world, target: { ...target, [Symbol.asyncDispose]: () => started.disposeAsync() } };
}
