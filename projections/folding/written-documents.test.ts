import test from 'ava';
import fc from 'fast-check';
import type { Recorded } from '../../domain/shared/event.ts';
import { emptyTally } from '../../ports/cache-tallies.ts';
import { positionAt } from '../../ports/event-log/position.ts';
import type { LoadedDocument, ViewSchema, ViewStore } from '../../ports/views/port.ts';
import type { Collection } from '../projection.ts';
import { emptyViews } from '../test-fixture.ts';
import { foldBatch, type FoldDefinition, type FoldResult, type LoadForFold, type ProjectEvent } from './fold.ts';
import { rememberWritten, WrittenDocuments, type RememberedViews } from './written-documents.ts';

const ROOMS = 'rooms';
const TOTALS = 'totals';
const IDS = ['r1', 'r2', 'r3'] as const;
const schema: ViewSchema = { [ROOMS]: { indexes: [{ fields: ['owner'] }] }, [TOTALS]: { indexes: [] } };

type Kind = 'open' | 'write' | 'close' | 'reopen' | 'insist' | 'count' | 'leave' | 'clear';
type Change = { readonly kind: Kind; readonly room: string };
type Room = { readonly owner: string; readonly log: readonly string[]; readonly isClosed?: true };

/** The order of events can be seen in what it comes to, and whether an event changes anything depends on what is there. */
const project: ProjectEvent = (event, views) => {
  const { kind, room } = event.data as Change;
  const rooms = views[ROOMS] as unknown as Collection<Room>;
  const totals = views[TOTALS] as unknown as Collection<{ readonly last?: string }>;
  const line = `${event.stream}@${event.revision}`;
  const noted = (before: Room | undefined): Room => ({ ...before, owner: before?.owner ?? event.stream, log: [...(before?.log ?? []), line] });
  switch (kind) {
    case 'open':
      return void rooms.create(room, event, noted);
    case 'write':
      return void rooms.update(room, event, (before) => (before?.isClosed ? before : noted(before)));
    case 'insist':
      return void rooms.update(room, event, (before) => {
        if (before?.isClosed) throw new Error('It is closed.');
        return noted(before);
      });
    case 'close':
      return void rooms.update(room, event, (before) => before && { ...noted(before), isClosed: true });
    case 'reopen':
      return void rooms.update(room, event, (before) => {
        if (before === undefined) return undefined;
        const { isClosed: _no, ...open } = before;
        return noted(open);
      });
    case 'leave':
      return void rooms.forget(room, event, () => undefined);
    case 'count': {
      const change = rooms.update(room, event, (before) => before && noted(before));
      if (change === 'changed') totals.increment('changes', { n: 1 });
      return totals.merge(room, (before) => ({ last: before?.last !== undefined && before.last > line ? before.last : line }));
    }
    case 'clear':
      return rooms.patch({ owner: event.stream }, { log: [] });
  }
};

const fold: FoldDefinition = { project, collections: [ROOMS, TOTALS], physical: (collection) => collection };

type Batch = readonly Recorded[];
type Runner = { readonly name: string; readonly views: RememberedViews };

const applyFrom = (views: { readonly load: LoadForFold }, batch: Batch) => foldBatch(views, fold, batch);

async function foldRemembering({ views }: Runner, store: ViewStore, batch: Batch): Promise<FoldResult> {
  const recalled = views.recall();
  const folded = await applyFrom(recalled, batch);
  return recalled.isSure(folded) ? folded : await applyFrom(store, batch);
}

let places = 0;
const commitOf = async (store: ViewStore, projection: string, { writes }: FoldResult) => ({
  projection,
  from: await store.checkpoint(projection),
  to: String(places++),
  writes,
});

/** As the runner does: what is refused is folded again. `meanwhile`: after the first fold and before its commit. */
async function run(runner: Runner, store: ViewStore, batch: Batch, meanwhile: () => Promise<void> = async () => undefined): Promise<FoldResult> {
  let folded = await foldRemembering(runner, store, batch);
  await meanwhile();
  for (let tries = 0; tries < 5; tries++) {
    if ((await runner.views.commit(await commitOf(store, runner.name, folded))) === 'committed') return folded;
    folded = await foldRemembering(runner, store, batch);
  }
  throw new Error('The commit was refused again and again.');
}

const everything = async (store: ViewStore): Promise<readonly (readonly LoadedDocument[])[]> => [
  await store.load(ROOMS, IDS),
  await store.load(TOTALS, [...IDS, 'changes']),
];

