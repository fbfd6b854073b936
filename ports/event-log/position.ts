/**
 * A position token names a place in each of one or more logs: `0.4711`, or `0.4711_1.88`. A log is named by its number in
 * `EventLog.logs`; within a log a later event has the greater number. Nothing else may take a token apart.
 */
import type { Position } from './port.ts';

const POSITION = /^\d{1,4}\.\d{1,19}(_\d{1,4}\.\d{1,19})*$/;

export const isPosition = (text: string): text is Position => POSITION.test(text);

export const positionAt = (log: number, place: number | bigint): Position => `${log}.${place}` as Position;

/** The place in one log; undefined where the token says nothing of it. */
export const offsetIn = (position: Position, log: number): bigint | undefined => offsetsOf(position).get(log);

/** The number of the log that an event's position is in. */
export const logNumberOf = (position: Position): number => Number(position.slice(0, position.indexOf('.')));

/** The later of both in every log. */
export function merge(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const places = offsetsOf(one);
  for (const [log, place] of offsetsOf(other)) if (place > (places.get(log) ?? -1n)) places.set(log, place);
  return [...places]
    .sort(([a], [b]) => a - b)
    .map(([log, place]) => `${log}.${place}`)
    .join('_') as Position;
}

/** Whether everything up to `wanted` lies at or before `reached`. Logs that `wanted` does not name don't matter. */
export function covers(reached: Position | undefined, wanted: Position): boolean {
  const places = reached === undefined ? new Map<number, bigint>() : offsetsOf(reached);
  return [...offsetsOf(wanted)].every(([log, place]) => (places.get(log) ?? -1n) >= place);
}

/** How far it is from one position to a later one, in what the log's places count; all of it from the start where there is none. */
export function distance(from: Position | undefined, to: Position): number {
  const places = from === undefined ? new Map<number, bigint>() : offsetsOf(from);
  let sum = 0n;
  for (const [log, place] of offsetsOf(to)) sum += place - (places.get(log) ?? -1n);
  return sum > 0n ? Number(sum) : 0;
}

const LOG_DIGITS = 4;
const PLACE_DIGITS = 19;

/** An event's position as a text of fixed length: of the events of one log, the later one sorts after the earlier. */
export function sortable(position: Position): string {
  const point = position.indexOf('.');
  return `${position.slice(0, point).padStart(LOG_DIGITS, '0')}.${position.slice(point + 1).padStart(PLACE_DIGITS, '0')}`;
}

/** The position that was made sortable. */
export function positionOfSortable(text: string): Position {
  const [log = '', place = ''] = text.split('.');
  return positionAt(Number(log), BigInt(place));
}

function offsetsOf(position: Position): Map<number, bigint> {
  return new Map(
    position.split('_').map((part) => {
      const [log = '', place = ''] = part.split('.');
      return [Number(log), BigInt(place)];
    }),
  );
}
