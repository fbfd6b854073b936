import test, { type ExecutionContext } from 'ava';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { collect, event, events, firstEvents, openTestLog, openTestStore, revisions, temporaryFolder } from '../test-fixture.ts';
import { GroupCommit } from '../append/group-commit.ts';
import { decodeHead, HEAD_FACT } from '../storage/head-record.ts';
import { openEventStore } from '../open.ts';
import { readStream } from '../read/read-stream.ts';
import { scavenge } from './scavenge.ts';
import { TOMBSTONE_REVISION, type Direction, type EventStore } from '../store.ts';
import { streamState } from '../storage/stream-state.ts';
import type { Log } from '../storage/log.ts';
import { revisionKey } from '../storage/tables.ts';

const positions = async (store: EventStore) => (await collect(store.readAll())).map(({ position }) => position);

test('a scavenge removes hidden events and keeps all readable ones and the last of each stream', async (t) => {
  const folder = temporaryFolder(t);
  const shown = { a: [4, 5], b: 'not-found', c: 'stream-deleted', d: [0, 1] };
  const show = (store: EventStore) => ({ a: revisions(store, 'a'), b: revisions(store, 'b'), c: revisions(store, 'c'), d: revisions(store, 'd') });
  {
    await using store = await openEventStore(folder);
    for (const stream of ['a', 'b', 'c']) await store.append(stream, events(6), 'any');
    await store.append('d', events(2), 'any');
    await store.setStreamMetadata('a', { $maxCount: 3 });
    await store.setStreamMetadata('a', { $maxCount: 2 });
    await store.deleteStream('b', 'any');
    await store.tombstone('c', 'any');
    t.deepEqual(show(store), shown);
    const result = await store.scavenge();
    t.is(result.removed, 4 + 5 + 6 + 1);
    t.deepEqual(show(store), shown);
    t.deepEqual(await positions(store), [4, 5, 11, 18, 19, 21, 22, 23]);
    t.deepEqual(
      (await collect(store.readAll({ direction: 'backwards' }))).map(({ position }) => position),
      [23, 22, 21, 19, 18, 11, 5, 4],
    );
    for (let from = 0; from <= 24; from++) {
      const all = [4, 5, 11, 18, 19, 21, 22, 23];
      t.deepEqual(
        (await collect(store.readAll({ from }))).map(({ position }) => position),
        all.filter((position) => position >= from),
      );
      t.deepEqual(
        (await collect(store.readAll({ from, direction: 'backwards' }))).map(({ position }) => position),
        all.filter((position) => position < from).reverse(),
      );
    }
    t.is((await store.scavenge()).removed, 0, 'a second one finds nothing');
  }
  await using store = await openEventStore(folder);
  await store.verify();
  t.deepEqual(show(store), shown);
  t.deepEqual(await store.append('b', events(1), 'no-stream'), { outcome: 'appended', revision: 6, position: 25 }, 'revisions go on');
  t.deepEqual(await store.append('a', events(1), 5), { outcome: 'appended', revision: 6, position: 26 });
  t.is((await collect(store.readAll())).find(({ stream }) => stream === 'c')?.revision, TOMBSTONE_REVISION);
});

test('a scavenge keeps the last record of the log, even where its stream hides it', async (t) => {
  const store = await openTestStore(t, { now: () => 0 });
  await store.append('a', events(1), 'any');
  await store.setStreamMetadata('a', { $tb: 9 });
  await store.setStreamMetadata('a', { $tb: 10 });
  await store.scavenge();
  t.deepEqual(await positions(store), [0, 2]);
});

test('free space is reused, and compaction shrinks the file', async (t) => {
  const folder = temporaryFolder(t);
  const bulk = () => Array.from({ length: 400 }, () => ({ ...event(), data: Buffer.alloc(1_000, 1) }));
  {
    await using store = await openEventStore(folder);
    for (let part = 0; part < 10; part++) await store.append('bulk', bulk(), 'any');
    await store.append('kept', events(100), 'any');
    await store.setStreamMetadata('bulk', { $maxCount: 10 });
    const first = await store.scavenge();
    t.is(first.removed, 3_990);
    t.true(first.bytesRemoved > 3_990 * 1_000);
    t.is(first.fileBytesAfter >= first.fileBytesBefore, true, 'LMDB itself gives nothing back');
    for (let part = 0; part < 9; part++) await store.append('bulk', bulk(), 'any');
    t.true(statSync(join(folder, 'log-1.mdb')).size < first.fileBytesAfter * 1.1, 'what was freed is used again');

    const appending = store.append('kept', events(1), 99);
    const second = await store.scavenge({ compact: true });
    t.deepEqual(await appending, { outcome: 'appended', revision: 100, position: 7_701 });
    t.true(second.fileBytesAfter < second.fileBytesBefore / 10);
    t.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.mdb')),
      ['log-2.mdb'],
    );
    await store.verify();
    t.is((await store.append('kept', events(1), 100)).outcome, 'appended');
  }
  await using store = await openEventStore(folder);
  t.is((revisions(store, 'kept') as number[]).length, 102);
  t.is((revisions(store, 'bulk') as number[]).length, 10);
  await store.verify();
});

