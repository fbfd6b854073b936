/** Logs of servers, with clocks that tests set, as one log of a data folder. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import { startEventStoreServer } from '../../event-store/grpc/server.ts';
import { openEventStore } from '../../event-store/open.ts';
import type { EventStore, NewEvent } from '../../event-store/store.ts';
import { openKeptLog } from '../../ports/event-log/eventstore/kept-log.ts';
import type { KeptRecord } from '../../ports/vault/sqlite-records.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { copyInto } from '../backup/make-backup.ts';
import { readComplete } from '../backup/manifest.ts';
import { restoreLog } from '../backup/restore-files.ts';
import { verifyBackup } from '../backup/verify-backup.ts';
import { FINGERPRINTED, fingerprintBySecret } from '../start-checks/vault-identity.ts';
import { copyOfServers, endOfServers, type LogsOfServers } from './copy-servers.ts';

const START = '2026-11-29T08:00:00.000Z' as Instant;
const minute = (minutes: number): Instant => instant(epochMs(START) + minutes * 60_000);
const DEADLINES = { appendMs: 10_000, readMs: 5_000 };
const SEGMENT_BYTES = 1_000;

async function givenServers(count: number) {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  let minutes = 0;
  const stores: EventStore[] = [];
  const logs: LogsOfServers['logs'][number][] = [];
  for (let log = 0; log < count; log++) {
    const store = starting.use(await openEventStore(join(folder, `store-${log}`), { now: () => epochMs(minute(minutes)), idempotency: 'eventstoredb' }));
    const server = starting.use(await startEventStoreServer({ store }, { host: '127.0.0.1', port: 0, tls: 'insecure' }));
    stores.push(store);
    logs.push(starting.use(openKeptLog({ connectionString: server.connectionString, log, deadlines: DEADLINES })));
  }
  const servers: LogsOfServers = { logs, logOf: (stream) => (stream.endsWith('-second') ? 1 : 0) };
  const append = async (log: number, stream: string, events = 1) => {
    const event = (): NewEvent => ({
      id: randomUUID(),
      type: 'told',
      data: Buffer.from(`{"text":"${'words '.repeat(10)}"}`),
      metadata: Buffer.from('{"a":1}'),
    });
    await stores[log]?.append(stream, Array.from({ length: events }, event), 'any');
  };
  const started = starting.move();
  return {
    folder,
    stores,
    servers,
    append,
    at: (of: number) => (minutes = of),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

const SECRET = Buffer.from('the secret of a test').toString('base64');

async function* records(): AsyncGenerator<readonly KeptRecord[], void, undefined> {
  yield [{ kind: 'installation-secret', id: FINGERPRINTED, owner: null, record: { secret: SECRET } }];
}

/** `stopAfter`: so many parts of the log. */
async function copyOnce(servers: LogsOfServers, folder: string, { to, stopAfter = Infinity }: { readonly to?: Instant; readonly stopAfter?: number }) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const end = await endOfServers(servers, to, signal);
  if (end === undefined) throw new Error('no log has any');
  let left = stopAfter;
  const onCopied = () => void (--left === 0 && stopping.abort(new Error('interrupted')));
  await copyInto(
    {
      installation: fingerprintBySecret(Buffer.from(SECRET, 'base64')),
      epoch: 0,
      mediaFolder: undefined,
      clock: () => minute(1_000),
      head: () => undefined,
      copyLog: (before) => copyOfServers(before, servers, { end, signal, onCopied, partEventsMax: 5 }),
      readVault: records,
    },
    { folder, vault: 'replay', bytesPerSecondMax: Infinity, segmentBytes: SEGMENT_BYTES, signal },
  );
}

async function restored(backup: string, into: string, to: Instant | undefined) {
  mkdirSync(into, { recursive: true });
  await restoreLog(join(into, 'events'), { folder: backup, ...(await readComplete(backup)) }, { to, signal: undefined, onWritten: () => undefined });
  return await openEventStore(join(into, 'events'));
}

const placed = (events: readonly { readonly stream: string; readonly revision: number; readonly id: string; readonly created: number }[]) =>
  events.map(({ stream, revision, id, created }) => `${stream} ${revision} ${id} ${created}`);
const revisionsOf = (store: EventStore, stream: string): readonly number[] => {
  const read = store.readStream(stream);
  return read.outcome === 'found' ? Array.from(read.events, ({ revision }) => revision) : [];
};

