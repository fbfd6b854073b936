import {
  BACKWARDS,
  binaryEvent,
  END,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  MaxAppendSizeExceededError,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type ReadStreamOptions,
} from '@eventstore/db-client';
import test, { type ExecutionContext } from 'ava';
import { ADMIN, startTestServer, overTls } from '../test-fixture.ts';

const happened = (n: number) => jsonEvent({ type: 'happened', data: { n }, metadata: { by: 'ann' } });
const numbered = (count: number) => Array.from({ length: count }, (_, n) => happened(n));

async function read(client: EventStoreDBClient, stream: string, options: ReadStreamOptions = {}): Promise<unknown[]> {
  const data: unknown[] = [];
  for await (const { event } of client.readStream(stream, options)) data.push((event?.data as { n: number } | undefined)?.n);
  return data;
}

for (const [mode, config] of Object.entries({ insecure: () => ({}), 'over TLS': overTls })) {
  test.serial(`${mode}: appended events are read back, in either direction and from any revision`, async (t) => {
    await using fixture = await startTestServer(config());
    const { client } = fixture;
    const result = await client.appendToStream('room-1', numbered(5), { expectedRevision: NO_STREAM });
    t.true(result.success);
    t.is(result.nextExpectedRevision, 4n);
    t.deepEqual(await read(client, 'room-1'), [0, 1, 2, 3, 4]);
    t.deepEqual(await read(client, 'room-1', { direction: FORWARDS, fromRevision: 3n }), [3, 4]);
    t.deepEqual(await read(client, 'room-1', { direction: BACKWARDS, fromRevision: END, maxCount: 2 }), [4, 3]);
    t.deepEqual(await read(client, 'room-1', { direction: BACKWARDS, fromRevision: 1n }), [1, 0]);
    t.deepEqual(await read(client, 'room-1', { fromRevision: 9n }), []);
  });

  test.serial(`${mode}: an append without BatchAppend has the same answers`, async (t) => {
    await using fixture = await startTestServer(config());
    const options = { expectedRevision: NO_STREAM, credentials: ADMIN } as const; // with credentials per call the client does not batch
    const result = await fixture.client.appendToStream('room-1', numbered(2), options);
    t.is(result.nextExpectedRevision, 1n);
    const error = await t.throwsAsync(fixture.client.appendToStream('room-1', numbered(1), options), { instanceOf: WrongExpectedVersionError });
    t.deepEqual([error.actualVersion, error.expectedVersion, error.streamName], [1n, 'no_stream', 'room-1']);
    await t.throwsAsync(fixture.client.appendToStream('room-1', [tooLarge()], { credentials: ADMIN }), { instanceOf: MaxAppendSizeExceededError });
  });
}

test.serial('an event keeps its id, type, content, metadata, time and positions', async (t) => {
  await using fixture = await startTestServer();
  const id = 'b2ab2b8e-90ba-4cb8-ad1b-1a6c3c7d6a30';
  const before = Date.now();
  await fixture.client.appendToStream('room-é', [jsonEvent({ id, type: 'gesagt.ü', data: { text: '☃' }, metadata: { $correlationId: 'c' } })]);
  await fixture.client.appendToStream('room-é', [binaryEvent({ type: 'bytes', data: Uint8Array.of(0, 255, 7) })]);
  const events = [];
  for await (const { event } of fixture.client.readStream('room-é')) events.push(event!);
  const [json, binary] = events;
  t.like(json, { id, type: 'gesagt.ü', streamId: 'room-é', revision: 0n, isJson: true, data: { text: '☃' }, metadata: { $correlationId: 'c' } });
  t.true(json!.created.getTime() >= before && json!.created.getTime() <= Date.now());
  t.false(binary!.isJson);
  t.deepEqual(Buffer.from(binary!.data as unknown as Uint8Array), Buffer.of(0, 255, 7));
  t.true(binary!.position!.commit > json!.position!.commit);
});

