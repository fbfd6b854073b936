import test from 'ava';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { collect, event, events, revisions, temporaryFolder } from '../test-fixture.ts';
import { openEventStore, setAsideInFolder } from '../open.ts';
import type { CopyFacts, EventStore, StoredEvent } from '../store.ts';
import { recordsOfCopy } from './copy.ts';
import { openRestoringLog } from './restore-copy.ts';

type Copied = { readonly parts: readonly Buffer[]; readonly facts: CopyFacts; readonly next: number };

async function copyOf(store: EventStore, from = 0): Promise<Copied> {
  const copy = store.copy(from);
  const parts = await collect(copy.parts);
  return { parts: parts.map(({ bytes }) => bytes), facts: copy.facts(), next: parts.at(-1)?.next ?? from };
}

async function restore(folder: string, { parts, facts }: Omit<Copied, 'next'>, before?: number): Promise<EventStore> {
  {
    await using log = await openRestoringLog(folder, facts);
    for (const bytes of parts) await log.write(bytes, before === undefined ? {} : { before });
    await log.finish();
  }
  return await openEventStore(folder);
}

const all = (store: EventStore): Promise<readonly StoredEvent[]> => collect(store.readAll());

const STREAMS = ['a', 'b-0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c', 'ü'] as const;
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), stream: fc.constantFrom(...STREAMS), count: fc.integer({ min: 1, max: 4 }) }) },
  fc.record({ do: fc.constantFrom('bound' as const, 'delete' as const, 'tombstone' as const), stream: fc.constantFrom(...STREAMS) }),
  fc.record({ do: fc.constantFrom('scavenge' as const, 'copy' as const) }),
);

test('a log made of copies, each from where the one before ended, is the same log, whatever was appended, bounded, deleted and scavenged', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      await using store = await openEventStore(temporaryFolder(t), { words: ['one', 'two'] });
      await store.append('first', events(1), 'any');
      const copies: Copied[] = [await copyOf(store)];
      for (const one of steps) {
        if (one.do === 'append') await store.append(one.stream, events(one.count), 'any');
        else if (one.do === 'bound') await store.setStreamMetadata(one.stream, { $maxCount: 2 });
        else if (one.do === 'delete') await store.deleteStream(one.stream, 'any');
        else if (one.do === 'tombstone') await store.tombstone(one.stream, 'any');
        else if (one.do === 'scavenge') await store.scavenge();
        else copies.push(await copyOf(store, copies.at(-1)!.next));
      }
      copies.push(await copyOf(store, copies.at(-1)!.next));
      await using restored = await restore(temporaryFolder(t), { parts: copies.flatMap(({ parts }) => parts), facts: copies.at(-1)!.facts });
      for (const stream of ['first', ...STREAMS]) {
        t.deepEqual(restored.readStream(stream).outcome, store.readStream(stream).outcome);
        t.deepEqual(streamOf(restored, stream), streamOf(store, stream));
        t.deepEqual(restored.streamMetadata(stream), store.streamMetadata(stream));
        const next = { one: await store.append(stream, events(1), 'any'), other: await restored.append(stream, events(1), 'any') };
        t.deepEqual(next.one, next.other);
      }
      // What was scavenged after its copy is in the copy: it is seen in `$all`, and goes with the next scavenge.
      await restored.scavenge();
      await store.scavenge();
      t.deepEqual((await all(restored)).map(keyOf), (await all(store)).map(keyOf));
      await restored.verify();
    }),
    { numRuns: 15 },
  );
});

const streamOf = (store: EventStore, stream: string) => {
  const read = store.readStream(stream);
  return read.outcome === 'found' ? Array.from(read.events) : read;
};
const keyOf = ({ stream, revision, position, type }: StoredEvent) => `${position} ${stream} ${revision} ${type}`;

