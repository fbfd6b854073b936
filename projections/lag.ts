/** How far a projection is behind. */
import type { Instant } from '../domain/shared/instant.ts';
import type { Position } from '../ports/event-log/port.ts';
import { covers, distance } from '../ports/event-log/position.ts';
import { ageMs, type RunnerStatus } from './runner.ts';

export type Lag = {
  /** How much of the log lies between it and the head: events, of any type, where the log counts events; bytes in EventStoreDB. */
  readonly lagEvents: number;
  /** How old the oldest event is that it knows of and has not done, or, while there is more than it knows of, the newest that it has done. */
  readonly lagSeconds: number;
};

export function lagOf(
  { position, oldestAt, newestAt }: Pick<RunnerStatus, 'position' | 'oldestAt' | 'newestAt'>,
  head: Position | undefined,
  now: Instant,
): Lag {
  if (head === undefined || covers(position, head)) return { lagEvents: 0, lagSeconds: ageMs(oldestAt, now) / 1_000 };
  return { lagEvents: distance(position, head), lagSeconds: ageMs(oldestAt ?? newestAt, now) / 1_000 };
}
