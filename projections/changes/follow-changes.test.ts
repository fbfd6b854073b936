/** Whoever follows the changes has in the end what the views have, wherever they stopped and went on. */
import test from 'ava';
import fc from 'fast-check';
import { sealing, type TidingsEvent } from '../../domain/events.ts';
import { OFFERED_PROJECTIONS } from '../../domain/subscriptions/offered.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { emptyTally } from '../../ports/cache-tallies.ts';
import type { EventBatch, EventLog, StoredEvent } from '../../ports/event-log/port.ts';
import { evenSlotTable, logOf } from '../../ports/event-log/slots.ts';
import { postStream, userStream } from '../../domain/shared/streams.ts';
import type { Document } from '../../ports/views/port.ts';
import { projectors } from '../read-models/projectors.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { foldedDocuments, givenLog, inStreamOrder, interleaved, type ProjectionsFixture } from '../test-fixture.ts';
import { everything } from '../testing/history.ts';
import { startViewReader } from '../view-access/view-reader.ts';
import { readCursor, writeCursor, type ChangesCursor } from './cursor.ts';
import type { DocumentChange, ProjectionChanges } from './follow-changes.ts';
import { projectionChanges } from './projection-changes.ts';
import { offeredCollections } from './offered-collections.ts';
import { shareNames } from './shared-names.ts';

const QUICK = { idleCheckpointMs: 20, batchIntervalMs: 1 };

async function changesOf({ dependencies, log, views, codec }: ProjectionsFixture) {
  const reader = await startViewReader({ ...dependencies, views }, { projectors });
  return { reader, changes: projectionChanges({ log, views, codec }, reader), [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() };
}

/** Of a log that doesn't answer. */
async function* silent(signal: AbortSignal | undefined): AsyncGenerator<EventBatch, void, undefined> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
  yield* [];
}

type Table = Map<string, DocumentChange>;

/** Takes what is told, as a subscriber would: nothing older than what it has. Ends when all is told, or after so many batches. */
async function takeIn(
  { follow }: ProjectionChanges,
  projection: (typeof OFFERED_PROJECTIONS)[number],
  { table, after, batchesMax, part }: { table: Table; after: ChangesCursor | undefined; batchesMax: number; part?: (id: string) => boolean },
): Promise<{ readonly cursor: ChangesCursor | undefined; readonly all: boolean }> {
  const stop = new AbortController();
  const collections = new Set(offeredCollections(projection).keys());
  let cursor = after;
  let batches = 0;
  for await (const batch of follow(projection, { after, collections, isWanted: (_, id) => part?.(id) ?? true, signal: stop.signal })) {
    for (const change of batch.changes) {
      const key = `${change.collection}/${change.id}`;
      if ((table.get(key)?.version ?? '') <= change.version) table.set(key, change);
    }
    cursor = batch.cursor;
    batches += 1;
    const isFurther = JSON.stringify(cursor) !== JSON.stringify(after);
    if (batch.caughtUp || (batches >= batchesMax && isFurther)) {
      stop.abort();
      return { cursor, all: batch.caughtUp };
    }
  }
  return { cursor, all: false };
}

