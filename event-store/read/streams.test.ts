import test from 'ava';
import { collect, event, events, openTestStore, revisions, temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { TOMBSTONE_REVISION, TRUNCATED_ENTIRELY, type StoredEvent } from '../store.ts';

const places = (all: readonly StoredEvent[]) => all.map(({ position }) => position);

test('a stream is read in both directions, from any revision, up to a limit', async (t) => {
  const store = await openTestStore(t);
  t.is(revisions(store, 'a'), 'not-found');
  await store.append('a', events(6), 'any');
  t.deepEqual(revisions(store, 'a'), [0, 1, 2, 3, 4, 5]);
  t.deepEqual(revisions(store, 'a', { from: 4 }), [4, 5]);
  t.deepEqual(revisions(store, 'a', { from: 1, limit: 2 }), [1, 2]);
  t.deepEqual(revisions(store, 'a', { from: 'end' }), []);
  t.deepEqual(revisions(store, 'a', { from: 9 }), []);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards' }), [5, 4, 3, 2, 1, 0]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards', limit: 1 }), [5]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards', from: 2 }), [2, 1, 0]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards', from: 'start' }), [0]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards', from: 99 }), [5, 4, 3, 2, 1, 0]);
});

test('a long stream is read completely over many chunks', async (t) => {
  const store = await openTestStore(t);
  for (let part = 0; part < 5; part++) await store.append('a', events(700), 'any');
  t.is((revisions(store, 'a') as number[]).length, 3_500);
  t.deepEqual((revisions(store, 'a', { direction: 'backwards', limit: 3_000 }) as number[]).at(-1), 500);
});

test('$all is read forwards including the position and backwards excluding it', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(3), 'any');
  await store.append('b', events(3), 'any');
  t.deepEqual(places(await collect(store.readAll())), [0, 1, 2, 3, 4, 5]);
  t.deepEqual(places(await collect(store.readAll({ from: 2, limit: 2 }))), [2, 3]);
  t.deepEqual(places(await collect(store.readAll({ from: 'end' }))), []);
  t.deepEqual(places(await collect(store.readAll({ direction: 'backwards' }))), [5, 4, 3, 2, 1, 0]);
  t.deepEqual(places(await collect(store.readAll({ direction: 'backwards', from: 2 }))), [1, 0]);
  t.deepEqual(places(await collect(store.readAll({ direction: 'backwards', limit: 2 }))), [5, 4]);
  t.is(store.readAt(4)?.stream, 'b');
  t.is(store.readAt(6), undefined);
});

test('$all is read through a filter on stream or type, by prefix, name or pattern', async (t) => {
  const store = await openTestStore(t);
  await store.append('user-1', [event('', 'joined'), event('', 'left')], 'any');
  await store.append('channel-1', [event('', 'joined')], 'any');
  const read = async (filter: Parameters<typeof store.readAll>[0]) => places(await collect(store.readAll(filter)));
  t.deepEqual(await read({ filter: { on: 'stream', prefixes: ['user-', 'nobody-'] } }), [0, 1]);
  t.deepEqual(await read({ filter: { on: 'stream', exceptPrefixes: ['user-'] } }), [2]);
  t.deepEqual(await read({ filter: { on: 'type', names: ['joined'] } }), [0, 2]);
  t.deepEqual(await read({ filter: { on: 'type', pattern: '^l' } }), [1]);
  t.deepEqual(await read({ filter: { on: 'stream', pattern: '^[^$].*-1$' }, direction: 'backwards', limit: 2 }), [2, 1]);
  t.throws(() => store.subscribeToAll({ filter: { on: 'type', pattern: '(' } }), { code: 'filter-invalid' });
});

test('$maxCount and $tb hide the beginning of a stream from stream reads but not from $all', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(6), 'any');
  await store.setStreamMetadata('a', { $maxCount: 4, mine: 'kept' });
  t.deepEqual(revisions(store, 'a'), [2, 3, 4, 5]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards' }), [5, 4, 3, 2]);
  t.deepEqual(store.streamMetadata('a'), { metadata: { $maxCount: 4, mine: 'kept' }, revision: 0, streamDeleted: false });
  await store.setStreamMetadata('a', { $tb: 5 }, 0);
  t.deepEqual(revisions(store, 'a'), [5]);
  await store.setStreamMetadata('a', { $tb: 9 });
  t.deepEqual(revisions(store, 'a'), [], 'a stream with nothing to show is there all the same');
  t.is((await collect(store.readAll())).length, 9);
  t.deepEqual(revisions(store, '$$a'), [2], 'a metastream shows one event');
});

