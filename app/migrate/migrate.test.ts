import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { v7 } from 'uuid';
import type { PersonId } from '../../domain/shared/ids.ts';
import { openEventStore } from '../../event-store/open.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { partitionedLog } from '../../ports/event-log/partitioned.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { covers, offsetIn } from '../../ports/event-log/position.ts';
import { evenSlotTable } from '../../ports/event-log/slots.ts';
import { startMediaFolder } from '../../ports/media/folder.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { copyEvents } from './copy-events.ts';
import { copyObjects } from './copy-objects.ts';
import { copyRecords } from './copy-records.ts';
import { destroyIn } from './destroy-old.ts';
import { isTruncatedIn, truncateInTarget } from './forgotten-streams.ts';
import { MigrationFailed } from './migration-failed.ts';
import { openProgress } from './progress-file.ts';
import { compareStreams } from './verify-streams.ts';

const event = (text = 'a text') => ({
  id: v7(),
  type: 'chat.message-posted.v1',
  data: Buffer.from(JSON.stringify({ text })),
  metadata: Buffer.from('{"at":"now"}'),
});

/** A source, and two logs with a memory of ids as short as EventStoreDB's. */
async function given() {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const source = starting.use(await openEventStore(join(folder, 'source')));
  const open = (log: number) => openEventStore(join(folder, `target-${log}`), { idempotency: 'eventstoredb' });
  const logs = [startEmbeddedLog(await open(0), { log: 0, name: 'main' }), startEmbeddedLog(await open(1), { log: 1, name: 'log-1' })];
  const target = starting.use(partitionedLog(logs, evenSlotTable(2)));
  const progress = starting.use(openProgress(join(folder, 'progress.sqlite')));
  const started = starting.move();
  return { source, target, progress, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function* everyEventOf(log: Pick<EventLog, 'logs' | 'readAll'>) {
  for (const name of log.logs) yield* log.readAll(name);
}

const STREAMS = ['channel-1', 'messages-1', 'user-2', 'post-3', 'snapshot-post-3', 'checkpoint-planning'];

test('events are copied with their ids and revisions, however often it is interrupted while others are appended, and a place is never ahead', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ stream: fc.constantFrom(...STREAMS), count: fc.integer({ min: 1, max: 4 }), stopAfter: fc.option(fc.nat(6)) }), { maxLength: 12 }),
      async (turns) => {
        await using all = await given();
        const { source, target, progress } = all;
        const copied = new Map<string, number>();
        const sourcePosition = new Map((await Array.fromAsync(source.readAll())).map(({ id, position }) => [id, position]));
        for (const { stream, count, stopAfter } of turns) {
          await source.append(
            stream,
            Array.from({ length: count }, () => event()),
            'any',
          );
          let left = stopAfter ?? Infinity;
          // As where a process is killed between two appends.
          const append: EventLog['append'] = async (...args) => {
            if (left-- <= 0) throw new Error('killed');
            return await target.append(...args);
          };
          await copyEvents({ source, target: { ...target, append }, progress }, { signal: undefined, onCopied: () => undefined }).catch((error: Error) =>
            t.is(error.message, 'killed'),
          );
        }
        await copyEvents({ source, target, progress }, { signal: undefined, onCopied: () => undefined });
        const compared = await compareStreams(
          () => source.readAll(),
          () => everyEventOf(target),
          undefined,
        );
        t.deepEqual(compared.differing, []);
        for await (const { id, position } of source.readAll()) sourcePosition.set(id, position);
        for await (const { id, position, stream } of everyEventOf(target)) {
          t.regex(stream, /^(channel|messages|user|post)-/);
          copied.set(id, sourcePosition.get(id) ?? -1);
          // What a place covers was before it.
          for (let offset = 0; offset < (sourcePosition.get(id) ?? 0); offset++) {
            const place = progress.placeUpTo(offset);
            t.false(place !== undefined && offsetIn(place, Number(position[0])) !== undefined && covers(place, position as Position), `${id} at ${position}`);
          }
        }
        t.is(copied.size, compared.events);
      },
    ),
    { numRuns: 8 },
  );
});

