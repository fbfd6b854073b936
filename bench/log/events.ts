/** The events that the store and raw LMDB are given, and filling a store with them. */
import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '../../event-store/store.ts';

const TYPE = 'chat.message-posted.v1';
export const DATA = Buffer.alloc(300, 'x');
export const METADATA = Buffer.alloc(97, 'y');
/** Of one event in the store's file: header, stream, type, data and metadata. */
export const RECORD_BYTES = 60 + 'channel-100'.length + TYPE.length + DATA.length + METADATA.length;
/** How many streams a store is filled with. */
export const FILLED_STREAMS = 100;
const FILL_BATCH_EVENTS = 1_000;

export const newEvent = (): NewEvent => ({ id: randomUUID(), type: TYPE, data: DATA, metadata: METADATA });

export async function fillStore(store: EventStore, events: number): Promise<void> {
  let stream = 0;
  for (let appended = 0; appended < events; appended += FILL_BATCH_EVENTS) {
    await store.append(`channel-${stream++ % FILLED_STREAMS}`, Array.from({ length: FILL_BATCH_EVENTS }, newEvent), 'any');
  }
}