test.serial('$all is read forwards from a position and backwards before it', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('a', numbered(2));
  await client.appendToStream('b', numbered(2));
  const all: AllStreamResolvedEvent[] = [];
  for await (const resolved of client.readAll()) all.push(resolved);
  t.deepEqual(
    all.map(({ event }) => event?.streamId),
    ['a', 'a', 'b', 'b'],
  );
  const names = async (options: Parameters<EventStoreDBClient['readAll']>[0]) => {
    const found: string[] = [];
    for await (const { event } of client.readAll(options)) found.push(`${event?.streamId}${event?.revision}`);
    return found;
  };
  const third = all[2]!.event!.position!;
  t.deepEqual(await names({ fromPosition: third }), ['b0', 'b1']);
  t.deepEqual(await names({ fromPosition: third, direction: BACKWARDS }), ['a1', 'a0']);
  t.deepEqual(await names({ fromPosition: END, direction: BACKWARDS, maxCount: 1 }), ['b1']);
  t.deepEqual(await names({ fromPosition: START, direction: BACKWARDS }), []);
  t.deepEqual(await names({ fromPosition: END }), []);
});

test.serial('reading $all as a stream is refused', async (t) => {
  await using fixture = await startTestServer();
  await fixture.client.appendToStream('a', numbered(2));
  await t.throwsAsync(read(fixture.client, '$all'), { message: /\$all is not a stream/ });
});

test.serial('a read of more events than one turn returns them in order', async (t) => {
  await using fixture = await startTestServer();
  for (let n = 0; n < 3; n++) await fixture.client.appendToStream('long', numbered(500));
  let next = 0n;
  for await (const { event } of fixture.client.readStream('long')) t.is(event?.revision, next++);
  t.is(next, 1500n);
});

test.serial('a missing stream is not found, nor is a deleted one until it is written again', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await t.throwsAsync(read(client, 'nowhere'), { instanceOf: StreamNotFoundError });
  await client.appendToStream('room-1', numbered(3));
  await client.deleteStream('room-1', { expectedRevision: 2n });
  await t.throwsAsync(read(client, 'room-1'), { instanceOf: StreamNotFoundError });
  const again = await client.appendToStream('room-1', [happened(9)], { expectedRevision: NO_STREAM });
  t.is(again.nextExpectedRevision, 3n);
  t.deepEqual(await read(client, 'room-1'), [9]);
});

test.serial('a tombstoned stream stays deleted', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('room-1', numbered(1));
  await client.tombstoneStream('room-1');
  const reading = await t.throwsAsync(read(client, 'room-1'), { instanceOf: StreamDeletedError });
  t.is(reading.streamName, 'room-1');
  const batched = await t.throwsAsync(client.appendToStream('room-1', numbered(1)), { instanceOf: StreamDeletedError });
  t.is(batched.streamName, 'room-1');
  await t.throwsAsync(client.appendToStream('room-1', numbered(1), { credentials: ADMIN }), { instanceOf: StreamDeletedError });
  await t.throwsAsync(client.deleteStream('room-1'), { instanceOf: StreamDeletedError });
});

test.serial('deleting a stream that never existed is refused with the actual version −1', async (t) => {
  await using fixture = await startTestServer();
  const error = await t.throwsAsync(fixture.client.deleteStream('nowhere'), { instanceOf: WrongExpectedVersionError });
  t.is(error.actualVersion as unknown, -1n);
});

test.serial('a wrong expected revision is answered with the current one', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('room-1', numbered(2));
  const wrong = (promise: Promise<unknown>) => t.throwsAsync(promise, { instanceOf: WrongExpectedVersionError });
  const above = await wrong(client.appendToStream('room-1', numbered(1), { expectedRevision: 7n }));
  t.deepEqual([above.expectedVersion, above.actualVersion], [7n, 1n]);
  const missing = await wrong(client.appendToStream('nowhere', numbered(1), { expectedRevision: STREAM_EXISTS }));
  t.deepEqual([missing.expectedVersion, missing.actualVersion], ['stream_exists' as never, 'no_stream']);
  const deleting = await wrong(client.deleteStream('room-1', { expectedRevision: 0n }));
  t.deepEqual([deleting.streamName, deleting.expectedVersion, deleting.actualVersion], ['room-1', 0n, 1n]);
});

test.serial('the same events at the same revision are appended once', async (t) => {
  await using fixture = await startTestServer();
  const events = numbered(2);
  const first = await fixture.client.appendToStream('room-1', events, { expectedRevision: NO_STREAM });
  const second = await fixture.client.appendToStream('room-1', events, { expectedRevision: NO_STREAM });
  t.deepEqual(second, first);
  t.deepEqual(await read(fixture.client, 'room-1'), [0, 1]);
});

