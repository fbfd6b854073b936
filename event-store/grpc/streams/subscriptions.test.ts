import { END, eventTypeFilter, type Filter, jsonEvent, START, StreamDeletedError, streamNameFilter, type EventStoreDBClient } from '@eventstore/db-client';
import test from 'ava';
import { once } from 'node:events';
import { startTestServer } from '../test-fixture.ts';
import { checkpointsEvery } from './subscriptions.ts';

const happened = (type: string) => jsonEvent({ type, data: {} });
const append = (client: EventStoreDBClient, stream: string, ...types: string[]) => client.appendToStream(stream, types.map(happened));

/** The types of the first events; then unsubscribes. */
async function types(subscription: ReturnType<EventStoreDBClient['subscribeToAll'] | EventStoreDBClient['subscribeToStream']>, count: number) {
  const found: string[] = [];
  for await (const { event } of subscription) {
    found.push(event?.type ?? 'unresolved');
    if (found.length === count) break;
  }
  await subscription.unsubscribe();
  return found;
}

test.serial('a subscription delivers the history, CaughtUp, and live events', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', 'one', 'two');
  const subscription = client.subscribeToStream('a', { fromRevision: START });
  const heard: string[] = [];
  for (const name of ['confirmation', 'caughtUp']) subscription.on(name as 'confirmation', () => heard.push(name));
  subscription.on('data', ({ event }) => heard.push(event!.type));
  await once(subscription, 'caughtUp');
  await append(client, 'b', 'elsewhere');
  const next = once(subscription, 'data');
  await append(client, 'a', 'three');
  await next;
  t.deepEqual(heard, ['confirmation', 'one', 'two', 'caughtUp', 'three']);
  await subscription.unsubscribe();
});

test.serial('a subscription starts after the position it names', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', 'one', 'two', 'three');
  t.deepEqual(await types(client.subscribeToStream('a', { fromRevision: 0n }), 2), ['two', 'three']);
  const positions = [];
  for await (const { event } of client.readAll()) positions.push(event!.position!);
  t.deepEqual(await types(client.subscribeToAll({ fromPosition: positions[0]! }), 2), ['two', 'three']);
  t.deepEqual(await types(client.subscribeToAll({ fromPosition: { commit: 0n, prepare: 0n } }), 3), ['one', 'two', 'three']);
});

test.serial('a subscription from the end delivers only new events, also of a stream that does not exist yet', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', 'old');
  const [all, fresh] = [client.subscribeToAll({ fromPosition: END }), client.subscribeToStream('fresh', { fromRevision: START })];
  await Promise.all([once(all, 'caughtUp'), once(fresh, 'caughtUp')]);
  await append(client, 'fresh', 'new');
  t.deepEqual(await Promise.all([types(all, 1), types(fresh, 1)]), [['new'], ['new']]);
});

test.serial('a filter by stream or type, by prefix or pattern, passes matching events', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'room-1', 'said', 'joined');
  await append(client, 'user-1', 'said', 'named');
  const filtered = (filter: Filter, count: number) => types(client.subscribeToAll({ filter }), count);
  t.deepEqual(await filtered(streamNameFilter({ prefixes: ['user-', 'x'] }), 2), ['said', 'named']);
  t.deepEqual(await filtered(eventTypeFilter({ prefixes: ['said'] }), 2), ['said', 'said']);
  t.deepEqual(await filtered(eventTypeFilter({ regex: '^(joined|named)$' }), 2), ['joined', 'named']);
});

test.serial('a filter whose pattern would backtrack for ever does not block the server', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  for (let n = 0; n < 20; n++) await append(client, 'a'.repeat(1_000) + n, 'happened');
  await append(client, 'aaa', 'last');
  const startedMs = performance.now();
  t.deepEqual(await types(client.subscribeToAll({ filter: streamNameFilter({ regex: '^(a+)+$' }) }), 1), ['last']);
  t.true(performance.now() - startedMs < 2_000);
});

test.serial('a filter with .NET’s anchors matches, and one with lookahead is refused', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'room-1', 'said');
  await append(client, 'room-12', 'joined');
  t.deepEqual(await types(client.subscribeToAll({ filter: streamNameFilter({ regex: '\\A(?i)ROOM-\\d\\d\\Z' }) }), 1), ['joined']);
  const error = await t.throwsAsync(types(client.subscribeToAll({ filter: streamNameFilter({ regex: '^(?!room)' }) }), 1));
  t.regex(error.message, /INVALID_ARGUMENT.*linear time/);
});

