import test, { type ExecutionContext } from 'ava';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStore, setAsideInFolder } from '../open.ts';
import type { EventStore } from '../store.ts';
import { SET_ASIDE_STREAM } from '../storage/set-aside.ts';
import { openTables } from '../storage/tables.ts';
import { collect, event, events, firstEvents, revisions, temporaryFolder, texts } from '../test-fixture.ts';

const EVENTS = 1_000;
const REASON = 'a bit flipped on disk 3';

/** A closed log: the stream `a` with the texts `text 0!` to `text 999!`, and `b`. */
async function writeLog(t: ExecutionContext): Promise<string> {
  const folder = temporaryFolder(t);
  await using store = await openEventStore(folder);
  await store.append(
    'a',
    Array.from({ length: EVENTS }, (_, at) => event(`text ${at}!`)),
    'any',
  );
  await store.append('b', events(3), 'any');
  return folder;
}

/** Flips a bit in the data of the event with this text, in every page that LMDB has or had it in. */
function flipBit(folder: string, text: string): void {
  const file = join(folder, 'log-1.mdb');
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at + 2]! ^= 4;
  writeFileSync(file, bytes);
}

async function notices(store: EventStore): Promise<unknown[]> {
  const read = store.readStream(SET_ASIDE_STREAM);
  return read.outcome === 'found' ? [...read.events].map(({ data }) => JSON.parse(Buffer.from(data).toString()) as unknown) : [];
}

test('after a damaged event is set aside everything else is read, and subscriptions continue past it', async (t) => {
  const folder = await writeLog(t);
  flipBit(folder, 'text 500!');
  const damaged = 'store-corrupted';
  {
    await using store = await openEventStore(folder);
    await t.throwsAsync(store.verify(), { code: damaged, message: /position 500/ });
    t.throws(() => revisions(store, 'a'), { code: damaged });
    t.deepEqual(await store.setAside(500, REASON), { position: 500, stream: 'a', revision: 500, noticePosition: EVENTS + 3 });
    await expectPassed(t, store);
  }
  await using again = await openEventStore(folder);
  await expectPassed(t, again);
  t.deepEqual(await again.append('a', events(1), EVENTS - 1), { outcome: 'appended', revision: EVENTS, position: EVENTS + 4 });
});

async function expectPassed(t: ExecutionContext, store: EventStore): Promise<void> {
  const others = Array.from({ length: EVENTS }, (_, at) => at).filter((at) => at !== 500);
  t.deepEqual(revisions(store, 'a'), others);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards' }), others.toReversed());
  t.deepEqual(revisions(store, 'a', { from: 500, limit: 1 }), [501]);
  t.is(store.readAt(500), undefined);
  const all = await collect(store.readAll());
  t.is(all.length, EVENTS + 3);
  t.deepEqual((await collect(store.readAll({ direction: 'backwards' }))).length, EVENTS + 3);
  t.deepEqual(texts((await firstEvents(store.subscribeToStream('a', { after: 498 }), 2)).slice(0, 2)), ['text 499!', 'text 501!']);
  t.is((await firstEvents(store.subscribeToAll(), EVENTS + 3)).length, EVENTS + 3);
  t.deepEqual(await store.verify(), { events: EVENTS + 3 });
  t.deepEqual(await notices(store), [{ position: 500, stream: 'a', revision: 500, reason: REASON }]);
}

test('the last event of a stream can be set aside, and its revision is not given again', async (t) => {
  const folder = await writeLog(t);
  flipBit(folder, 'text 999!');
  await using store = await openEventStore(folder);
  await store.setAside(999, REASON);
  t.deepEqual(revisions(store, 'a', { from: 997 }), [997, 998]);
  t.deepEqual(revisions(store, 'a', { direction: 'backwards', limit: 1 }), [998]);
  t.deepEqual(await store.append('a', events(1), 998), { outcome: 'wrong-expected-revision', current: 999 });
  t.is((await store.append('a', [event('next')], 999)).outcome, 'appended');
  t.deepEqual(revisions(store, 'a', { from: 998 }), [998, 1_000]);
  await store.scavenge({ compact: true });
  await store.verify();
  t.deepEqual(revisions(store, 'a', { from: 998 }), [998, 1_000]);
});

