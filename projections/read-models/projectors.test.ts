import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { type History, everything } from '../testing/history.ts';
import { foldedDocuments, inStreamOrder, interleaved, withErasures } from '../test-fixture.ts';
import type { AnyProjector } from '../projection.ts';
import { projectors } from './projectors.ts';

const INTERLEAVINGS = 12;

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-projectors-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const choices = fc.array(fc.nat(), { minLength: 40, maxLength: 80 });
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });

for (const projector of projectors) {
  const history = handledBy(projector, everything);

  test(`${projector.name}: the history it is tested with has every event that it handles`, (t) => {
    const types = new Set<string>(Object.values(history).flatMap((events) => events.map(({ type }) => type)));
    t.deepEqual(
      projector.handles.filter((type) => !types.has(type)),
      [],
    );
  });

  test.serial(`${projector.name}: events seen twice, late, in any batches and in any order of their streams make the same documents`, async (t) => {
    const expected = await foldedDocuments(views, projector, [withErasures(inStreamOrder(history))]);
    t.true(Object.values(expected).some((documents) => Object.keys(documents).length > 0));
    await fc.assert(
      fc.asyncProperty(choices, choices, fc.nat({ max: 100 }), sizes, async (first, again, upTo, batches) => {
        const twice = withErasures([...interleaved(history, first), ...interleaved(history, again).slice(0, upTo)]);
        t.deepEqual(await foldedDocuments(views, projector, inBatches(twice, batches)), expected);
      }),
      { numRuns: INTERLEAVINGS },
    );
  });
}

test('no two projectors have a collection of the same name', (t) => {
  const names = projectors.flatMap(({ indexes }) => Object.keys(indexes));
  t.is(new Set(names).size, names.length);
});

/** The streams of which the projector handles an event. */
function handledBy(projector: AnyProjector, history: History): History {
  return Object.fromEntries(Object.entries(history).filter(([, events]) => events.some(({ type }) => projector.handles.includes(type))));
}

function inBatches(events: readonly Recorded<TidingsEvent>[], sizes: readonly number[]): readonly (readonly Recorded<TidingsEvent>[])[] {
  const batches = [];
  for (let start = 0, turn = 0; start < events.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    batches.push(events.slice(start, start + size));
    start += size;
  }
  return batches;
}