test('what was copied and is gone since is taken away, also where the copy was killed before it knew that it had copied', async (t) => {
  await using folder = await temporaryFolder();
  const [from, to, vaultFile] = ['from', 'to', 'vault.sqlite'].map((name) => join(folder.path, name)) as [string, string, string];
  await using media = await startMediaFolder(to);
  await using vault = await startSqliteVault(vaultFile);
  await using target = await startSqliteVault(join(folder.path, 'target.sqlite'));
  using progress = openProgress(join(folder.path, 'progress.sqlite'));
  mkdirSync(join(from, 'kept'), { recursive: true });
  for (const name of ['notes.txt', 'kept/one', 'kept/two']) writeFileSync(join(from, name), name);
  await vault.put('recovery-code', 'one', { person: 'ann' as PersonId });
  const killed = (): never => {
    throw new Error('killed');
  };
  /** One pass, killed once something was put. */
  const pass = async (isKilled: boolean) => {
    const options = { pass: progress.nextPass(), signal: undefined, onCopied: isKilled ? killed : () => undefined };
    const killable: typeof target.put = async (...args) => {
      await target.put(...args);
      if (isKilled) killed();
    };
    await copyRecords(vaultFile, { vault: { ...target, put: killable }, progress }, options).catch((error: Error) => t.is(error.message, 'killed'));
    await copyObjects(from, { media, mediaFolder: to, progress }, options).catch((error: Error) => t.is(error.message, 'killed'));
  };
  await pass(true);
  t.truthy(await target.get('recovery-code', 'one'));
  const [copied] = await media.list('kept');
  await vault.remove('recovery-code', 'one');
  rmSync(join(from, copied!.key));
  await pass(false);
  t.is(await target.get('recovery-code', 'one'), undefined);
  t.deepEqual(
    (await media.list('kept')).map(({ key }) => key),
    ['kept/one', 'kept/two'].filter((key) => key !== copied?.key),
  );
});

test('streams that differ are named, whatever differs', async (t) => {
  const one = { stream: 'post-1', revision: 0, id: 'a', type: 'b', data: Buffer.from('{}'), metadata: Buffer.from('{"x":1}') };
  const reading = (...events: readonly (typeof one)[]) =>
    async function* () {
      yield* events;
    };
  const other = { ...one, stream: 'post-2' };
  t.deepEqual(await compareStreams(reading(one, other), reading(other, one), undefined), { events: 2, differing: [] });
  for (const changed of [
    { ...one, revision: 1 },
    { ...one, id: 'c' },
    { ...one, type: 'd' },
    { ...one, data: Buffer.from('{"x":1}'), metadata: Buffer.from('{}') },
    { ...one, metadata: Buffer.from('{"x":2}') },
  ])
    t.deepEqual((await compareStreams(reading(one, other), reading(changed, other), undefined)).differing, ['post-1']);
  t.deepEqual((await compareStreams(reading(one, other), reading(other), undefined)).differing, ['post-1']);
  t.deepEqual((await compareStreams(reading(one), reading(one, other), undefined)).differing, ['post-2']);
});

test('a stream of which events are gone, or that the servers have otherwise, is named and ends the copy', async (t) => {
  await using first = await given();
  await first.source.append('post-1', [event(), event(), event()], 'any');
  await first.source.setStreamMetadata('post-1', { $tb: 2 });
  await first.source.scavenge();
  const options = { signal: undefined, onCopied: () => undefined };
  await t.throwsAsync(copyEvents(first, options), { instanceOf: MigrationFailed, message: /post-1 can’t be copied from revision 2/ });
  await using second = await given();
  await second.source.append('post-1', [event()], 'any');
  await second.target.append('post-1', [event('another')], 'no-stream');
  await t.throwsAsync(copyEvents(second, options), { instanceOf: MigrationFailed, message: /post-1 can’t be copied from revision 0/ });
});

