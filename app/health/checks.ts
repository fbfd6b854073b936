/** Runs the named checks of a process. Answers are shared for a moment, for anybody may ask as often as they like. */
import { statfs } from 'node:fs/promises';
import type { CheckResult } from '../../edge/http/health.ts';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import type { Projections, ProjectionState } from '../../projections/rollout/start-projections.ts';
import type { Check } from './watched-ports.ts';

const CHECK_DEADLINE_MS = 2_000;
const SHARED_FOR_MS = 500;
/** A projection that fails for less has perhaps only met a short outage. */
const FAILING_SECONDS_MAX = 15;
/** With less room a write of the log or the views may fail at any moment. */
const DISK_FREE_BYTES_MIN = 4 * 1_024 * 1_024;

export const CHECK_NAMES = ['log', 'vault', 'views', 'projections', 'workers', 'queues', 'redis', 'feed-cache', 'disk'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];
export type Checks = Partial<Readonly<Record<CheckName, Check>>>;

export type HealthChecks = {
  /** Of these names, those that this process has; what it can do without is at worst degraded. Never rejects. */
  readonly run: (names?: readonly CheckName[]) => Promise<readonly CheckResult[]>;
};

type HealthConfig = {
  readonly deadlineMs?: number;
  /** What this process can't do without; everything where it is absent. */
  readonly needed?: ReadonlySet<CheckName>;
};

export function createHealthChecks(checks: Checks, { deadlineMs = CHECK_DEADLINE_MS, needed = new Set(CHECK_NAMES) }: HealthConfig = {}): HealthChecks {
  const shared = new Map<CheckName, { readonly result: Promise<CheckResult>; readonly untilMs: number }>();
  const resultOf = (name: CheckName, check: Check): Promise<CheckResult> => {
    const known = shared.get(name);
    if (known !== undefined && performance.now() < known.untilMs) return known.result;
    const result = runCheck(name, check, { deadlineMs, failed: needed.has(name) ? 'failed' : 'degraded' });
    shared.set(name, { result, untilMs: performance.now() + SHARED_FOR_MS });
    return result;
  };
  return {
    run: (names = CHECK_NAMES) =>
      Promise.all(
        names.flatMap((name) => {
          const check = checks[name];
          return check === undefined ? [] : [resultOf(name, check)];
        }),
      ),
  };
}

type RunOptions = { readonly deadlineMs: number; readonly failed: 'failed' | 'degraded' };

async function runCheck(name: CheckName, check: Check, { deadlineMs, failed }: RunOptions): Promise<CheckResult> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  try {
    await Promise.race([check(), late]);
    return { name, status: 'ok' };
  } catch (error) {
    return { name, status: failed, reason: reasonOf(error) };
  } finally {
    clearTimeout(deadline);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/**
 * Fails while a projector stands still, or has views that were never built. `workers` is the same for reactors and processes. The log isn't
 * asked: where it is away, what is built can be read all the same.
 */
export const projectionsCheck =
  (projections: Pick<Projections, 'states'>, of: 'projectors' | 'workers'): Check =>
  async () => {
    const all = projections.states().filter(({ kind }) => (kind === 'projector') === (of === 'projectors'));
    const failing = all.find(({ active, failingSeconds }) => active && failingSeconds > FAILING_SECONDS_MAX);
    if (failing !== undefined) throw new Error(`${nameOf(failing)} has been failing for ${Math.round(failing.failingSeconds)} s: ${failing.error}`);
    const unbuilt = all.find(({ active, isBuilt }) => active && !isBuilt);
    if (unbuilt !== undefined) throw new Error(`${nameOf(unbuilt)} is being built`);
  };

const nameOf = ({ name, version }: ProjectionState): string => `${name}@${version}`;

export const queuesCheck =
  (jobs: Pick<JobQueue, 'queues' | 'depth'>, { waitingMax }: { readonly waitingMax: number }): Check =>
  async () => {
    for (const queue of await jobs.queues()) {
      const { waiting, delayed } = await jobs.depth(queue);
      if (waiting + delayed >= waitingMax) throw new Error(`the queue ${queue} is full`);
    }
  };

export const diskCheck =
  (folder: string): Check =>
  async () => {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < DISK_FREE_BYTES_MIN) throw new Error(`${bavail * bsize} bytes are free on the disk of ${folder}`);
  };