const documentsIn = (table: Table) =>
  Object.fromEntries(
    [...table].flatMap(([key, { document }]) => (document === undefined ? [] : [[key, document] as const])).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

async function documentsInViews({ views }: ProjectionsFixture, projection: (typeof OFFERED_PROJECTIONS)[number], physical: (collection: string) => string) {
  const found: [string, Document][] = [];
  for (const collection of offeredCollections(projection).keys()) {
    const documents = await views.find(physical(collection), { order: { _id: 1 }, limit: 1_000 });
    for (const { _id, ...document } of documents) found.push([`${collection}/${_id}`, document]);
  }
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test('a subscriber has what the views have, from any beginning and after any interruption', async (t) => {
  const logs = 2;
  {
    await using given = await givenLog({ logs });
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: projectors });
    await using following = await changesOf(given);
    const tables = new Map(OFFERED_PROJECTIONS.map((name) => [name, { table: new Map() as Table, cursor: undefined as ChangesCursor | undefined }]));
    const choices = fc.sample(fc.array(fc.nat(50), { minLength: 200, maxLength: 200 }), { numRuns: 1, seed: logs })[0] ?? [];
    const mixed = interleaved(everything, choices);
    const isErasure = ({ type }: { readonly type: string }) => type === 'people.person-erased.v1'; // after which nothing of the person can be sealed
    const events = [...mixed.filter((event) => !isErasure(event)), ...mixed.filter(isErasure)];
    for (const [index, { stream, type, data }] of events.entries()) {
      await given.append(stream, { type, data } as TidingsEvent);
      // Some begin early, some late; each is interrupted after a few batches, and goes on where it was.
      if (index % 40 !== 0) continue;
      for (const [nth, name] of OFFERED_PROJECTIONS.entries()) {
        const one = tables.get(name)!;
        if (index >= nth * 10) one.cursor = (await takeIn(following.changes, name, { ...one, after: one.cursor, batchesMax: 1 + ((nth + index) % 3) })).cursor;
      }
    }
    for (const [name, one] of tables) {
      for (let isAll = false; !isAll;) {
        const { cursor, all } = await takeIn(following.changes, name, { ...one, after: one.cursor, batchesMax: 5 });
        one.cursor = cursor;
        isAll = all;
      }
      const views = await documentsInViews(given, name, (collection) => `${collection}@${running.versions.active(name).version}`);
      t.deepEqual(documentsIn(one.table), views, name);
      t.true(Object.keys(views).length > 0, name);
    }
  }
});

test('who stops within the erasure of one person, and goes on when another’s in another log comes first, is told of both', async (t) => {
  await using given = await givenLog({ logs: 2 });
  const at = '2026-11-30T12:00:00.000Z' as Instant;
  const personIn = (log: number) =>
    Array.from({ length: 50 }, (_, number) => String(number) as PersonId).find((one) => logOf(evenSlotTable(2), userStream(one)) === log)!;
  // The first one's documents stand behind the other's.
  const people = [0, 1].map((log) => ({ stream: userStream(personIn(log)), person: personIn(log), post: `p${9 - log}` as PostId }));
  for (const { person, post } of people)
    await given.append(postStream(post), { type: 'feed.post-published.v1', data: { post, author: person, text: `by ${person}`, delivered: 'push', at } });
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: projectors });
  await using following = await changesOf(given);
  const table: Table = new Map();
  const { cursor: before } = await takeIn(following.changes, 'posts', { table, after: undefined, batchesMax: 1_000 });
  t.deepEqual([...table.values()].map(({ document }) => String(document?.['text'])).toSorted(), people.map(({ person }) => `by ${person}`).toSorted());
  for (const { stream } of people) await given.append(stream, { type: 'people.person-erased.v1', data: { login: stream } });

  /** As where the other log is slow to answer. */
  const only = (log: number): ProjectionChanges => {
    const subscribe: EventLog['subscribe'] = (name, options) => (name === `log-${log}` ? given.log.subscribe(name, options) : silent(options.signal));
    return projectionChanges({ ...given, log: { ...given.log, subscribe } }, following.reader);
  };
  const within = await takeIn(only(0), 'posts', { table, after: before, batchesMax: 1 });
  t.truthy(within.cursor?.condition, 'it stopped within the first erasure');
  const behind = await takeIn(only(1), 'posts', { table, after: within.cursor, batchesMax: 2 });
  t.true((await takeIn(following.changes, 'posts', { table, after: behind.cursor, batchesMax: 1_000 })).all);
  t.deepEqual(
    [...table.values()].map(({ document }) => document?.['text']),
    [null, null],
  );
});

test('a cursor is read as it was written', (t) => {
  const position = '0.12_1.7' as never;
  for (const cursor of [
    { position: undefined },
    { position },
    { position, listing: { collection: 'posts', after: 'é~/' } },
    { position: undefined, listing: { collection: 'friend-requests', after: '' } },
    { position, condition: { event: '1.8' as never, index: 2, after: 'p1' } },
  ] as readonly ChangesCursor[]) {
    const text = writeCursor(cursor, (one) => one);
    t.deepEqual(
      readCursor(text, (value) => ({ outcome: 'understood', value: value as never })),
      { outcome: 'understood', value: cursor },
    );
  }
  for (const text of ['', 'x', 'e', 'e~0.1~posts~', 'l~0.1', 'c~0.1~x~', 'c~0.1~2~', 'e~abc'])
    t.is(readCursor(text, (value) => ({ outcome: 'understood', value: value as never })).outcome, 'malformed', text);
});