test('readers, subscribers and writers continue while a scavenge runs and compacts', async (t) => {
  const store = await openTestStore(t);
  for (let part = 0; part < 20; part++) await store.append(`old-${part}`, events(200), 'any');
  for (let part = 0; part < 20; part++) await store.deleteStream(`old-${part}`, 'any');
  const seen = firstEvents(store.subscribeToAll({ after: 'end' }), 300);
  const writing = (async () => {
    for (let revision = -1; revision < 299; revision++) await store.append('new', events(1), revision < 0 ? 'no-stream' : revision);
  })();
  const progress: number[] = [];
  const { removed } = await store.scavenge({ compact: true, onProgress: ({ looked }) => progress.push(looked) });
  await t.throwsAsync(Promise.all([store.scavenge(), store.scavenge()]), { code: 'scavenge-running' });
  await writing;
  t.is(removed, 20 * 199);
  t.true(progress.length > 1);
  t.deepEqual(
    (await seen).map(({ revision }) => revision),
    Array.from({ length: 300 }, (_, at) => at),
  );
  await store.verify();
});

test('the id of a removed event is no longer recognised', async (t) => {
  const store = await openTestStore(t);
  const [first, second] = [event(), event()];
  await store.append('a', [first, second, event()], 'any');
  await store.setStreamMetadata('a', { $tb: 1 });
  await store.scavenge();
  t.deepEqual(await store.append('a', [second], 'any'), { outcome: 'appended', revision: 1, position: 1 });
  t.deepEqual(await store.append('a', [first], 'any'), { outcome: 'appended', revision: 3, position: 4 });
  t.deepEqual(await store.append('a', [first], 'no-stream'), { outcome: 'wrong-expected-revision', current: 3 });
});

const EXPIRED_MS = 60_000;
const DIRECTIONS: readonly Direction[] = ['forwards', 'backwards'];

/** The stream `aged` has lost its first three events to `$maxAge`; `long` extends beyond the first commit of a scavenge. */
async function givenExpired(t: ExecutionContext): Promise<Log> {
  const folder = temporaryFolder(t);
  let now = 0;
  {
    await using store = await openEventStore(folder, { now: () => now });
    await store.setStreamMetadata('aged', { $maxAge: 10 });
    await store.append('aged', events(3), 'any');
    now = EXPIRED_MS;
    await store.append('aged', events(2), 'any');
    await store.append('long', events(1_500), 'any');
  }
  return openTestLog(t, folder, () => now);
}

const scavengeLog = (log: Log, commits = new GroupCommit(log)) => scavenge(log, commits, {}, () => Promise.reject(new Error('It is not to compact.')));

const revisionsIn = (log: Log, stream: string, direction: Direction) =>
  revisions({ readStream: (name, options) => readStream(log, name, options) }, stream, { direction });

test('a read between a scavenge’s commit and its publication sees no damage in removed events, but still detects other losses', async (t) => {
  const log = await givenExpired(t);
  const { root, index } = log.tables;
  await index.remove(revisionKey(streamState(log, 'long').number, 1_400));
  const batch = root.batch.bind(root);
  t.plan(4);
  root.batch = async (write) => {
    const done = await batch(write);
    t.deepEqual(
      DIRECTIONS.map((direction) => revisionsIn(log, 'aged', direction)),
      [
        [3, 4],
        [4, 3],
      ],
    );
    for (const direction of DIRECTIONS)
      t.throws(() => revisionsIn(log, 'long', direction), { code: 'store-corrupted', message: /Revision 1400 of the stream long/ });
    return done;
  };
  t.is((await scavengeLog(log)).removed, 3);
});

test('a failed commit of a scavenge leaves the head unchanged, and one that is visible all the same leaves the log in doubt', async (t) => {
  const log = await givenExpired(t);
  const { root, facts } = log.tables;
  const stored = () => decodeHead(facts.get(HEAD_FACT)!);
  const batch = root.batch.bind(root);
  const before = log.flushed.head;

  root.batch = () => Promise.reject(new Error('no space left'));
  await t.throwsAsync(scavengeLog(log), { code: 'write-failed', message: /nothing was appended/ });
  t.deepEqual([log.flushed.head, stored()], [before, before]);

  root.batch = async (write) => {
    await batch(write);
    throw new Error('i/o error');
  };
  const commits = new GroupCommit(log);
  await t.throwsAsync(scavengeLog(log, commits), { code: 'write-failed', message: /in doubt/ });
  t.deepEqual(revisionsIn(log, 'aged', 'forwards'), [3, 4]);
  await t.throwsAsync(
    commits.runExclusively(() => Promise.resolve(before)),
    { code: 'write-failed', message: /in doubt/ },
  );
});