test.serial('a filter that is not a regular expression is refused', async (t) => {
  await using fixture = await startTestServer();
  const error = await t.throwsAsync(types(fixture.client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) }), 1));
  t.regex(error.message, /INVALID_ARGUMENT/);
});

test.serial('a filtered subscription gets checkpoints in the history, at its end and live', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', ...Array.from({ length: 10 }, () => 'passed-over'));
  const checkpoints: bigint[] = [];
  const reached = Promise.withResolvers<void>();
  const checkpointReached = (_: unknown, { commit }: { readonly commit: bigint }) => {
    checkpoints.push(commit);
    if (commit === 18n) reached.resolve();
  };
  const filter = eventTypeFilter({ prefixes: ['wanted'], maxSearchWindow: 4, checkpointInterval: 1, checkpointReached });
  const subscription = client.subscribeToAll({ filter });
  subscription.resume();
  await once(subscription, 'caughtUp');
  t.deepEqual(checkpoints, [4n, 8n, 10n]);
  await append(client, 'a', ...Array.from({ length: 6 }, () => 'passed-over'));
  await append(client, 'a', ...Array.from({ length: 4 }, () => 'passed-over'));
  await reached.promise;
  t.deepEqual(checkpoints, [4n, 8n, 10n, 14n, 18n]);
  await subscription.unsubscribe();
});

test('checkpoints come every so many events considered, whatever the batches', (t) => {
  const checkpoints = checkpointsEvery(4, undefined);
  t.deepEqual([...checkpoints.upTo(2), ...checkpoints.upTo(9)], [3, 7]);
  t.is(checkpoints.reached(9), 9);
  t.is(checkpoints.reached(9), undefined);
  t.deepEqual([...checkpoints.upTo(12), ...checkpoints.upTo(13)], [13]);
  t.deepEqual([...checkpointsEvery(4, 'end').upTo(100)], []);
  t.is(checkpointsEvery(4, undefined).reached(-1), undefined);
});

test.serial('a subscription resolves links on request', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', 'one');
  await fixture.store.append('links', [{ id: crypto.randomUUID(), type: '$>', data: Buffer.from('0@a'), metadata: Buffer.alloc(0) }], 'any');
  t.deepEqual(await types(client.subscribeToStream('links', { resolveLinkTos: true }), 1), ['one']);
  t.deepEqual(await types(client.subscribeToStream('links'), 1), ['$>']);
});

test.serial('a tombstone ends subscriptions to its stream', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  await append(client, 'a', 'one');
  const subscription = client.subscribeToStream('a');
  const ended = once(subscription, 'end').catch((error: unknown) => error);
  await once(subscription.resume(), 'caughtUp');
  await client.tombstoneStream('a');
  t.true((await ended) instanceof StreamDeletedError);
});

const crowd = () => Array.from({ length: 100 }, () => jsonEvent({ type: 'happened', data: { text: 'x'.repeat(1_000) } }));

/** Subscribes, appends very many events, and only then reads them, up to the last. */
async function readLate(client: EventStoreDBClient, note: (revision: bigint) => void): Promise<void> {
  const subscription = client.subscribeToAll({ fromPosition: END }, { highWaterMark: 1 });
  await once(subscription, 'caughtUp');
  for (let n = 0; n < 30; n++) await client.appendToStream('a', crowd());
  for await (const { event } of subscription) {
    note(event!.revision);
    if (event!.revision === 2_999n) break;
  }
  await subscription.unsubscribe();
}

test.serial('a slow subscriber gets everything in order', async (t) => {
  await using fixture = await startTestServer({}, { idempotency: 'full' });
  const revisions: bigint[] = [];
  await readLate(fixture.client, (revision) => revisions.push(revision));
  t.deepEqual(
    revisions,
    Array.from({ length: 3_000 }, (_, n) => BigInt(n)),
  );
});

test.serial('with EventStoreDB’s idempotency a slow subscriber is dropped, and continues from where it was', async (t) => {
  await using fixture = await startTestServer();
  const { client } = fixture;
  let last = -1n;
  await t.throwsAsync(
    readLate(client, (revision) => (last = revision)),
    { message: /too slow/ },
  );
  const rest = client.subscribeToStream('a', { fromRevision: last < 0n ? START : last });
  for await (const { event } of rest) {
    if (event!.revision !== last + 1n) t.is(event!.revision, last + 1n);
    last = event!.revision;
    if (last === 2_999n) break;
  }
  await rest.unsubscribe();
  t.is(last, 2_999n);
});
