/**
 * What goes wrong in a run, and when: all of it follows from the seed, so that a run is tried again with its faults. Two things go on
 * beside one another: every few seconds a process is killed or hangs, and one server after the other is gone, hangs or forgets.
 */
import { createRandom, type Random } from '../e2e/load/random.ts';

export const SERVERS = ['redis', 'feedCacheRedis', 'mongodb', 'event-store'] as const;
export type ServerName = (typeof SERVERS)[number];

export type Fault =
  /** SIGKILL; started again after the time. */
  | { readonly does: 'kill'; readonly what: string; readonly forMs: number }
  /** SIGTERM; started again after the time. */
  | { readonly does: 'stop'; readonly what: string; readonly forMs: number }
  /** SIGSTOP, and SIGCONT after the time. */
  | { readonly does: 'hang'; readonly what: string; readonly forMs: number }
  /** FLUSHALL. */
  | { readonly does: 'flush'; readonly what: string; readonly forMs: 0 }
  /** A Redis that has stored a save point is stopped, and started again with what it stored. */
  | { readonly does: 'restart-with-save-point'; readonly what: string; readonly forMs: number };

/** `atMs`: since the faults began. A fault whose turn comes while its process or server is still away is left out. */
export type PlannedFault = Fault & { readonly atMs: number };

export type FaultPlanConfig = {
  readonly seed: number;
  readonly forMs: number;
  readonly processes: readonly string[];
  /** The longest that a server is away or hangs. */
  readonly serverAwayMaxMs: number;
  /** The longest that a process is away or hangs. The longer, the rarer, so that as many are there on average. */
  readonly processAwayMaxMs?: number;
};

const PROCESS_AWAY_MAX_MS = 5_000;
/** Between the faults of processes, of the longest that one lasts: two seconds of five. */
const PROCESS_FAULT_EVERY = 0.4;
/** Between two faults of servers, and as long as the last one lasted: commands and starts that never get through prove nothing. */
const SERVERS_BACK_MIN_MS = 3_000;
const AWAY_MIN_MS = 500;

export function planFaults({ seed, forMs, processes, serverAwayMaxMs, processAwayMaxMs = PROCESS_AWAY_MAX_MS }: FaultPlanConfig): readonly PlannedFault[] {
  const random = createRandom(seed);
  const planned: PlannedFault[] = [];
  for (let atMs = 0; atMs < forMs; atMs += PROCESS_FAULT_EVERY * processAwayMaxMs) planned.push({ atMs, ...processFault(random, processes, processAwayMaxMs) });
  const round: ServerFault[] = [];
  for (let atMs = AWAY_MIN_MS; atMs < forMs;) {
    if (round.length === 0) round.push(...shuffled(random, SERVER_FAULTS));
    const fault = round.pop() as ServerFault;
    const awayMs = fault.does === 'flush' ? 0 : AWAY_MIN_MS + random.below(serverAwayMaxMs - AWAY_MIN_MS);
    planned.push({ atMs, ...fault, forMs: awayMs } as PlannedFault);
    atMs += awayMs + Math.max(SERVERS_BACK_MIN_MS, awayMs);
  }
  return planned.toSorted((one, other) => one.atMs - other.atMs);
}

export const describeFault = ({ atMs, does, what, forMs }: PlannedFault): string =>
  `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${does} ${what}${forMs === 0 ? '' : ` for ${(forMs / 1_000).toFixed(1)} s`}`;

type ServerFault = { readonly does: Fault['does']; readonly what: ServerName };

/** Each comes once before any comes again. */
const SERVER_FAULTS: readonly ServerFault[] = [
  ...(['redis', 'feedCacheRedis'] as const).flatMap((what) => (['flush', 'stop', 'hang'] as const).map((does) => ({ does, what }))),
  ...(['mongodb', 'event-store'] as const).flatMap((what) => (['kill', 'hang'] as const).map((does) => ({ does, what }))),
  { does: 'restart-with-save-point', what: 'feedCacheRedis' },
];

function processFault(random: Random, processes: readonly string[], awayMaxMs: number): Fault {
  const what = random.pick(processes);
  const does = random.pickWeighted({ kill: 2, hang: 4, stop: 1 });
  return { does, what, forMs: AWAY_MIN_MS + random.below(awayMaxMs - AWAY_MIN_MS) };
}

function shuffled<Value>(random: Random, values: readonly Value[]): readonly Value[] {
  const left = [...values];
  return values.map(() => left.splice(random.below(left.length), 1)[0] as Value);
}