test.serial('an append may have at most 1 MiB', async (t) => {
  await using fixture = await startTestServer();
  const error = await t.throwsAsync(fixture.client.appendToStream('big', [tooLarge()]), { instanceOf: MaxAppendSizeExceededError });
  t.is(error.maxAppendSize, 1024 * 1024);
  const third = () => jsonEvent({ type: 'happened', data: { text: 'x'.repeat(400_000) } });
  for (const options of [{}, { credentials: ADMIN }]) {
    await t.throwsAsync(fixture.client.appendToStream('big', Array.from({ length: 20 }, third), options), { instanceOf: MaxAppendSizeExceededError });
  }
  t.is((await fixture.client.appendToStream('big', [third(), third()])).nextExpectedRevision, 1n);
});

test.serial('metadata bounds the readable events, and is read back with custom keys', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('room-1', numbered(4));
  await client.setStreamMetadata('room-1', { maxCount: 2, colour: 'red' });
  t.deepEqual(await read(client, 'room-1'), [2, 3]);
  t.deepEqual((await client.getStreamMetadata('room-1')).metadata, { maxCount: 2, colour: 'red' });
  await client.setStreamMetadata('room-1', { truncateBefore: 3 });
  t.deepEqual(await read(client, 'room-1'), [3]);
  await t.throwsAsync(client.setStreamMetadata('room-1', {}, { expectedRevision: NO_STREAM }), { instanceOf: WrongExpectedVersionError });
});

test.serial('links are resolved on request, and come without an event when it is gone', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('room-1', numbered(1));
  await client.appendToStream('links', [link('0@room-1'), link('5@room-1'), link('nonsense')]);
  const resolved = await readLinks(client, true);
  t.deepEqual(
    resolved.map(({ event, link: from }) => [event?.streamId, from?.streamId, from?.revision]),
    [
      ['room-1', 'links', 0n],
      [undefined, 'links', 1n],
      [undefined, 'links', 2n],
    ],
  );
  const bare = await readLinks(client, false);
  t.deepEqual(
    bare.map(({ event, link: from }) => [event?.streamId, from]),
    [
      ['links', undefined],
      ['links', undefined],
      ['links', undefined],
    ],
  );
});

test.serial('a resolved event has its own position, and its link the position to resume from', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await client.appendToStream('room-1', numbered(1));
  await client.appendToStream('links', [link('0@room-1')]);
  const [resolved] = await readLinks(client, true);
  t.deepEqual([resolved?.event?.position?.commit, resolved?.link?.position?.commit, resolved?.commitPosition], [1n, 2n, 2n]);
  const subscription = client.subscribeToStream('links', { resolveLinkTos: true });
  for await (const { event, link: from, commitPosition } of subscription) {
    t.deepEqual([event?.position?.commit, from?.position?.commit, commitPosition], [1n, 2n, 2n]);
    break;
  }
  await subscription.unsubscribe();
});

test.serial('1,000 concurrent appends over one call are each answered', async (t) => {
  await using fixture = await startTestServer();
  const results = await Promise.all(Array.from({ length: 1_000 }, (_, n) => fixture.client.appendToStream(`room-${n}`, [happened(n)])));
  t.true(results.every(({ nextExpectedRevision }) => nextExpectedRevision === 0n));
  await everyStreamHolds(t, fixture.client, 1_000);
});

async function everyStreamHolds(t: ExecutionContext, client: EventStoreDBClient, count: number): Promise<void> {
  const streams = new Set<string>();
  for await (const { event } of client.readAll()) if (event) streams.add(event.streamId);
  t.is(streams.size, count);
}

async function readLinks(client: EventStoreDBClient, resolveLinkTos: boolean) {
  const found = [];
  for await (const resolved of client.readStream('links', { resolveLinkTos })) found.push(resolved);
  return found;
}

const link = (target: string) => binaryEvent({ type: '$>', data: Buffer.from(target) });

function tooLarge() {
  return jsonEvent({ type: 'happened', data: { text: 'x'.repeat(1024 * 1024) } });
}
