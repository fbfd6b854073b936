import test from 'ava';
import { event, events, openTestStore, revisions, temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { COMMIT_EVENTS_MAX } from './group-commit.ts';
import { BEFORE_FIRST_REVISION } from '../store.ts';

const wrong = (current: number | 'no-stream') => ({ outcome: 'wrong-expected-revision', current });
const appended = (revision: number, position: number) => ({ outcome: 'appended', revision, position });

test('an append answers the revision and position of its last event', async (t) => {
  const store = await openTestStore(t);
  t.deepEqual(await store.append('a', events(3), 'no-stream'), appended(2, 2));
  t.deepEqual(await store.append('b', events(1), 'any'), appended(0, 3));
  t.deepEqual(await store.append('a', events(1), 2), appended(3, 4));
  t.is(store.head(), 4);
});

test('a wrong expected revision is refused, and the answer has the current one', async (t) => {
  const store = await openTestStore(t);
  t.deepEqual(await store.append('a', events(1), 0), wrong('no-stream'));
  t.deepEqual(await store.append('a', events(1), 'stream-exists'), wrong('no-stream'));
  await store.append('a', events(3), 'any');
  t.deepEqual(await store.append('a', events(1), 3), wrong(2));
  t.deepEqual(await store.append('a', events(1), 1), wrong(2));
  t.deepEqual(await store.append('a', events(1), 'no-stream'), wrong(2));
  t.deepEqual(await store.append('a', events(1), 'stream-exists'), appended(3, 3));
});

test('a repeated append is answered with its original revision and position, whatever the expected revision', async (t) => {
  const store = await openTestStore(t);
  const [first, second, third] = [event('1'), event('2'), event('3')];
  await store.append('a', [first, second], 'no-stream');
  await store.append('a', [third], 1);
  t.deepEqual(await store.append('a', [first, second], 'no-stream'), appended(1, 1));
  t.deepEqual(await store.append('a', [second], 0), appended(1, 1));
  t.deepEqual(await store.append('a', [second, third], 0), appended(2, 2));
  t.deepEqual(await store.append('a', [first], 'any'), appended(0, 0));
  t.deepEqual(await store.append('a', [first, third], 'stream-exists'), appended(2, 2));
  t.deepEqual(await store.append('a', [third], 2), appended(2, 2), 'a known id at a fresh revision is not appended again');
  t.deepEqual(revisions(store, 'a'), [0, 1, 2]);
});

test('known ids mixed with unknown ones are refused, but with any appended when the first is unknown', async (t) => {
  const store = await openTestStore(t);
  const [first, second] = [event('1'), event('2')];
  await store.append('a', [first, second], 'no-stream');
  t.deepEqual(await store.append('a', [first, event('new')], 'any'), wrong(1));
  t.deepEqual(await store.append('a', [first, event('new')], 'no-stream'), wrong(1));
  t.deepEqual(await store.append('a', [second, first], 0), wrong(1));
  t.deepEqual(await store.append('a', [first, event('new')], 1), wrong(1));
  t.deepEqual(await store.append('a', [event('new'), first], 1), wrong(1));
  t.deepEqual(await store.append('a', [event('new'), first], 'any'), appended(3, 3));
});

test('an id is recognised in its own stream only', async (t) => {
  const store = await openTestStore(t);
  const same = event();
  await store.append('a', [same], 'any');
  t.deepEqual(await store.append('b', [same], 'any'), appended(0, 1));
});

test('appends to one stream in the same commit are decided in order', async (t) => {
  const store = await openTestStore(t);
  const repeated = event();
  const results = await Promise.all([
    store.append('a', [repeated], 'no-stream'),
    store.append('a', events(2), 0),
    store.append('a', [repeated], 'no-stream'),
    store.append('a', [repeated], 'any'),
    store.append('a', events(1), 'no-stream'),
    store.append('a', events(1), 2),
    store.append('a', [repeated, event()], 'any'),
  ]);
  t.deepEqual(results, [appended(0, 0), appended(2, 2), appended(0, 0), appended(0, 0), wrong(2), appended(3, 3), wrong(3)]);
});

test('appends beyond the size of one commit take several commits, in order', async (t) => {
  const store = await openTestStore(t);
  const count = 2 * COMMIT_EVENTS_MAX + 7;
  const results = await Promise.all(Array.from({ length: count }, (_, at) => store.append('a', [event(`${at}`)], at === 0 ? 'no-stream' : at - 1)));
  t.true(results.every((result, at) => result.outcome === 'appended' && result.revision === at));
  t.is((await store.verify()).events, count);
});

test('an append of no events answers the stream’s last revision', async (t) => {
  const store = await openTestStore(t);
  t.deepEqual(await store.append('a', [], 'any'), appended(BEFORE_FIRST_REVISION, -1));
  await store.append('a', events(2), 'any');
  t.deepEqual(await store.append('a', [], 1), appended(1, 1));
  t.deepEqual(await store.append('a', [], 0), wrong(1));
  t.is(store.head(), 1);
});

test('invalid events, stream names and revisions and too large appends are refused, each with its code', async (t) => {
  const store = await openTestStore(t, { maxAppendBytes: 100 });
  await t.throwsAsync(store.append('a', [event('', 'said', 'NOT-A-UUID')], 'any'), { code: 'event-invalid' });
  await t.throwsAsync(store.append('a', [event('', '')], 'any'), { code: 'event-invalid' });
  await t.throwsAsync(store.append('', events(1), 'any'), { code: 'stream-name-invalid' });
  await t.throwsAsync(store.append('$all', events(1), 'any'), { code: 'stream-name-invalid' });
  await t.throwsAsync(store.append('a'.repeat(1_025), events(1), 'any'), { code: 'stream-name-invalid' });
  await t.throwsAsync(store.append('\ud800', events(1), 'any'), { code: 'stream-name-invalid' });
  await t.throwsAsync(store.append('a', events(1), -1), { code: 'expected-revision-invalid' });
  await t.throwsAsync(store.append('a', [event('x'.repeat(100))], 'any'), { code: 'append-too-large' });
  t.is(store.head(), undefined);
});

test('an event is read back as it was appended, whatever its bytes and characters', async (t) => {
  const folder = temporaryFolder(t);
  const written = [
    {
      id: '00000000-0000-4000-8000-0123456789ab',
      type: 'größe-变更',
      contentType: 'application/octet-stream' as const,
      data: Buffer.from([0, 255, 1]),
      metadata: Buffer.alloc(0),
    },
    {
      id: 'ffffffff-ffff-4fff-bfff-ffffffffffff',
      type: 'big',
      contentType: 'application/json' as const,
      data: Buffer.alloc(900_000, 7),
      metadata: Buffer.from('{"ä":1}'),
    },
  ];
  {
    await using store = await openEventStore(folder, { now: () => 1_234_567 });
    await store.append('straße-1', written, 'no-stream');
  }
  await using store = await openEventStore(folder);
  const read = store.readStream('straße-1');
  if (read.outcome !== 'found') return t.fail(read.outcome);
  t.deepEqual(
    [...read.events],
    written.map((event, at) => ({ ...event, stream: 'straße-1', revision: at, position: at, created: 1_234_567 })),
  );
  t.deepEqual(await store.append('straße-1', [written[1]!], 0), appended(1, 1), 'ids are remembered over a restart');
});

test('a read in progress when the store closes fails with store-closed and not as damage', async (t) => {
  const store = await openTestStore(t);
  for (let part = 0; part < 3; part++) await store.append('a', events(1_000), 'any');
  const read = store.readStream('a');
  const [ofStream, ofAll] = [read.outcome === 'found' ? read.events[Symbol.iterator]() : undefined, store.readAllChunks()[Symbol.asyncIterator]()];
  ofStream?.next();
  await ofAll.next();
  await store[Symbol.asyncDispose]();
  t.throws(() => Array.from({ length: 3_000 }, () => ofStream?.next()), { code: 'store-closed' });
  await t.throwsAsync(async () => void (await ofAll.next()), { code: 'store-closed' });
});

test('a closed store refuses requests, and answers those made before', async (t) => {
  const store = await openEventStore(temporaryFolder(t));
  const asked = store.append('a', events(1), 'any');
  await store[Symbol.asyncDispose]();
  t.deepEqual(await asked, appended(0, 0));
  await t.throwsAsync(store.append('a', events(1), 'any'), { code: 'store-closed' });
  t.throws(() => store.readStream('a'), { code: 'store-closed' });
});

test('with EventStoreDB’s idempotency a repeated append is recognised only where EventStoreDB recognises it', async (t) => {
  const store = await openTestStore(t, { idempotency: 'eventstoredb' });
  const same = event();
  await store.append('a', [same], 'no-stream');
  t.deepEqual(await store.append('a', [same], 'no-stream'), appended(0, 0), 'a repeat at its old revision is known by reading the stream');
  t.deepEqual(await store.append('a', [same], 0), appended(1, 1), 'at a fresh revision it is appended again');
  t.deepEqual(await store.append('a', [same], 'any'), appended(2, 2), 'and with any');
});