test('of what was forgotten, before it was copied or since, its last event is there and nothing else, however often it is copied', async (t) => {
  await using all = await given();
  const { source, target, progress } = all;
  const copy = () => copyEvents({ source, target, progress }, { signal: undefined, onCopied: () => undefined });
  const forget = async (stream: string) => {
    await source.append(stream, [{ ...event(), type: 'notifications.delivery-forgotten.v1' }], 'any');
    await source.setStreamMetadata(stream, { $tb: 3 });
  };
  for (const stream of ['delivery-before', 'delivery-since', 'delivery-late', 'delivery-kept']) await source.append(stream, [event(), event(), event()], 'any');
  await forget('delivery-before');
  await source.scavenge();
  await copy();
  await forget('delivery-since');
  // The process was stopped before it truncated this one.
  await source.append('delivery-late', [{ ...event(), type: 'notifications.delivery-forgotten.v1' }], 'any');
  for (let n = 0; n < 2; n++) await copy();
  const compared = await compareStreams(
    () => source.readAll(),
    () => everyEventOf(target),
    undefined,
    isTruncatedIn(source),
  );
  t.deepEqual(compared.differing, []);
  for (let n = 0; n < 2; n++) await truncateInTarget(source, target, undefined);
  for (const stream of ['delivery-before', 'delivery-since', 'delivery-late'])
    t.deepEqual(
      (await Array.fromAsync(target.readStream(stream))).map(({ type }) => type),
      ['notifications.delivery-forgotten.v1'],
      stream,
    );
  t.is((await Array.fromAsync(target.readStream('delivery-kept'))).length, 3);
});

test('media that the servers have, or may have, in the old folder is neither deleted with it nor copied onto itself', async (t) => {
  await using folder = await temporaryFolder();
  const at = (...names: readonly string[]) => join(folder.path, ...names);
  const given = () => {
    for (const name of ['media/kept', 'events', 'outbox/below']) mkdirSync(at('data', name), { recursive: true });
    for (const name of ['vault.sqlite', 'moved.json', 'notes.txt', 'media/kept/one', 'media/kept/two']) writeFileSync(at('data', name), name);
  };
  const recorded: string[] = [];
  const destroy = (mediaOfServers: string | undefined) => destroyIn(at('data'), { mediaOfServers, record: async () => void recorded.push('recorded') });
  given();
  mkdirSync(at('elsewhere'));
  symlinkSync(at('data/media'), at('link'));
  symlinkSync(at('elsewhere'), at('data/outbox/link'));
  symlinkSync(at('data'), at('old'));
  for (const inTheWay of ['data/events', 'data/events/media', 'old/events/not/there', 'data/outbox/link'])
    await t.throwsAsync(destroy(at(inTheWay)), { message: /Nothing was deleted/ }, inTheWay);
  t.true(recorded.length === 0 && existsSync(at('data/vault.sqlite')));
  for (const theirs of ['data/media', 'old/media', 'link', 'link/.', 'data', 'data/media/kept', 'data/media/not/there']) {
    given();
    const { deleted, left } = await destroy(at(theirs));
    t.true(deleted.includes('vault.sqlite') && deleted.includes('events'), theirs);
    t.deepEqual(left.toSorted(), ['media', 'notes.txt'], theirs);
    t.true(existsSync(at('data/media/kept/one')), theirs);
  }
  t.deepEqual((await destroy('data/media')).left.toSorted(), ['media', 'notes.txt'], 'from where they are started isn’t known');

  await using media = await startMediaFolder(at('link'));
  using progress = openProgress(at('progress.sqlite'));
  const options = { pass: progress.nextPass(), signal: undefined, onCopied: () => t.fail() };
  t.is(await copyObjects(at('data/media'), { media, mediaFolder: at('link'), progress }, options), 0);

  for (const theirs of [undefined, at('elsewhere'), at('data/media-of-servers')]) {
    given();
    t.deepEqual((await destroy(theirs)).left, ['notes.txt']);
    t.false(existsSync(at('data/media')));
  }
});