test('a log is restored up to a position, and goes on from there', async (t) => {
  await using store = await openEventStore(temporaryFolder(t));
  await store.append('a', events(5), 'any');
  await store.append('b', events(5), 'any');
  const copied = await copyOf(store);
  const times = copied.parts.flatMap((bytes) => Array.from(recordsOfCopy(bytes)));
  t.deepEqual(
    times.map(({ position, id }) => [position, id]),
    (await all(store)).map(({ position, id }) => [position, id]),
  );
  await using restored = await restore(temporaryFolder(t), copied, 7);
  t.deepEqual(revisions(restored, 'b'), [0, 1]);
  t.like(await restored.append('b', events(1), 1), { outcome: 'appended', revision: 2, position: 7 });
  await restored.verify();
});

test('a restore that was interrupted goes on where it ended, and the folder is no store before', async (t) => {
  await using store = await openEventStore(temporaryFolder(t));
  const appended: Buffer[] = [];
  for (let part = 0; part < 3; part++) {
    const { next } = await copyOf(store);
    await store.append('a', events(4), 'any');
    appended.push(...(await copyOf(store, next)).parts);
  }
  const { facts } = await copyOf(store);
  const folder = temporaryFolder(t);
  {
    await using log = await openRestoringLog(folder, facts);
    t.is(await log.write(appended[0]!), 4);
  }
  await using restored = await (async () => {
    await using log = await openRestoringLog(folder, facts);
    t.is(log.next(), 4);
    await t.throwsAsync(openRestoringLog(folder, facts), { code: 'store-locked' });
    const written: number[] = [];
    for (const bytes of appended) written.push(await log.write(bytes));
    t.deepEqual(written, [0, 4, 4]);
    await log.finish();
    return undefined;
  })().then(() => openEventStore(folder));
  t.deepEqual(await all(restored), await all(store));
  await t.throwsAsync(openRestoringLog(folder, facts), { code: 'store-corrupted' });
});

test('a copy with a flipped bit, a missing end or parts in another order is refused', async (t) => {
  await using store = await openEventStore(temporaryFolder(t));
  await store.append('a', [event('text one!'), event('text two!')], 'any');
  const { parts, facts } = await copyOf(store);
  const whole = Buffer.concat(parts);
  const flipped = Buffer.from(whole);
  flipped[flipped.indexOf('text two!') + 3]! ^= 1;
  for (const bytes of [flipped, whole.subarray(0, -1), whole.subarray(0, -whole.length + 2), Buffer.concat([whole, whole])]) {
    t.throws(() => Array.from(recordsOfCopy(bytes)), { code: 'store-corrupted' });
    await using log = await openRestoringLog(temporaryFolder(t), facts);
    await t.throwsAsync(log.write(bytes), { code: 'store-corrupted' });
  }
  await using empty = await openRestoringLog(temporaryFolder(t), facts);
  await t.throwsAsync(empty.finish(), { code: 'store-corrupted' });
});

test('an event that was set aside stays so, unless an earlier copy has it from before', async (t) => {
  const folder = temporaryFolder(t);
  let earlier: Copied;
  {
    await using store = await openEventStore(folder);
    await store.append('a', [event('text 0!'), event('text 1!'), event('text 2!')], 'any');
    earlier = await copyOf(store);
  }
  const file = join(folder, 'log-1.mdb');
  const bytes = readFileSync(file);
  bytes[bytes.lastIndexOf('text 2!') + 5]! ^= 4;
  writeFileSync(file, bytes);
  await setAsideInFolder(folder, { position: 2, reason: 'a bit flipped' });
  await using store = await openEventStore(folder);
  await using without = await restore(temporaryFolder(t), await copyOf(store));
  t.deepEqual(revisions(without, 'a'), [0, 1]);
  t.deepEqual(await without.append('a', events(1), 1), { outcome: 'wrong-expected-revision', current: 2 });
  await without.verify();
  const later = await copyOf(store, earlier.next);
  await using back = await restore(temporaryFolder(t), { parts: [...earlier.parts, ...later.parts], facts: later.facts });
  t.deepEqual(revisions(back, 'a'), [0, 1, 2]);
  await back.verify();
});
