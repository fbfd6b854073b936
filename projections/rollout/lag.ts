/** How far a projection is behind the log. */
import { epochMs, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, distance } from '../../ports/event-log/position.ts';
import type { RunnerStatus } from '../engine/runner.ts';

export type ProjectionLag = {
  /** How much of the log lies between the projection and the head: events, of any type, where the log counts events; bytes in EventStoreDB. */
  readonly lagEvents: number;
  /**
   * The age of the oldest event in progress; where none is and there is more in the log, the age of the newest event that is done. Where
   * none was ever done, for how long the runner has been trying: the oldest event is at least as old.
   */
  readonly lagSeconds: number;
};

export function lagOf(
  { position, oldestAt, newestAt, runningForMs }: Pick<RunnerStatus, 'position' | 'oldestAt' | 'newestAt' | 'runningForMs'>,
  head: Position | undefined,
  now: Instant,
): ProjectionLag {
  if (head === undefined || covers(position, head)) return { lagEvents: 0, lagSeconds: secondsSince(oldestAt, now) };
  return { lagEvents: distance(position, head), lagSeconds: secondsBehind(oldestAt ?? newestAt, now, runningForMs) };
}

const secondsBehind = (at: Instant | undefined, now: Instant, runningForMs: number): number =>
  at === undefined ? runningForMs / SECOND_MS : secondsSince(at, now);

const secondsSince = (at: Instant | undefined, now: Instant): number => (at === undefined ? 0 : Math.max(0, epochMs(now) - epochMs(at)) / 1_000);