const change = fc.record<Change & { readonly stream: number }>({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Kind>('open', 'write', 'close', 'reopen', 'insist', 'count') },
    { weight: 1, arbitrary: fc.constantFrom<Kind>('leave', 'clear') },
  ),
  room: fc.constantFrom(...IDS),
  stream: fc.nat(1),
});
/** `isOverlapping`: the next batch, of whichever runner, is written between this one's fold and its commit. */
const step = fc.record({ runner: fc.nat(1), changes: fc.array(change, { minLength: 1, maxLength: 4 }), isOverlapping: fc.nat(3).map((n) => n === 0) });

test('documents that are recalled come to what documents that are loaded would, whoever else writes them', async (t) => {
  const tally = emptyTally();
  let conflicts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 24 }), async (steps) => {
      await using given = await emptyViews();
      await using plain = await emptyViews();
      await Promise.all([given.views.prepare(schema), plain.views.prepare(schema)]);
      const documents = new WrittenDocuments({ bytesMax: 20_000, tally });
      const counting: ViewStore = {
        ...given.views,
        commit: async (commit) => {
          const outcome = await given.views.commit(commit);
          if (outcome === 'write-conflict') conflicts += 1;
          return outcome;
        },
      };
      const runners = ['a@1', 'b@1'].map((name) => ({ name, views: rememberWritten(counting, documents) }));
      const revisions = new Map<string, number>();
      const batches = steps.map(({ runner, changes, isOverlapping }) => ({
        runner: runners[runner] as Runner,
        isOverlapping,
        batch: changes.map(({ stream: n, ...data }): Recorded => {
          const stream = `${'ab'[runner]}${n}-s`;
          const revision = (revisions.get(stream) ?? -1) + 1;
          revisions.set(stream, revision);
          return {
            type: 'test',
            data,
            id: `${stream}@${revision}`,
            stream,
            key: 's',
            revision,
            position: positionAt(runner, revision),
            metadata: {},
          } as unknown as Recorded;
        }),
      }));
      const written: { readonly batch: Batch; readonly failed: readonly string[] }[] = [];
      const runNext = async (n: number): Promise<number> => {
        const { runner, batch, isOverlapping } = batches[n] as (typeof batches)[number];
        const next = batches[n + 1];
        let after = n + 1;
        const isOther = isOverlapping && next !== undefined && next.runner !== runner;
        const folded = await run(runner, given.views, batch, async () => {
          if (isOther) after = await runNext(n + 1);
        });
        written.push({ batch, failed: [...folded.unprocessable.keys()] });
        return after;
      };
      for (let n = 0; n < batches.length;) n = await runNext(n);

      for (const { batch, failed } of written) {
        const folded = await applyFrom(plain.views, batch);
        t.deepEqual([...folded.unprocessable.keys()], failed);
        t.is(await plain.views.commit(await commitOf(plain.views, 'plain@1', folded)), 'committed');
      }
      t.deepEqual(await everything(given.views), await everything(plain.views));
    }),
    { numRuns: 50 },
  );
  t.true(tally.hits > 60 && tally.misses > 100, JSON.stringify(tally));
  t.true(conflicts > 3, String(conflicts));
});

function countingLoads(views: ViewStore) {
  const loads: (readonly string[])[] = [];
  const counting = {
    ...views,
    load: (collection: string, ids: readonly string[]) => {
      loads.push(ids);
      return views.load(collection, ids);
    },
  };
  return { loads, views: counting };
}

let revision = 0;
const event = (kind: Kind, room: string): Recorded =>
  ({
    type: 'test',
    data: { kind, room },
    stream: 'a0-s',
    key: 's',
    revision: revision++,
    position: positionAt(0, revision),
    metadata: {},
  }) as unknown as Recorded;

test('a document that is created is not loaded, one that is changed is once, and after a refusal it is again', async (t) => {
  await using given = await emptyViews();
  await given.views.prepare(schema);
  const { loads, views } = countingLoads(given.views);
  const runner = { name: 'a@1', views: rememberWritten(views, new WrittenDocuments({ bytesMax: 100_000 })) };
  await run(runner, views, [event('open', 'r1'), event('write', 'r1')]);
  t.deepEqual(loads, []);
  for (let n = 0; n < 5; n++) await run(runner, views, [event('write', 'r1')]);
  t.deepEqual(loads, [['r1']]);

  const other = { name: 'b@1', views: rememberWritten(views, new WrittenDocuments({ bytesMax: 100_000 })) };
  await run(other, given.views, [{ ...event('write', 'r1'), stream: 'b0-s' }]);
  await run(runner, views, [event('write', 'r1')]);
  t.deepEqual(loads.slice(1), [['r1'], ['r1']]); // the other's, and after the refusal
  t.is(((await views.get(ROOMS, 'r1')) as Room | undefined)?.log.length, 9);
  runner.views.forget();
  await run(runner, views, [event('write', 'r1')]);
  t.is(loads.length, 4);
});

