/**
 * A position token names an offset in each of one or more logs: `0.4711`, or `0.4711_1.88`. A log is named by its number in
 * `EventLog.logs`; within a log a later event has the greater offset. No other module may take a token apart.
 */
import type { Position } from './port.ts';

const POSITION = /^\d{1,4}\.\d{1,19}(_\d{1,4}\.\d{1,19})*$/;

export const isPosition = (text: string): text is Position => POSITION.test(text);

export const positionAt = (log: number, offset: number | bigint): Position => `${log}.${offset}` as Position;

/** The offset in one log; undefined where the token names none. */
export const offsetIn = (position: Position, log: number): bigint | undefined => offsetsOf(position).get(log);

/** The numbers of the logs that a token names. */
export const logsIn = (position: Position): readonly number[] => [...offsetsOf(position).keys()];

/** The number of the log that an event's position is in. */
export const logNumberOf = (position: Position): number => Number(position.slice(0, position.indexOf('.')));

/** The later of both in every log. */
export function merge(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const offsets = offsetsOf(one);
  for (const [log, offset] of offsetsOf(other)) if (offset > (offsets.get(log) ?? -1n)) offsets.set(log, offset);
  return tokenOf([...offsets]);
}

/** The earlier of both in every log that both name; undefined where they have none in common. */
export function meet(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return undefined;
  const offsets = offsetsOf(other);
  const common = [...offsetsOf(one)].flatMap(([log, offset]) => {
    const its = offsets.get(log);
    return its === undefined ? [] : [[log, its < offset ? its : offset] as const];
  });
  return common.length === 0 ? undefined : tokenOf(common);
}

/** Whether `reached` is at or past `wanted` in every log that `wanted` names. */
export function covers(reached: Position | undefined, wanted: Position): boolean {
  if (reached !== undefined && !reached.includes('_') && !wanted.includes('_')) return coversInOneLog(reached, wanted);
  const offsets = reached === undefined ? new Map<number, bigint>() : offsetsOf(reached);
  return [...offsetsOf(wanted)].every(([log, offset]) => (offsets.get(log) ?? -1n) >= offset);
}

/** The same for tokens of one log each, which is asked for each page that is read. */
function coversInOneLog(reached: Position, wanted: Position): boolean {
  const [at, until] = [reached.indexOf('.'), wanted.indexOf('.')];
  return Number(reached.slice(0, at)) === Number(wanted.slice(0, until)) && BigInt(reached.slice(at + 1)) >= BigInt(wanted.slice(until + 1));
}

/** How far one position is from a later one, in the unit of the log's offsets; from the start where `from` is undefined. */
export function distance(from: Position | undefined, to: Position): number {
  const offsets = from === undefined ? new Map<number, bigint>() : offsetsOf(from);
  let sum = 0n;
  for (const [log, offset] of offsetsOf(to)) sum += offset - (offsets.get(log) ?? -1n);
  return sum > 0n ? Number(sum) : 0;
}

const LOG_DIGITS = 4;
const OFFSET_DIGITS = 19;

/** An event's position as text of fixed length: of two events of one log, the later one sorts after the earlier. */
export function sortable(position: Position): string {
  const point = position.indexOf('.');
  return `${position.slice(0, point).padStart(LOG_DIGITS, '0')}.${position.slice(point + 1).padStart(OFFSET_DIGITS, '0')}`;
}

/** The inverse of `sortable`. */
export function positionOfSortable(text: string): Position {
  const [log = '', offset = ''] = text.split('.');
  return positionAt(Number(log), BigInt(offset));
}

/** The latest of the events at these positions, which are `sortable`, in each log; undefined of none. */
export function latestOfSortable(texts: Iterable<string>): Position | undefined {
  const latest = new Map<string, string>();
  for (const text of texts) {
    const log = text.slice(0, LOG_DIGITS);
    if (text > (latest.get(log) ?? '')) latest.set(log, text);
  }
  return latest
    .values()
    .map(positionOfSortable)
    .reduce(merge, undefined as Position | undefined);
}

const tokenOf = (offsets: readonly (readonly [log: number, offset: bigint])[]): Position =>
  offsets
    .toSorted(([a], [b]) => a - b)
    .map(([log, offset]) => `${log}.${offset}`)
    .join('_') as Position;

function offsetsOf(position: Position): Map<number, bigint> {
  return new Map(
    position.split('_').map((part) => {
      const [log = '', offset = ''] = part.split('.');
      return [Number(log), BigInt(offset)];
    }),
  );
}
