/**
 * Between the numbers of the store and those of the wire.
 *
 * A position on the wire is one more than the store's. Clients take position 0 for "the start", where the real log holds nothing of theirs;
 * the store's first event is at 0, and someone resuming after it would otherwise be given it again.
 */
const BEYOND_ANY = Number.MAX_SAFE_INTEGER;

export const toWirePosition = (position: number) => position + 1;

/** What was asked for in the log: an edge, or a position of the store; -1 is the place before its first event. */
export type StartPoint = 'start' | 'end' | number;

/** Takes the decimal text of a uint64. Above every safe number lies the wire's `end`. */
export function fromWirePosition(commit: string): number | 'end' {
  const position = Number(commit);
  return position >= BEYOND_ANY ? 'end' : position - 1;
}

/** A revision, or a number of events: what is too large for a safe number is as good as the largest one. */
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
