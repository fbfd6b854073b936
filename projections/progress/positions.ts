/**
 * How far each runner has come, wherever it runs: in each log as far as the slowest of its shards. Runners of this process tell
 * their positions themselves. Those of other processes are read from the views, when a hint says that something has come further, and
 * now and then for hints that are lost; callers that wait at the same time share one read.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { covers, logsIn, merge, offsetIn, positionAt } from '../../ports/event-log/position.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { positionOf } from './checkpoint.ts';
import { BOOKKEEPING, checkpointName, partitionsOf, type Division } from './names.ts';
import { pause } from './back-off.ts';
import { noHints, type PositionHints } from './position-hints.ts';
import { isPassedOver, passedOverIn } from './passed-over.ts';
import type { RunnerProgress } from './progress.ts';

/** While hints of other processes don't come yet. */
const POLL_MS = 20;
/** For a hint that is lost. */
const HINTED_POLL_MS = 250;
/** Between two reads there is as much time as the last one took, so that a server that is slow is not asked without end; and no more than this. */
const READ_GAP_MS_MAX = 100;
/** A unit of this process may pass to another while a caller waits for it: how soon that is noticed at the latest. */
const LOCAL_RECHECK_MS = 1_000;

export type Positions = {
  /** Undefined where a shard of every log has not come anywhere. */
  of(runner: string): Promise<Position | undefined>;
  /** Whether every shard is known here to have passed the position. */
  hasPassed(runner: string, position: Position): boolean;
  /**
   * Where what is missing is worked on in this process: resolves when that has passed the position, and also when it is to be looked at
   * again, because it runs here no longer or a second is over, or when the signal aborts. Undefined where it isn't.
   */
  waitHere(runner: string, position: Position, signal: AbortSignal): Promise<unknown> | undefined;
  /** Resolves when every shard has passed the position; rejects when the signal aborts. */
  wait(runner: string, position: Position, signal: AbortSignal, patience?: Patience): Promise<void>;
};

/** How soon after one look the next is of use to the caller, whatever hints come; at once where it is absent. */
export type Patience = { readonly everyMs?: number };

type PositionsDependencies = {
  readonly views: Pick<ViewStore, 'checkpoints'>;
  readonly local?: Pick<RunnerProgress, 'of' | 'has' | 'waitFor'>;
  readonly hints?: Pick<PositionHints, 'listen' | 'heard'>;
};

export function positionsAnywhere({ views, local, hints = noHints }: PositionsDependencies, division: Division, polls: Partial<Polls> = {}): Positions {
  const { pollMs = POLL_MS, hintedPollMs = HINTED_POLL_MS } = polls;
  let reading: { readonly heard: number; readonly stored: Promise<ReadonlyMap<string, Position>> } | undefined;
  let readAgainAtMs = -Infinity;
  const readPositions = () => {
    const beganMs = performance.now();
    return (reading ??= {
      heard: hints.heard(),
      stored: views
        .checkpoints()
        .then(positionsOfUnits)
        .finally(() => {
          const endedMs = performance.now();
          readAgainAtMs = endedMs + Math.min(endedMs - beganMs, READ_GAP_MS_MAX);
          reading = undefined;
        }),
    });
  };

  const behindHere = (runner: string, position: Position) => targets(runner, division, position).filter(({ unit, target }) => !covers(local?.of(unit), target));

  const waitHere = (behind: ReturnType<typeof targets>, signal: AbortSignal): Promise<unknown> | undefined =>
    local !== undefined && behind.every(({ unit }) => local.has(unit))
      ? Promise.all(behind.map(({ unit, target }) => local.waitFor(unit, target, { ms: LOCAL_RECHECK_MS, signal })))
      : undefined;

  return {
    of: async (runner) => {
      const stored = await readPositions().stored;
      return slowestShards(runner, division, (unit) => merge(local?.of(unit), stored.get(unit)));
    },

    hasPassed: (runner, position) => behindHere(runner, position).length === 0,
    waitHere: (runner, position, signal) => waitHere(behindHere(runner, position), signal),

    wait: async (runner, position, signal, { everyMs = 0 } = {}) => {
      using remote = lazily(() => hints.listen());
      let lookAgainAtMs = -Infinity;
      for (;;) {
        signal.throwIfAborted();
        const behind = behindHere(runner, position);
        if (behind.length === 0) return;
        const waiting = waitHere(behind, signal);
        if (waiting !== undefined) {
          await waiting;
          continue;
        }
        const waitMs = Math.max(lookAgainAtMs, reading === undefined ? readAgainAtMs : -Infinity) - performance.now();
        if (waitMs > 0) {
          await pause(waitMs, signal);
          continue;
        }
        lookAgainAtMs = performance.now() + everyMs;
        const listening = remote.get();
        listening.look(); // before the read: what comes while it is under way is not missed
        const heard = hints.heard();
        const read = readPositions();
        const stored = await read.stored;
        if (behind.every(({ unit, target }) => covers(stored.get(unit), target))) return;
        if (read.heard !== heard) continue; // it was under way before the last hint came, and may not know what that told of
        await listening.rest(listening.isKnown() ? hintedPollMs : pollMs, signal);
      }
    },
  };
}

type Polls = { readonly pollMs: number; readonly hintedPollMs: number };

/** Made when it is first asked for, and disposed of with its holder. */
function lazily<Value extends Disposable>(make: () => Value): Disposable & { get(): Value } {
  let made: Value | undefined;
  return { get: () => (made ??= make()), [Symbol.dispose]: () => made?.[Symbol.dispose]() };
}

/** What each unit of a runner has to pass, for the runner to have passed the position. */
const targets = (runner: string, { shards }: Division, position: Position) =>
  logsIn(position).flatMap((log) => {
    const target = positionAt(log, offsetIn(position, log) ?? 0n);
    return Array.from({ length: shards }, (_, shard) => ({ unit: checkpointName(runner, { log, shard }), target }));
  });

function slowestShards(runner: string, division: Division, positionOfUnit: (unit: string) => Position | undefined): Position | undefined {
  const slowest = new Map<number, bigint>();
  const notBegun = new Set<number>();
  for (const partition of partitionsOf(division)) {
    const { log } = partition;
    const position = positionOfUnit(checkpointName(runner, partition));
    const offset = position === undefined ? undefined : offsetIn(position, log);
    if (offset === undefined) notBegun.add(log);
    else if (offset < (slowest.get(log) ?? offset + 1n)) slowest.set(log, offset);
  }
  return [...slowest]
    .filter(([log]) => !notBegun.has(log))
    .reduce<Position | undefined>((merged, [log, offset]) => merge(merged, positionAt(log, offset)), undefined);
}

/** By unit: how far it has come by its stored checkpoint, and by what its process has told that it passed over since. */
function positionsOfUnits(checkpoints: ReadonlyMap<string, string>): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  for (const [checkpoint, stored] of checkpoints) {
    const position = checkpoint.startsWith(BOOKKEEPING) ? undefined : positionOf(stored);
    if (position !== undefined) positions.set(checkpoint, position);
  }
  for (const [checkpoint, stored] of checkpoints) {
    if (!isPassedOver(checkpoint)) continue;
    for (const { unit, since, position } of passedOverIn(stored)) {
      const merged = checkpoints.get(unit) === since ? merge(positions.get(unit), position) : undefined;
      if (merged !== undefined) positions.set(unit, merged);
    }
  }
  return positions;
}
