/** Stores that were written before events were packed, and the words that packed events are read with. */
import test, { type ExecutionContext } from 'ava';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openEventStore } from './open.ts';
import { decodeHead, HEAD_FACT } from './storage/head-record.ts';
import { KIND_PACKED } from './storage/packing/packed-record.ts';
import { WORDS_FACT } from './storage/packing/words.ts';
import { openTables, type Tables } from './storage/tables.ts';
import { collect, event, events, revisions, temporaryFolder } from './test-fixture.ts';

/** Written by the last version that knew format 1: 20 messages, a bounded stream after a scavenge, bytes, a tombstone. */
function folderOfFormat1(t: ExecutionContext): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'log-1.mdb'), gunzipSync(readFileSync(new URL('storage/format-1.mdb.gz', import.meta.url))));
  writeFileSync(join(folder, 'current'), 'log-1.mdb\n');
  return folder;
}

async function inClosed<Result>(folder: string, look: (tables: Tables) => Result, file = 'log-1.mdb'): Promise<Awaited<Result>> {
  const tables = openTables(join(folder, file), { noSync: false });
  try {
    return await look(tables);
  } finally {
    await tables.close();
  }
}

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const CHANNEL = `messages-${idOf(1_000)}`;
const WORDS = ['said', 'text', 'sender', 'chat.message-posted.v1'];

test('a store of format 1 is read as it was written', async (t) => {
  await using store = await openEventStore(folderOfFormat1(t), { words: WORDS });
  t.is((await store.verify()).events, 25);
  const read = store.readStream(CHANNEL);
  const messages = read.outcome === 'found' ? [...read.events] : [];
  t.deepEqual(
    messages.map(({ id, revision, type }) => [id, revision, type]),
    Array.from({ length: 20 }, (_, n) => [idOf(n), n, 'chat.message-posted.v1']),
  );
  t.is(
    Buffer.from(messages[3]!.data).toString(),
    `{"sender":"${idOf(900)}","text":{"$sealed":"ysAIlI09uvGbYhmv2VFyEw==","$by":"${idOf(900)}"},"at":"2026-11-01T10:00:00.000Z","messageCount":3}`,
  );
  t.deepEqual(revisions(store, 'kept'), [3, 4]);
  t.is(revisions(store, 'gone'), 'stream-deleted');
  const bytes = store.readStream('bytes');
  const [only] = bytes.outcome === 'found' ? bytes.events : [];
  t.deepEqual([only?.type, only?.contentType, [...only!.data]], ['ünïcode', 'application/octet-stream', [0, 1, 2, 255]]);
});

test('a store of format 1 is appended to: both forms stand in one stream, and repeats of before are known', async (t) => {
  const folder = folderOfFormat1(t);
  {
    await using store = await openEventStore(folder, { words: WORDS });
    const repeated = await store.append(CHANNEL, [event('', 'said', idOf(19))], 18);
    t.deepEqual(repeated, { outcome: 'appended', revision: 19, position: 19 });
    t.is((await store.append(CHANNEL, events(1), 18)).outcome, 'wrong-expected-revision');
    t.like(await store.append(CHANNEL, events(3), 19), { outcome: 'appended', revision: 22 });
    t.like(await store.append('kept', events(2), 4), { outcome: 'appended', revision: 6 });
  }
  const kinds = await inClosed(folder, ({ log, facts }) => {
    t.is(facts.get(HEAD_FACT)!.readUInt32LE(4), 2);
    return [...log.getRange({})].map(({ value }) => value[4]!);
  });
  t.true(kinds.includes(1) && kinds.includes(KIND_PACKED));
  await using store = await openEventStore(folder);
  t.deepEqual(
    revisions(store, CHANNEL),
    Array.from({ length: 23 }, (_, n) => n),
  );
  t.deepEqual(revisions(store, CHANNEL, { direction: 'backwards', from: 21, limit: 4 }), [21, 20, 19, 18]);
  t.deepEqual(revisions(store, 'kept'), [5, 6]);
  t.is((await collect(store.readAll({ filter: { on: 'type', names: ['said'] } }))).length, 5);
  t.is((await store.scavenge({ compact: true })).removed, 2);
  t.is((await store.verify()).events, 28);
  t.deepEqual(revisions(store, 'kept'), [5, 6]);
});

test('a store of format 1 that nothing was appended to stays one, for the version that wrote it', async (t) => {
  const folder = folderOfFormat1(t);
  const headBefore = await inClosed(folder, ({ facts }) => facts.get(HEAD_FACT)!);
  await (await openEventStore(folder, { words: WORDS }))[Symbol.asyncDispose]();
  t.deepEqual(await inClosed(folder, ({ facts }) => facts.get(HEAD_FACT)!), headBefore);
  t.is(decodeHead(headBefore).nextPosition, 29);
});

test('events are read with the words they were written with, whichever a later opening is given', async (t) => {
  const folder = temporaryFolder(t);
  const openings = [['text', 'said'], [], ['other', 'text', 'said'], ['said', 'new']];
  for (const [at, words] of openings.entries()) {
    await using store = await openEventStore(folder, { words });
    await store.append('a', [event(`${at}`)], at === 0 ? 'no-stream' : at - 1);
    const read = store.readStream('a');
    const texts = read.outcome === 'found' ? [...read.events].map(({ type, data }) => `${type} ${Buffer.from(data).toString()}`) : [];
    t.deepEqual(
      texts,
      Array.from({ length: at + 1 }, (_, n) => `said {"text":"${n}"}`),
    );
    await store.scavenge({ compact: true });
  }
});

test('a damaged list of words is reported at opening', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder, { words: WORDS });
    await store.append('a', events(1), 'no-stream');
  }
  await inClosed(folder, ({ facts }) => {
    const stored = facts.get(WORDS_FACT)!;
    stored[10]! ^= 1;
    return facts.put(WORDS_FACT, stored);
  });
  await t.throwsAsync(openEventStore(folder), { code: 'store-corrupted', message: /list of words/ });
});

test('pages of the log are filled', async (t) => {
  const folder = temporaryFolder(t);
  const body = { text: 'ö'.repeat(400) };
  {
    await using store = await openEventStore(folder, { words: WORDS });
    for (let n = 0; n < 60; n++) await store.append('a', [{ ...event(), data: Buffer.from(JSON.stringify(body)) }], n === 0 ? 'no-stream' : n - 1);
  }
  const pages = await inClosed(folder, ({ root }) => {
    const log = root.openDB('log', { encoding: 'binary', keyEncoding: 'binary' }) as unknown as { getStats(): { treeLeafPageCount: number } };
    return log.getStats().treeLeafPageCount;
  });
  t.is(pages, 60 / 4);
});
