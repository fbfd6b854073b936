/** The newest events of the log in memory, bounded: where there are too many, the oldest are dropped. */
import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { isSystemEvent } from './catch-up.ts';

const WINDOW_EVENTS_MAX = 20_000;
const WINDOW_BYTES_MAX = 64 * 1024 * 1024;
/** What an event takes beside its data: names, ids, the object itself. */
const EVENT_OVERHEAD_BYTES = 500;

export type WindowEvent = { readonly offset: bigint; readonly event: AllStreamRecordedEvent; readonly bytes: number };

/** Events have numbers from 0, counted since the window was created; a dropped event keeps its number. */
export type EventWindow = {
  /** The window is empty, and the next event is the first after this offset. */
  startAfter(offset: bigint | undefined): void;
  add(event: AllStreamRecordedEvent): void;
  /** The offset of the newest event; undefined where the log is empty. */
  head(): bigint | undefined;
  /** Whether every event after this offset is still here. */
  covers(after: bigint | undefined): boolean;
  /** The number of the first event after this offset. */
  numberAfter(offset: bigint | undefined): number;
  /** The number that the next event will get. */
  nextNumber(): number;
  /** Events from this number on; undefined where the first of them was dropped. */
  from(number: number, eventsMax: number): readonly WindowEvent[] | undefined;
};

export function createEventWindow(): EventWindow {
  let events: WindowEvent[] = [];
  let dropped = 0;
  let bytes = 0;
  /** Every event after this offset is here. */
  let startOffset: bigint | undefined;
  let head: bigint | undefined;

  /** A quarter at a time, so that not every new event moves the others. */
  const dropOldest = () => {
    const oldest = events.slice(0, Math.ceil(events.length / 4));
    startOffset = oldest.at(-1)?.offset;
    dropped += oldest.length;
    bytes -= oldest.reduce((sum, one) => sum + one.bytes, 0);
    events = events.slice(oldest.length);
  };

  return {
    startAfter: (offset) => {
      startOffset = head = offset;
    },
    add: (event) => {
      head = event.position.commit;
      const size = EVENT_OVERHEAD_BYTES + (isSystemEvent(event) ? 0 : JSON.stringify(event.data).length);
      events.push({ offset: head, event, bytes: size });
      bytes += size;
      if (events.length > WINDOW_EVENTS_MAX || bytes > WINDOW_BYTES_MAX) dropOldest();
    },
    head: () => head,
    covers: (after) => startOffset === undefined || (after !== undefined && after >= startOffset),
    numberAfter: (offset) => dropped + indexAfter(events, offset),
    nextNumber: () => dropped + events.length,
    from: (number, eventsMax) => (number < dropped ? undefined : events.slice(number - dropped, number - dropped + eventsMax)),
  };
}

function indexAfter(events: readonly WindowEvent[], offset: bigint | undefined): number {
  if (offset === undefined) return 0;
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.offset ?? 0n) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