test('without their personal fields, documents say nothing that people wrote', async (t) => {
  await using given = await givenLog();
  const events = inStreamOrder(everything);
  const personal = new Set<unknown>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && value.length > 2) personal.add(value);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) collect(one);
  };
  for (const event of events) {
    const fields = (sealing as Readonly<Record<string, Readonly<Record<string, string>>>>)[event.type] ?? {};
    for (const field of Object.keys(fields)) collect((event.data as Readonly<Record<string, unknown>>)[field]);
  }
  for (const id of ['ann', 'bob', 'cyd']) personal.delete(id); // people are named by their ids
  t.true(personal.size > 50);
  const told = new Set<string>();
  const look = (value: unknown, where: string): void => {
    if (typeof value === 'string' && personal.has(value)) told.add(`${where}: ${value}`);
    else if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) look(one, `${where}.${key}`);
  };
  for (const name of OFFERED_PROJECTIONS) {
    const projector = projectors.find((one) => one.name === name)!;
    const folded = await foldedDocuments(given.views, projector, [events]);
    for (const [collection, fields] of offeredCollections(name)) {
      for (const document of Object.values(folded[collection] ?? {})) {
        for (const [field, value] of Object.entries(document)) if (!fields.has(field)) look(value, `${collection}.${field}`);
      }
    }
  }
  t.deepEqual([...told].toSorted(), []);
});

test('an event is decoded once for all who ask at the same time, and again after an outage', async (t) => {
  let isAway = false;
  const asked: string[] = [];
  const decode = async (events: readonly StoredEvent[]) => {
    asked.push(...events.map(({ position }) => position));
    if (isAway) throw new Error('The keys are away.');
    return events.map(({ type, position }) => (type === 'damaged' ? new Error('It is damaged.') : ({ metadata: { at: `at ${position}` } } as never)));
  };
  const namesOf = shareNames(decode, ({ type }) => type !== 'fleeting');
  const events = ['lasting', 'damaged', 'fleeting'].map((type, n) => ({ position: `0.${n}`, type }) as StoredEvent);
  const ask = (of = 'posts@1') => namesOf(events, { of, name: async () => ({ ids: new Map(), conditions: [] }) });
  isAway = true;
  await t.throwsAsync(Promise.all([ask(), ask()]), { message: 'The keys are away.' });
  isAway = false;
  asked.length = 0;
  const [first, second] = await Promise.all([ask(), ask()]);
  t.deepEqual(
    first.map(({ at }) => at),
    ['at 0.0', 'at 0.2'],
  );
  t.deepEqual(second, first);
  t.deepEqual(asked.toSorted(), ['0.0', '0.1', '0.2', '0.2'], 'but for what may be answered otherwise next time');
  await ask('posts@2');
  t.is(asked.length, 7, 'names are a projector’s own');
});

test('what events concern is kept by how many documents they name, and of those that name very many not at all', async (t) => {
  let decoded = 0;
  const decode = async (events: readonly StoredEvent[]) => {
    decoded += events.length;
    return events.map(() => ({ metadata: { at: 'now' } }) as never);
  };
  const tally = emptyTally();
  const namesOf = shareNames(decode, () => true, tally);
  const ask = async (position: string, count: number) => {
    const before = decoded;
    const ids = new Map([['members', new Set(Array.from({ length: count }, (_, n) => `${position}-${n}`))]]);
    const [one] = await namesOf([{ position, type: 'a' } as StoredEvent], { of: 'lists@1', name: async () => ({ ids, conditions: [] }) });
    t.is(one?.named.ids.get('members')?.size, count);
    return decoded > before ? 'decoded' : 'kept';
  };
  for (let n = 0; n < 400; n++) await ask(`0.${n}`, 500);
  t.is(await ask('0.0', 500), 'kept');
  t.is(tally.evictions, 0);
  await ask('0.400', 500);
  t.is(await ask('0.0', 500), 'decoded', 'the oldest gives way');
  t.is(tally.evictions, 2, 'and each that comes takes the place of one as large');
  t.is(await ask('0.399', 500), 'kept');

  t.is(await ask('1.0', 1_001), 'decoded');
  t.is(await ask('1.0', 1_001), 'decoded');
  t.is(tally.evictions, 2, 'it took no place');
  t.deepEqual(await Promise.all([ask('1.1', 1_001), ask('1.1', 1_001)]).then(() => decoded), 405, 'but those who ask meanwhile share it');
});
