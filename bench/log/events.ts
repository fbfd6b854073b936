/** The events that the store and raw LMDB are given, and filling a store with them: messages as Tidings writes them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { encodeEvent } from '../../event-store/storage/record.ts';
import { wordsOf } from '../../event-store/storage/packing/words.ts';
import { parseUuid } from '../../event-store/storage/uuid.ts';
import type { EventStore, NewEvent } from '../../event-store/store.ts';
import { EVENT_WORDS } from '../../ports/event-log/words.ts';

const TYPE = 'chat.message-posted.v1';
const SEALED_TEXT_BYTES = 160;
const BODIES = 1_024; // made before anything is measured
/** How many streams a store is filled with. */
export const FILLED_STREAMS = 100;
const FILL_BATCH_EVENTS = 1_000;

export const STREAMS = Array.from({ length: 1_024 }, () => `messages-${randomUUID()}`);
export const newStream = (): string => `messages-${randomUUID()}`;
export const STORE_OPTIONS = { words: EVENT_WORDS };

const bodies = Array.from({ length: BODIES }, () => {
  const [person, command, at] = [randomUUID(), randomUUID(), new Date().toISOString()];
  const text = { $sealed: randomBytes(SEALED_TEXT_BYTES).toString('base64'), $by: person };
  return {
    data: Buffer.from(JSON.stringify({ channel: randomUUID(), sender: person, text, clientId: randomUUID(), at, messageCount: 1 })),
    metadata: Buffer.from(JSON.stringify({ $correlationId: command, actor: person, at, command, request: randomBytes(17).toString('base64url').slice(0, 22) })),
  };
});
let next = 0;

export const newEvent = (): NewEvent => ({ id: randomUUID(), type: TYPE, ...bodies[next++ % BODIES]! });

const sample = newEvent();
export const EVENT_BYTES = sample.data.length + sample.metadata.length;
/** Of one event in the store's file. */
export const RECORD_BYTES = encodeEvent(
  sample,
  parseUuid(sample.id)!,
  { stream: newStream(), revision: 1_000, position: 100_000, created: Date.now() },
  wordsOf(EVENT_WORDS),
).length;

export async function fillStore(store: EventStore, events: number): Promise<void> {
  let stream = 0;
  for (let appended = 0; appended < events; appended += FILL_BATCH_EVENTS) {
    await store.append(STREAMS[stream++ % FILLED_STREAMS]!, Array.from({ length: FILL_BATCH_EVENTS }, newEvent), 'any');
  }
}
