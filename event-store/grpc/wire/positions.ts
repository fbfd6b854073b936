/**
 * Converts between the numbers of the store and those of the wire.
 *
 * A position on the wire is one more than the store's. Clients treat position 0 as the start, where EventStoreDB has no client's event;
 * the store's first event is at 0, and a client that resumes after it would otherwise receive it again.
 */
const BEYOND_ANY = Number.MAX_SAFE_INTEGER;

export const toWirePosition = (position: number) => position + 1;

/** Where a read starts: at an end of the log, or at a position or revision; -1 is before the first. */
export type StartPoint = 'start' | 'end' | number;

/** Converts the decimal text of a uint64. The wire's `end` lies above every safe integer. */
export function fromWirePosition(commit: string): number | 'end' {
  const position = Number(commit);
  return position >= BEYOND_ANY ? 'end' : position - 1;
}

/** A revision or a number of events; values beyond the largest safe integer are clamped to it. */
export function fromWireNumber(text: string): number {
  return Math.min(Number(text), BEYOND_ANY);
}

const INT64_MAX = '9223372036854775807';

export function toWireNumber(revision: number): string {
  return revision >= BEYOND_ANY ? INT64_MAX : String(revision);
}

const TICKS_IN_MS = 10_000;

/** .NET ticks of 100 ns since the Unix epoch. */
export function toTicks(createdMs: number): string {
  return String(createdMs * TICKS_IN_MS);
}
