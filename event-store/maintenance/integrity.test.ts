import test from 'ava';
import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, event, events, revisions, temporaryFolder } from '../test-fixture.ts';
import { HEAD_FACT } from '../storage/head-record.ts';
import { openEventStore } from '../open.ts';
import { nameKey, openTables, revisionKey, type Tables } from '../storage/tables.ts';

const EVENTS = 3_000;

/** A closed log of `EVENTS` events in the stream `a`. */
async function writeTestLog(t: Parameters<typeof temporaryFolder>[0]): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = temporaryFolder(t);
  await using store = await openEventStore(folder);
  for (let done = 0; done < EVENTS; done += 500)
    await store.append(
      'a',
      Array.from({ length: 500 }, (_, at) => event(`text ${done + at}!`)),
      'any',
    );
  return { folder, file: join(folder, 'log-1.mdb') };
}

/** Changes the file of a closed log. */
async function tamper(file: string, change: (tables: Tables) => Promise<unknown>): Promise<void> {
  const tables = openTables(file, { noSync: false });
  await change(tables);
  await tables.close();
}

test('a truncated file is reported at opening, however little is missing', async (t) => {
  for (const keep of [0.9999, 0.5, 0.001, 0]) {
    const { folder, file } = await writeTestLog(t);
    truncateSync(file, Math.floor(statSync(file).size * keep));
    const error = await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
    t.true(error.message.includes(file));
  }
});

test('a failed opening releases the folder', async (t) => {
  const { folder, file } = await writeTestLog(t);
  const whole = readFileSync(file);
  truncateSync(file, 10_000);
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
  writeFileSync(file, whole);
  await using store = await openEventStore(folder);
  t.is(store.head(), EVENTS - 1);
});

test('a data file that is missing or is not a data file is reported at opening', async (t) => {
  const { folder, file } = await writeTestLog(t);
  writeFileSync(file, 'something else altogether'.repeat(1_000));
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
  rmSync(file);
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
});

test('a store of another format is refused', async (t) => {
  const { folder, file } = await writeTestLog(t);
  await tamper(file, async ({ facts }) => {
    const { crc32c } = await import('../storage/crc32c.ts');
    const head = facts.get(HEAD_FACT)!;
    head.writeUInt32LE(99, 4);
    head.writeUInt32LE(crc32c(head, 4, head.length), 0);
    await facts.put(HEAD_FACT, head);
  });
  await t.throwsAsync(openEventStore(folder), { code: 'store-version-unknown' });
});

test('a log that ends before its head, or continues after it, is reported at opening', async (t) => {
  const { folder, file } = await writeTestLog(t);
  await tamper(file, ({ log }) => log.remove(EVENTS - 1));
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted', message: /position 2999, is missing/ });
  await tamper(file, ({ log }) => log.put(EVENTS + 5, Buffer.alloc(100)));
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
  await tamper(file, ({ facts }) => facts.remove(HEAD_FACT));
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted' });
});

test('an event with one flipped bit is never served, by any kind of read', async (t) => {
  const { folder, file } = await writeTestLog(t);
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf('text 1234!');
  bytes[at + 6]! ^= 4;
  writeFileSync(file, bytes);
  await using store = await openEventStore(folder);
  const damaged = { code: 'store-corrupted', message: /position 1234/ };
  await t.throwsAsync(collect(store.readAll()), damaged);
  await t.throwsAsync(collect(store.readAll({ direction: 'backwards' })), damaged);
  await t.throwsAsync(collect(store.readAll({ filter: { on: 'type', names: ['never'] } })), damaged);
  t.throws(() => revisions(store, 'a'), damaged);
  t.throws(() => revisions(store, 'a', { direction: 'backwards' }), damaged);
  t.throws(() => store.readAt(1_234), damaged);
  await t.throwsAsync(collect(store.subscribeToAll()), damaged);
  await t.throwsAsync(collect(store.subscribeToStream('a')), damaged);
  await t.throwsAsync(store.verify(), damaged);
  t.is(store.readAt(1_233)?.revision, 1_233);
});

