/**
 * Lets work begin by turns of its callers: one that asks for a lot at once waits behind itself, and the others hardly notice. Work counts
 * as running until the event loop's turn in which it ends is over: most of it takes no longer than that, and a caller that sends many
 * requests at once would keep the loop from everybody else. What had to wait begins in a later turn.
 */

/** Work of one caller under way, and begun in one turn of the event loop. */
export const CALLER_RUNNING_MAX = 4;
/** Work of one caller that waits. */
export const CALLER_WAITING_MAX = 64;
/** Work of all callers under way, and waiting. */
export const RUNNING_MAX = 64;
export const WAITING_MAX = 2_000;

export type FairQueueConfig = {
  readonly callerRunningMax?: number;
  readonly callerWaitingMax?: number;
  readonly runningMax?: number;
  readonly waitingMax?: number;
};

/** `caller-full`: this caller has too much waiting. `full`: all callers together. `aborted`: the signal aborted before the work began. */
export type Queued<Result> = { readonly outcome: 'done'; readonly result: Result } | { readonly outcome: 'caller-full' | 'full' | 'aborted' };

export type FairQueue = <Result>(caller: string, signal: AbortSignal, work: () => Promise<Result>) => Promise<Queued<Result>>;

type Start = () => void;
type Line = { readonly caller: string; running: number; readonly waiting: Set<Start> };

export function createFairQueue({
  callerRunningMax = CALLER_RUNNING_MAX,
  callerWaitingMax = CALLER_WAITING_MAX,
  runningMax = RUNNING_MAX,
  waitingMax = WAITING_MAX,
}: FairQueueConfig = {}): FairQueue {
  /** Of callers with work. The one whose turn was longest ago comes first. */
  const lines = new Map<string, Line>();
  let running = 0;
  let waiting = 0;
  /** Of work that has ended in this turn of the event loop. */
  const ended: Line[] = [];
  let isScheduled = false;
  /** Somebody waits who has nothing under way: new work must not overtake. */
  let isCongested = false;

  const begin = (line: Line) => {
    running++;
    line.running++;
  };
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  };
  const nextTurn = () => {
    isScheduled = false;
    for (const line of ended.splice(0)) {
      running--;
      line.running--;
      dropIfIdle(lines, line);
    }
    startWaiting();
  };
  /** Starts one piece of work of each caller, as far as there is room. */
  const startWaiting = () => {
    isCongested = false;
    const inOrder = [...lines.values()]; // the order changes meanwhile
    for (const line of inOrder) {
      const [next] = line.waiting;
      if (next === undefined || line.running >= callerRunningMax) continue;
      if (running >= runningMax) {
        isCongested = true;
        return;
      }
      line.waiting.delete(next);
      waiting--;
      begin(line);
      lines.delete(line.caller);
      lines.set(line.caller, line);
      next();
    }
  };

  /** `begun`: the work is counted as running. */
  const awaitTurn = (line: Line, signal: AbortSignal): Promise<'begun' | 'aborted'> =>
    new Promise((resolve) => {
      const leave = () => {
        line.waiting.delete(start);
        waiting--;
        dropIfIdle(lines, line);
        resolve('aborted');
      };
      const start = () => {
        signal.removeEventListener('abort', leave);
        resolve('begun');
      };
      signal.addEventListener('abort', leave, { once: true });
      line.waiting.add(start);
      waiting++;
      schedule(); // there may be room already, where others wait as well
    });

  return async (caller, signal, work) => {
    if (signal.aborted) return { outcome: 'aborted' };
    const line = lines.get(caller) ?? { caller, running: 0, waiting: new Set<Start>() };
    const mustWait = isCongested || running >= runningMax || line.running >= callerRunningMax || line.waiting.size > 0;
    if (mustWait && line.waiting.size >= callerWaitingMax) return { outcome: 'caller-full' };
    if (mustWait && waiting >= waitingMax) return { outcome: 'full' };
    lines.set(caller, line);
    if (!mustWait) begin(line);
    else if ((await awaitTurn(line, signal)) === 'aborted') return { outcome: 'aborted' };
    try {
      return { outcome: 'done', result: await work() };
    } finally {
      ended.push(line);
      schedule();
    }
  };
}

function dropIfIdle(lines: Map<string, Line>, line: Line): void {
  if (line.running === 0 && line.waiting.size === 0) lines.delete(line.caller);
}