test('$maxAge hides older events', async (t) => {
  let now = 1_000_000;
  const store = await openTestStore(t, { now: () => now });
  await store.setStreamMetadata('a', { $maxAge: 10 });
  await store.append('a', events(2), 'any');
  now += 6_000;
  await store.append('a', events(2), 'any');
  t.deepEqual(revisions(store, 'a'), [0, 1, 2, 3]);
  now += 6_000;
  t.deepEqual(revisions(store, 'a'), [2, 3]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards' }), [3, 2]);
});

test('invalid metadata is refused when set and ignored when read', async (t) => {
  const store = await openTestStore(t);
  await t.throwsAsync(store.setStreamMetadata('a', { $maxCount: 0 }), { code: 'metadata-invalid' });
  await store.append('a', events(2), 'any');
  await store.append('$$a', [{ ...event(), type: '$metadata', data: Buffer.from('{"$maxCount":"many","$tb":-1}') }], 'any');
  await store.append('$$a', [{ ...event(), type: '$metadata', data: Buffer.from('not JSON') }], 'any');
  t.deepEqual(revisions(store, 'a'), [0, 1]);
});

test('a soft-deleted stream is not found, and its revisions continue when it is appended to again', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(3), 'any');
    t.deepEqual(await store.deleteStream('a', 1), { outcome: 'wrong-expected-revision', current: 2 });
    t.deepEqual(await store.deleteStream('a', 2), { outcome: 'appended', revision: 0, position: 3 });
    t.is(revisions(store, 'a'), 'not-found');
    t.deepEqual(await store.append('a', events(1), 'stream-exists'), { outcome: 'stream-deleted' });
  }
  await using store = await openEventStore(folder);
  t.is(revisions(store, 'a'), 'not-found');
  t.is(store.streamMetadata('a').metadata.$tb, TRUNCATED_ENTIRELY);
  const stored = store.readAt(3);
  t.is(Buffer.from(stored!.data).toString(), '{"$tb":9223372036854775807}');
  t.deepEqual(await store.append('a', events(2), 'no-stream'), { outcome: 'appended', revision: 4, position: 6 });
  t.deepEqual(revisions(store, 'a'), [3, 4]);
  t.is(store.streamMetadata('a').metadata.$tb, 3);
});

test('a stream that never existed can’t be soft-deleted, but can be tombstoned', async (t) => {
  const store = await openTestStore(t);
  const refused = { outcome: 'wrong-expected-revision', current: 'no-stream' } as const;
  t.deepEqual(await store.deleteStream('a', 'any'), refused);
  t.deepEqual(await store.deleteStream('a', 'no-stream'), refused);
  t.is(store.head(), undefined);
  await store.setStreamMetadata('a', { $maxCount: 3 });
  t.is((await store.deleteStream('a', 'any')).outcome, 'appended', 'metadata is enough');
  t.is((await store.tombstone('b', 'any')).outcome, 'appended');
});

test('a deletion is seen by later appends in the same commit', async (t) => {
  const store = await openTestStore(t);
  const results = await Promise.all([
    store.append('a', events(2), 'no-stream'),
    store.deleteStream('a', 1),
    store.append('a', events(1), 'no-stream'),
    store.tombstone('a', 2),
    store.append('a', events(1), 'any'),
    store.setStreamMetadata('a', {}),
  ]);
  t.deepEqual(
    results.map(({ outcome }) => outcome),
    ['appended', 'appended', 'appended', 'appended', 'stream-deleted', 'stream-deleted'],
  );
  t.deepEqual(
    (await collect(store.readAll())).map(({ type }) => type),
    ['said', 'said', '$metadata', '$metadata', 'said', '$streamDeleted'],
  );
});

test('a tombstoned stream stays deleted, also after a restart', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(2), 'any');
    t.deepEqual(await store.tombstone('a', 0), { outcome: 'wrong-expected-revision', current: 1 });
    t.deepEqual(await store.tombstone('a', 'any'), { outcome: 'appended', revision: TOMBSTONE_REVISION, position: 2 });
  }
  await using store = await openEventStore(folder);
  t.is(revisions(store, 'a'), 'stream-deleted');
  t.is(revisions(store, '$$a'), 'stream-deleted');
  t.deepEqual(await store.append('a', events(1), 'any'), { outcome: 'stream-deleted' });
  t.deepEqual(await store.tombstone('a', 'any'), { outcome: 'stream-deleted' });
  t.true(store.streamMetadata('a').streamDeleted);
  t.deepEqual(await store.tombstone('never-there', 'no-stream'), { outcome: 'appended', revision: TOMBSTONE_REVISION, position: 3 });
});

test('a stream with the longest name has metadata, and can be deleted and written again', async (t) => {
  const store = await openTestStore(t);
  const name = 'n'.repeat(1_024);
  await store.append(name, events(3), 'no-stream');
  await store.setStreamMetadata(name, { $maxCount: 2 });
  t.deepEqual(revisions(store, name), [1, 2]);
  await store.deleteStream(name, 'any');
  t.is(revisions(store, name), 'not-found');
  t.is((await store.append(name, events(1), 'no-stream')).outcome, 'appended');
  t.deepEqual(revisions(store, name), [3]);
  await t.throwsAsync(store.append(`${name}n`, events(1), 'any'), { code: 'stream-name-invalid' });
  await t.throwsAsync(store.append(`$$${name}n`, events(1), 'any'), { code: 'stream-name-invalid' });
});
