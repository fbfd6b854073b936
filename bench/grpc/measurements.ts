/** What is measured of a front through the official client. */
import { jsonEvent, NO_STREAM, type AppendExpectedRevision, type EventStoreDBClient, type JSONEventType } from '@eventstore/db-client';
import { secondsSince } from '../shared/statistics.ts';

export type Client = EventStoreDBClient;

/** About 400 bytes an event, as in the measurements of other stores. */
const EVENT_TEXT_CHARACTERS = 280;
const READ_EVENTS = 20_000;
const FILL_BATCH_EVENTS = 500;
const LATENCY_SAMPLES = 500;
const SHORT_STREAM_EVENTS = 100;
const SHORT_READS = 200;

function newEvent() {
  return jsonEvent<JSONEventType<'bench.measured.v1', { text: string }>>({
    type: 'bench.measured.v1',
    data: { text: 'x'.repeat(EVENT_TEXT_CHARACTERS) },
    metadata: { $correlationId: crypto.randomUUID() },
  });
}

const newEvents = (count: number) => Array.from({ length: count }, newEvent);
const newStream = () => `bench-${crypto.randomUUID()}`;

type AppendOptions = { readonly callers: number; readonly eventsInCall: number; readonly durationMs: number };

/** Events a second; each caller appends to its own stream at the exact revision and waits for the answer. */
export async function measureAppends(client: Client, { callers, eventsInCall, durationMs }: AppendOptions): Promise<number> {
  const startedAt = performance.now();
  const counts = await Promise.all(
    Array.from({ length: callers }, async () => {
      const stream = newStream();
      let appended = 0;
      let expectedRevision: AppendExpectedRevision = NO_STREAM;
      while (performance.now() - startedAt < durationMs) {
        ({ nextExpectedRevision: expectedRevision } = await client.appendToStream(stream, newEvents(eventsInCall), { expectedRevision }));
        appended += eventsInCall;
      }
      return appended;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / secondsSince(startedAt);
}

/** Events a second. */
export async function measureReads(client: Client): Promise<number> {
  const stream = newStream();
  for (let appended = 0; appended < READ_EVENTS; appended += FILL_BATCH_EVENTS) await client.appendToStream(stream, newEvents(FILL_BATCH_EVENTS));
  const startedAt = performance.now();
  let read = 0;
  for await (const _ of client.readStream(stream)) read++;
  return read / secondsSince(startedAt);
}

/** Whole streams of 100 events a second, one after the other, as the states of aggregates are loaded. */
export async function measureShortReads(client: Client): Promise<number> {
  const stream = newStream();
  await client.appendToStream(stream, newEvents(SHORT_STREAM_EVENTS));
  const startedAt = performance.now();
  for (let reads = 0; reads < SHORT_READS; reads++) {
    let events = 0;
    for await (const _ of client.readStream(stream)) events++;
    if (events !== SHORT_STREAM_EVENTS) throw new Error(`${events} events were read.`);
  }
  return SHORT_READS / secondsSince(startedAt);
}

/** Milliseconds from just before an append to its arrival at a subscriber that is otherwise idle. */
export async function measureLatencies(client: Client): Promise<readonly number[]> {
  const stream = newStream();
  const subscription = client.subscribeToAll({ fromPosition: 'end' });
  await new Promise((resolve) => subscription.once('caughtUp', resolve));
  subscription.resume();
  const latencies: number[] = [];
  for (let sample = 0; sample < LATENCY_SAMPLES; sample++) {
    const arrived = new Promise((resolve) => subscription.once('data', resolve));
    const startedAt = performance.now();
    await Promise.all([client.appendToStream(stream, newEvent()), arrived]);
    latencies.push(performance.now() - startedAt);
  }
  await subscription.unsubscribe();
  return latencies;
}