for (const [kind, title] of [
  ['write', 'an event that changes nothing of what is recalled'],
  ['insist', 'an event that fails on what is recalled'],
] as const)
  test(`${title} is folded again with what is there, for another may have written it`, async (t) => {
    await using given = await emptyViews();
    await given.views.prepare(schema);
    const documents = new WrittenDocuments({ bytesMax: 100_000 });
    const [one, other] = ['a@1', 'b@1'].map((name) => ({ name, views: rememberWritten(given.views, documents) })) as [Runner, Runner];
    await run(one, given.views, [event('open', 'r1')]);
    await run(one, given.views, [event('close', 'r1')]);
    await run(other, given.views, [{ ...event('reopen', 'r1'), stream: 'b0-s' }]);
    const folded = await run(one, given.views, [event(kind, 'r1')]);
    t.is(folded.unprocessable.size, 0);
    t.is(((await given.views.get(ROOMS, 'r1')) as Room | undefined)?.log.length, 4);
  });

test('where a document is created that is there already, it is loaded and changed', async (t) => {
  await using given = await emptyViews();
  await given.views.prepare(schema);
  const runner = { name: 'a@1', views: rememberWritten(given.views, new WrittenDocuments({ bytesMax: 100_000 })) };
  await run(runner, given.views, [event('open', 'r1')]);
  await run(runner, given.views, [event('open', 'r1')]);
  t.is(((await given.views.get(ROOMS, 'r1')) as Room | undefined)?.log.length, 2);
});

test('a commit that was made though its answer was lost makes the next one load what it changed', async (t) => {
  await using given = await emptyViews();
  await given.views.prepare(schema);
  let isLost = false;
  const commit: ViewStore['commit'] = async (one) => {
    const outcome = await given.views.commit(one);
    if (isLost) throw new Error('The answer was lost.');
    return outcome;
  };
  const views = { ...given.views, commit };
  const { loads, views: counted } = countingLoads(views);
  const runner = { name: 'a@1', views: rememberWritten(counted, new WrittenDocuments({ bytesMax: 100_000 })) };
  for (let n = 0; n < 3; n++) await run(runner, counted, [event('write', 'r1')]);
  t.is(loads.length, 2);
  isLost = true;
  await t.throwsAsync(run(runner, counted, [event('write', 'r1')]), { message: 'The answer was lost.' });
  isLost = false;
  await run(runner, counted, [event('write', 'r1')]);
  t.is(loads.length, 3); // after the refusal
  t.is(((await given.views.get(ROOMS, 'r1')) as Room | undefined)?.log.length, 5);
});

test('documents take no more memory than they may: those that nobody writes again go first', (t) => {
  const tally = emptyTally();
  const documents = new WrittenDocuments({ bytesMax: 100_000, tally });
  const written = (n: number) => ({ json: JSON.stringify({ n }), seen: {}, version: n });
  for (let n = 0; n < 5_000; n++) {
    documents.keep(`d${n}`, written(n));
    documents.find('d0');
  }
  t.is(documents.find('d0')?.version, 0);
  t.is(documents.find('d1'), undefined);
  const kept = Array.from({ length: 5_000 }, (_, n) => documents.find(`d${n}`)).filter((found) => found !== undefined).length;
  t.true(kept > 50 && kept < 100_000 / 400, String(kept));
  t.true(tally.evictions > 4_000, String(tally.evictions));

  const rewritten = new WrittenDocuments({ bytesMax: 10_000, tally: emptyTally() });
  rewritten.keep('other', written(1));
  for (let n = 0; n < 1_000; n++) rewritten.keep('d0', written(n));
  t.is(rewritten.find('other')?.version, 1, 'one document that is written often displaces none');

  documents.keep('large', { json: 'x'.repeat(60_000), seen: {}, version: 1 });
  t.is(documents.find('large'), undefined);
  const none = new WrittenDocuments({ bytesMax: 0 });
  none.keep('d1', written(1));
  t.is(none.find('d1'), undefined);
});
