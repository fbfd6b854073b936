/** A reactor's dead letters are processed once they are resolved, whatever happens in between and in whichever log they are. */
import test from 'ava';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { EFFECT_ATTEMPTS_MAX } from './effects.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { givenLog, emptyViews, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { startProjections, type Projections } from '../rollout/start-projections.ts';
import { countingReactor, postEdited, postPublished } from '../testing/small-projections.ts';
import { QUICK } from './test-fixture.ts';

/** Fails on the first event of each of these streams until it is mended. */
function countingReactorFailingOn(...bad: readonly string[]) {
  let isMended = false;
  let attempts = 0;
  const counts = countingReactor(({ stream, revision }) => {
    if (!bad.includes(stream) || revision !== 0 || isMended) return;
    attempts += 1;
    throw new Error('no');
  });
  return { ...counts, attempts: () => attempts, mend: () => (isMended = true) };
}

const findLetters = ({ views }: Pick<ProjectionsFixture, 'views'>) => findDeadLetters(views, { projection: 'counting', limit: 100 });

test('a dead letter resolved while no runner was running is processed once one runs, also when the views are lost before', async (t) => {
  await using given = await givenLog();
  const { reactor, effects, mend } = countingReactorFailingOn('post-p1');
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await given.append('post-p1', postPublished('p1'), postEdited('p1', 'b'));
    await given.append('post-p2', postPublished('p2'));
    await waitUntil(async () => (await findLetters(given)).length === 1 && effects.order.length === 1);
  }
  mend();
  for (const letter of await findLetters(given)) await resolveDeadLetter(given.dependencies, letter, 'retried');
  await using others = await emptyViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  const last = await given.append('post-p3', postPublished('p3'));
  await waitUntil(async () => covers((await running.status())[0]?.position, last));
  t.deepEqual(effects.order, ['post-p2@0', 'post-p1@0', 'post-p1@1', 'post-p3@0']);
  t.is((await running.status())[0]?.deadLetters, 0);
});

test('who hands a unit over no longer tells of its dead letters, which the next holder may see resolved', async (t) => {
  await using given = await givenLog();
  const { reactor } = countingReactorFailingOn('post-p1');
  await using leases = await startSharedLeases({ views: given.views, onFailure: () => undefined }, { process: 'only', renewMs: 50 });
  await using running = await startProjections({ ...given.dependencies, leases }, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', postPublished('p1'));
  await waitUntil(async () => (await running.status())[0]?.deadLetters === 1);
  await leases.withdraw('counting', AbortSignal.timeout(20_000));
  await waitUntil(async () => (await running.status())[0]?.state === 'standby');
  t.is((await running.status())[0]?.deadLetters, 0);
});

const POSTS = Array.from({ length: 6 }, (_, i) => `p${i}`);

const waitingStreams = async (running: Projections) => (await running.status()).reduce((sum, { deadLetters }) => sum + deadLetters, 0);

for (const [how, areLost] of Object.entries({ 'at once': false, 'after the views were lost': true })) {
  test(`with several logs every waiting stream is retried ${how}, whichever log it is in`, async (t) => {
    await using given = await givenLog({ logs: 2 });
    const { reactor, effects, attempts, mend } = countingReactorFailingOn(...POSTS.map((post) => postStream(post)));
    let all: Position | undefined;
    for (const post of POSTS) all = merge(all, await given.append(postStream(post), postPublished(post), postEdited(post, 'b')));
    t.regex(String(all), /^0\.\d+_1\.\d+$/);
    if (areLost) {
      await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
      await waitUntil(async () => (await waitingStreams(running)) === POSTS.length);
    }
    await using others = await emptyViews();
    const views = areLost ? others.views : given.views;
    await using running = await startProjections({ ...given.dependencies, views }, { ...QUICK, projections: [reactor] });
    await waitUntil(async () => (await waitingStreams(running)) === POSTS.length);
    t.is(attempts(), POSTS.length * EFFECT_ATTEMPTS_MAX);
    mend();
    for (const letter of await findLetters({ views })) await resolveDeadLetter(given.dependencies, letter, 'retried');
    await waitUntil(async () => (await waitingStreams(running)) === 0);
    t.deepEqual(
      [...effects.order].sort(),
      POSTS.flatMap((post) => [`${postStream(post)}@0`, `${postStream(post)}@1`]),
    );
    t.true(POSTS.every((post) => effects.order.indexOf(`${postStream(post)}@0`) < effects.order.indexOf(`${postStream(post)}@1`)));
  });
}