test('the last record of the log, without which the store does not open, can be set aside in the folder', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    await store.append('a', [event('text 0!'), event('text 1!')], 'any');
  }
  flipBit(folder, 'text 1!');
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted', message: /position 1\b/ });
  t.deepEqual(await setAsideInFolder(folder, { position: 1, reason: REASON }), { position: 1, stream: 'a', revision: 1, noticePosition: 2 });
  await using store = await openEventStore(folder);
  t.deepEqual(revisions(store, 'a'), [0]);
  t.is((await store.append('a', events(1), 1)).outcome, 'appended');
});

test('the event of a record that is unreadable or missing is found in the index', async (t) => {
  const folder = await writeLog(t);
  const tables = openTables(join(folder, 'log-1.mdb'), { noSync: false });
  const record = tables.log.get(7)!;
  record.fill(0xff, 0, 60);
  await tables.log.put(7, record);
  await tables.log.remove(8);
  await tables.close();
  await using store = await openEventStore(folder);
  t.like(await store.setAside(7, REASON), { stream: 'a', revision: 7 });
  t.like(await store.setAside(8, REASON), { stream: 'a', revision: 8 });
  t.deepEqual(revisions(store, 'a', { from: 5, limit: 3 }), [5, 6, 9]);
  await store.verify();
});

test('a damaged record is set aside even where its event can’t be known', async (t) => {
  const folder = await writeLog(t);
  {
    await using store = await openEventStore(folder);
    await store.setStreamMetadata('a', { $maxCount: 10 });
    await store.append('a', [event('last')], 'any');
    await store.scavenge();
    t.is(store.readAt(3), undefined);
  }
  const tables = openTables(join(folder, 'log-1.mdb'), { noSync: false });
  const hole = tables.log.get(0)!;
  hole[12]! ^= 1;
  await tables.log.put(0, hole);
  await tables.close();
  await using store = await openEventStore(folder);
  await t.throwsAsync(store.verify(), { code: 'store-corrupted', message: /position 0\b/ });
  t.like(await store.setAside(0, REASON), { stream: undefined, revision: undefined });
  await store.verify();
  t.deepEqual(await notices(store), [{ position: 0, stream: null, revision: null, reason: REASON }]);
  t.is((revisions(store, 'a') as number[]).length, 10);
});

test('after a stream’s metadata is set aside the metadata before it applies again', async (t) => {
  const folder = await writeLog(t);
  {
    await using store = await openEventStore(folder);
    await store.setStreamMetadata('a', { $maxCount: 5 });
    await store.setStreamMetadata('a', { $maxCount: 7, note: 'text m!' });
    await store.append('b', events(1), 'any');
  }
  flipBit(folder, 'text m!');
  await using store = await openEventStore(folder);
  t.throws(() => revisions(store, 'a'), { code: 'store-corrupted' });
  await store.setAside(EVENTS + 4, REASON);
  t.deepEqual(revisions(store, 'a'), [995, 996, 997, 998, 999]);
});

test('a live subscriber to $set-aside gets the notice', async (t) => {
  const folder = await writeLog(t);
  flipBit(folder, 'text 500!');
  await using store = await openEventStore(folder);
  const told = firstEvents(store.subscribeToStream(SET_ASIDE_STREAM), 1);
  await store.setAside(500, REASON);
  t.is((await told)[0]?.type, '$event-set-aside');
});

test('only damaged records can be set aside, once, and with a reason', async (t) => {
  const folder = await writeLog(t);
  flipBit(folder, 'text 500!');
  await using store = await openEventStore(folder);
  await t.throwsAsync(store.setAside(499, REASON), { code: 'record-intact' });
  await t.throwsAsync(store.setAside(500, ' '), { code: 'reason-invalid' });
  await t.throwsAsync(store.setAside(EVENTS + 3, REASON), { code: 'position-unknown' });
  await t.throwsAsync(store.setAside(-1, REASON), { code: 'position-unknown' });
  const answers = await Promise.allSettled([store.setAside(500, REASON), store.setAside(500, REASON)]);
  t.deepEqual(answers.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await t.throwsAsync(store.setAside(500, REASON), { code: 'record-intact' });
  t.is((await notices(store)).length, 1);
});
