/** After the log was restored, views that were made of what is gone are neither read nor kept. */
import test from 'ava';
import { FIRST_EPOCH, type LogEpoch } from '../../ports/event-log/port.ts';
import { viewsOfEpoch } from '../progress/views-of-epoch.ts';
import { BOOKKEEPING } from '../progress/names.ts';
import type { AnyReactorOrProcess } from '../projection.ts';
import { countingReactor, textsProjector } from '../testing/small-projections.ts';
import { allOf, appendPosts, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { dropOtherEpochs, startDroppingOtherEpochs } from './drop-other-epochs.ts';
import { startProjections, type ProjectionsConfig } from './start-projections.ts';

const QUICK = { idleCheckpointMs: 20, dropAfterMs: 10, batchEventsMax: 5 } satisfies Partial<ProjectionsConfig>;
const SOON = { deadlineMs: 20_000 };
const EPOCH = 1_764_417_600;
const NEVER = new AbortController().signal;

const { reactor } = countingReactor(undefined, {
  openWork: (event, { work }) => void work?.update(event.id, event, () => ({ post: event.data.post, done: false })),
  indexes: { work: [{ fields: ['done'] }] },
});
const counting = reactor as unknown as AnyReactorOrProcess;

const inEpoch = (given: ProjectionsFixture, epoch: LogEpoch) => ({ ...given.dependencies, views: viewsOfEpoch(given.views, epoch) });

test('a log that was restored and has grown past an old checkpoint with other events is projected from its start', async (t) => {
  await using given = await givenLog();
  const position = await appendPosts(given, 8);
  const ghost = { kind: 'put', collection: 'texts@1', id: 'ghost', document: { texts: ['of the log before'] }, seen: {} } as const;
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [textsProjector()] });
    t.true(await running.waitForViews(['texts'], position, SOON));
  }
  const from = await given.views.checkpoint('texts@1');
  await given.views.commit({ projection: 'texts@1', from, to: String(position), writes: [ghost] }); // within the log's head: nothing tells
  const { views, ...dependencies } = inEpoch(given, EPOCH);
  await using running = await startProjections({ ...dependencies, views }, { ...QUICK, projections: [textsProjector()] });
  t.true(await running.waitForViews(['texts'], position, SOON));
  t.deepEqual(
    Object.keys(await allOf(views, 'texts@1')).toSorted(),
    Array.from({ length: 8 }, (_, n) => `p${n}`),
  );
});

test('the views of other epochs are dropped: every build, open work and bookkeeping; those of this one and of unknown projections stay', async (t) => {
  await using given = await givenLog();
  const position = await appendPosts(given, 3);
  for (const epoch of [FIRST_EPOCH, EPOCH - 1, EPOCH]) {
    await using running = await startProjections(inEpoch(given, epoch), { ...QUICK, projections: [textsProjector(), counting] });
    t.true(await running.waitForViews(['texts'], position, SOON));
    if (epoch === FIRST_EPOCH) await running.rebuild('texts');
    await waitUntil(async () => (await running.status()).every(({ state }) => state === 'live'));
  }
  await given.views.commit({ projection: 'elsewhere@1', from: undefined, to: '7', writes: [] });
  const before = [...(await given.views.checkpoints()).keys()];
  t.true(before.some((name) => name.startsWith(BOOKKEEPING)) && before.includes('counting') && before.includes(`e${EPOCH - 1}.texts@1.1`), before.join(' '));
  const dropping = { epoch: EPOCH, projections: [textsProjector(), counting] };
  await dropOtherEpochs(given.dependencies, dropping, NEVER);
  const left = [...(await given.views.checkpoints()).keys()];
  t.deepEqual(
    left.filter((name) => !name.startsWith(`e${EPOCH}.`)),
    ['elsewhere@1'],
  );
  t.true(left.includes(`e${EPOCH}.texts@1.1`));
  for (const collection of ['texts@1.1', `e${EPOCH - 1}.texts@1.1`, `e${EPOCH - 1}.text-counts@1.1`, 'work', `e${EPOCH - 1}.work`])
    t.deepEqual(await allOf(given.views, collection), {});
  t.is(Object.keys(await allOf(viewsOfEpoch(given.views, EPOCH), 'texts@1.1')).length, 3);
  t.true(given.reported.some((report) => report.type === 'build-dropped' && report.runner === `e${EPOCH - 1}.texts@1.1`));
});

test('a process that doesn’t know of the last restore drops nothing of the views that others build after it', async (t) => {
  await using given = await givenLog();
  const later = viewsOfEpoch(given.views, EPOCH + 1);
  await later.commit({ projection: 'texts@1', from: undefined, to: '7', writes: [] });
  await dropOtherEpochs(given.dependencies, { epoch: EPOCH, projections: [textsProjector()] }, NEVER);
  t.is(await later.checkpoint('texts@1'), '7');
});

test('where the views can’t be reached, dropping is tried again until it is done', async (t) => {
  await using given = await givenLog();
  await given.views.commit({ projection: 'texts@1', from: undefined, to: '7', writes: [] });
  let failures = 2;
  const checkpoints = async () => {
    if (failures-- > 0) throw new Error('away');
    return await given.views.checkpoints();
  };
  using _dropping = startDroppingOtherEpochs(
    { ...given.dependencies, views: { ...given.views, checkpoints } },
    { epoch: EPOCH, projections: [textsProjector()] },
  );
  await waitUntil(async () => (await given.views.checkpoint('texts@1')) === undefined);
  t.is(given.reported.filter(({ type }) => type === 'retrying').length, 2);
});