test('the logs up to a moment are one log, in the order of time, wherever the copy is interrupted', async (t) => {
  t.timeout(120_000);
  await using given = await givenServers(2);
  const { stores, servers, append } = given;
  for (let minutes = 0; minutes < 60; minutes++) {
    given.at(minutes);
    await append(0, 'post-first', 2);
    if (minutes % 2 === 0) await append(1, 'post-second');
    await append(0, 'checkpoint-planning');
    await append(1, 'snapshot-post-second');
    await append(0, 'post-that-was-moved-second'); // it is in the other log now
  }
  const to = minute(40);
  const wanted: readonly (readonly [number, string])[] = [
    [0, 'post-first'],
    [1, 'post-second'],
  ];
  const all = await Promise.all(
    wanted.map(async ([log, stream]) => (await Array.fromAsync(stores[log]?.readAll() ?? [])).filter((event) => event.stream === stream)),
  );
  const expected = all
    .flat()
    .filter(({ created }) => created <= epochMs(to))
    .toSorted((one, other) => one.created - other.created);
  t.is(expected.length, 41 * 2 + 21);
  const folder = join(given.folder, 'copy');
  for (const stopAfter of [1, 3, 6]) await t.throwsAsync(copyOnce(servers, folder, { to, stopAfter }), { message: 'interrupted' });
  await copyOnce(servers, folder, { to });
  t.deepEqual((await verifyBackup(folder)).damage, []);
  const { manifest } = await readComplete(folder);
  t.true(manifest.segments.length > 5, 'in several segments, of which the last were copied by the last run');
  await using store = await restored(folder, join(given.folder, 'there'), to);
  t.deepEqual(placed(await Array.fromAsync(store.readAll())), placed(expected));

  await copyOnce(servers, folder, {}); // goes on to the end, with what was copied before
  await using whole = await restored(folder, join(given.folder, 'whole'), undefined);
  t.is((await Array.fromAsync(whole.readAll())).length, 60 * 2 + 30);
  t.is(await endOfServers(servers, minute(-1), undefined), undefined);
});

test('a stream has in the copy what the servers show of it, also where they have scavenged what was before', async (t) => {
  await using given = await givenServers(1);
  const { stores, servers, append } = given;
  const [server] = stores;
  await append(0, 'delivery-forgotten', 5);
  await append(0, 'part-of-work', 8);
  await append(0, 'post-whole', 4);
  await server?.setStreamMetadata('delivery-forgotten', { $tb: 4 });
  await server?.setStreamMetadata('part-of-work', { $maxCount: 3 });
  await server?.scavenge();
  given.at(10);
  await append(0, 'part-of-work', 2);
  await append(0, 'post-late', 3);
  await server?.setStreamMetadata('post-late', { $tb: 2 });
  const folder = join(given.folder, 'copy');
  await copyOnce(servers, folder, {});
  await using store = await restored(folder, join(given.folder, 'there'), undefined);
  for (const [stream, revisions] of [
    ['delivery-forgotten', [4]],
    ['part-of-work', [7, 8, 9]],
    ['post-whole', [0, 1, 2, 3]],
    ['post-late', [2]],
  ] as const) {
    t.deepEqual(server && revisionsOf(server, stream), revisions);
    t.deepEqual(revisionsOf(store, stream), revisions);
  }
  t.true((await store.verify()).events > 0);

  const early = join(given.folder, 'early');
  await copyOnce(servers, early, { to: minute(5) });
  await using before = await restored(early, join(given.folder, 'before'), minute(5));
  t.deepEqual(revisionsOf(before, 'part-of-work'), [5, 6, 7]);
  t.deepEqual(revisionsOf(before, 'post-late'), []);
});

test('a server that goes away while its log is copied is an outage', async (t) => {
  await using given = await givenServers(1);
  await given.append(0, 'post-first', 10);
  t.not(await endOfServers(given.servers, undefined, undefined), undefined);
  const gone = openKeptLog({ connectionString: 'esdb://127.0.0.1:1?tls=false', log: 0, deadlines: { appendMs: 500, readMs: 500 } });
  await t.throwsAsync(endOfServers({ logs: [gone], logOf: () => 0 }, undefined, undefined), { name: 'LogUnavailable' });
  await gone[Symbol.asyncDispose]();
});