test('missing records are reported, and so is a scan that ends early', async (t) => {
  const { folder, file } = await writeTestLog(t);
  await tamper(file, ({ log }) => log.remove(1_500));
  {
    await using store = await openEventStore(folder);
    const missing = { code: 'store-corrupted', message: /position 1500/ };
    await t.throwsAsync(collect(store.readAll()), missing);
    await t.throwsAsync(collect(store.readAll({ direction: 'backwards' })), missing);
    await t.throwsAsync(collect(store.readAll({ from: 1_500 })), missing);
    await t.throwsAsync(store.verify(), missing);
    t.throws(() => revisions(store, 'a'), missing);
  }
  await tamper(file, ({ log, root }) =>
    root.batch(() => {
      for (let position = 1_501; position < EVENTS - 1; position++) void log.remove(position);
    }),
  );
  await using store = await openEventStore(folder);
  await t.throwsAsync(collect(store.readAll({ from: 1_501 })), { code: 'store-corrupted', message: /position 1501/ });
  await t.throwsAsync(collect(store.readAll({ direction: 'backwards' })), { code: 'store-corrupted' });
});

test('an index entry that is missing or refers to another event is detected', async (t) => {
  const { folder, file } = await writeTestLog(t);
  await tamper(file, ({ index, names }) => index.remove(revisionKey(names.get(nameKey('a'))!, 1_700)));
  {
    await using store = await openEventStore(folder);
    t.throws(() => revisions(store, 'a'), { code: 'store-corrupted', message: /Revision 1700 of the stream a/ });
    t.throws(() => revisions(store, 'a', { direction: 'backwards' }), { code: 'store-corrupted', message: /Revision 1700 of the stream a/ });
    await t.throwsAsync(store.verify(), { code: 'store-corrupted' });
  }
  await tamper(file, ({ index, names }) => index.put(revisionKey(names.get(nameKey('a'))!, 1_700), 3));
  await using store = await openEventStore(folder);
  t.throws(() => revisions(store, 'a', { from: 1_700, limit: 1 }), { code: 'store-corrupted' });
  t.throws(() => revisions(store, 'a', { direction: 'backwards' }), { code: 'store-corrupted' });
});

test('an index entry that refers to another stream’s event at the same revision is detected', async (t) => {
  const { folder, file } = await writeTestLog(t);
  {
    await using store = await openEventStore(folder);
    await store.append('b', events(5), 'any');
  }
  await tamper(file, ({ index, names }) => index.put(revisionKey(names.get(nameKey('a'))!, 3), EVENTS + 3));
  await using store = await openEventStore(folder);
  const found = { code: 'store-corrupted', message: /Revision 3 of the stream a/ };
  t.throws(() => revisions(store, 'a', { from: 3, limit: 1 }), found);
  t.throws(() => revisions(store, 'a', { direction: 'backwards', from: 3, limit: 1 }), found);
});

// A page in `lmdb`'s mdb.c: its kind, the size of its array of entry offsets, and after the header these offsets, relative to its end.
const PAGE_BYTES = 4_096;
const PAGE_HEAD_BYTES = 24;
const KIND_AT = 18;
const PLACES_BYTES_AT = 20;
const IS_BRANCH = 1; // its entries begin with the number of a child page

test('pages that LMDB can’t follow are reported as damage', async (t) => {
  const { folder, file } = await writeTestLog(t);
  const bytes = readFileSync(file);
  let damaged = 0;
  for (let page = 2 * PAGE_BYTES; page < bytes.length; page += PAGE_BYTES) {
    if (bytes.readUInt16LE(page + KIND_AT) !== IS_BRANCH) continue;
    const start = page + PAGE_HEAD_BYTES;
    for (let at = 0; at < bytes.readUInt16LE(page + PLACES_BYTES_AT); at += 2) bytes.writeUInt32LE(0x7fff_ffff, start + bytes.readUInt16LE(start + at));
    damaged++;
  }
  t.true(damaged > 0);
  writeFileSync(file, bytes);
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted', message: /LMDB can't read .*log-1\.mdb/ });
});

test('extra bytes at the end of the file do no harm', async (t) => {
  const { folder, file } = await writeTestLog(t);
  appendFileSync(file, Buffer.alloc(100_000, 1));
  await using store = await openEventStore(folder);
  await store.append('a', events(1), EVENTS - 1);
  t.is((await store.verify()).events, EVENTS + 1);
});

test('a first opening that was interrupted starts again', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'log-1.mdb'), Buffer.alloc(100));
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(2), 'any');
  }
  await using store = await openEventStore(folder);
  t.is(store.head(), 1);
});
