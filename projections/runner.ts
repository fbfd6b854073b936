/**
 * Keeps one unit at work for as long as it lives: from its checkpoint, through outages, and beside a runner of another process.
 * Whoever moves the checkpoint is the one at work; who finds it moved by another stands by and takes over when it stalls.
 */
import type { Instant } from '../domain/shared/instant.ts';
import type { Position } from '../ports/event-log/port.ts';
import { Fenced, openCheckpoint, type Checkpoint } from './checkpoint.ts';
import { RESOLVED } from './dead-letters.ts';
import type { Dependencies } from './dependencies.ts';
import type { Progress } from './progress.ts';
import { pause, retryDelayMs } from './retrying.ts';
import { standBy, type StandbyConfig } from './stand-by.ts';
import { takeTurn, type TurnContext } from './take-turn.ts';
import { turns, type Item } from './turns.ts';
import type { Unit, Work } from './unit.ts';

export type RunnerConfig = StandbyConfig & {
  readonly batchEventsMax: number;
  readonly batchWaitMs: number;
  /** Where only other events come by, the checkpoint is written this often. */
  readonly passOverMs: number;
  /** With so many streams set aside it is the projection that is ill and not the events: it stops and says so. */
  readonly deadLetterStreamsMax: number;
};

export type RunnerState = 'starting' | 'catching-up' | 'live' | 'standby' | 'retrying' | 'stopped';

export type RunnerStatus = {
  readonly state: RunnerState;
  readonly position: Position | undefined;
  /** The oldest event it has in hand and not done; undefined where it has none. */
  readonly oldestAt: Instant | undefined;
  /** The newest event that it has done. */
  readonly newestAt: Instant | undefined;
  readonly deadLetters: number;
  readonly error: string | undefined;
};

export type Runner = AsyncDisposable & {
  readonly unit: Unit;
  status(): RunnerStatus;
  /** Resolves when it has nothing left to do, or has ended. */
  caughtUp(): Promise<void>;
};

/** After so many failures at one place it looks whether an event is to blame. */
const SUSPICIOUS_FAILURES = 3;

export function startRunner(dependencies: Dependencies, progress: Progress, unit: Unit, workOf: (signal: AbortSignal) => Work, config: RunnerConfig): Runner {
  const stop = new AbortController();
  const running = new Running(dependencies, progress, unit, workOf(stop.signal), config, stop.signal);
  const ended = running.run();
  return {
    unit,
    status: () => running.status(),
    caughtUp: () => running.caughtUp(),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}
