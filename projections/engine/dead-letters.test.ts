/** What a reactor has set aside is done once it is resolved, whatever happens in between and wherever it lies. */
import test from 'ava';
import { postStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { EFFECT_ATTEMPTS_MAX } from './effects.ts';
import { givenLog, emptyViews, until, type ProjectionsFixture } from '../test-fixture.ts';
import { startProjections, type Projections } from '../rollout/start-projections.ts';
import { counting, edited, published } from '../testing/small-projections.ts';

const QUICK = { idleCheckpointMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, logCheckpointMs: 0 };

/** Of which the first event of each of these streams can't be digested until it is mended. */
function countingBut(...bad: readonly string[]) {
  let isMended = false;
  let attempts = 0;
  const counts = counting(({ stream, revision }) => {
    if (!bad.includes(stream) || revision !== 0 || isMended) return;
    attempts += 1;
    throw new Error('no');
  });
  return { ...counts, attempts: () => attempts, mend: () => (isMended = true) };
}

const letters = ({ views }: Pick<ProjectionsFixture, 'views'>) => findDeadLetters(views, { projection: 'counting', limit: 100 });

test('what was resolved while nobody was at work is done once somebody is, also when the views are lost before', async (t) => {
  await using given = await givenLog();
  const { reactor, effects, mend } = countingBut('post-p1');
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await given.append('post-p1', published('p1'), edited('p1', 'b'));
    await given.append('post-p2', published('p2'));
    await until(async () => (await letters(given)).length === 1 && effects.order.length === 1);
  }
  mend();
  for (const letter of await letters(given)) await resolveDeadLetter(given.dependencies, letter, 'retried');
  await using others = await emptyViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  const last = await given.append('post-p3', published('p3'));
  await until(async () => covers((await running.status())[0]?.position, last));
  t.deepEqual(effects.order, ['post-p2@0', 'post-p1@0', 'post-p1@1', 'post-p3@0']);
  t.is((await running.status())[0]?.deadLetters, 0);
});

const POSTS = Array.from({ length: 6 }, (_, i) => `p${i}`);

const waiting = async (running: Projections) => (await running.status()).reduce((sum, { deadLetters }) => sum + deadLetters, 0);

for (const [how, areLost] of Object.entries({ 'at once': false, 'after the views were lost': true })) {
  test(`with several logs every stream that waits is retried ${how}, wherever it lies`, async (t) => {
    await using given = await givenLog({ logs: 2 });
    const { reactor, effects, attempts, mend } = countingBut(...POSTS.map((post) => postStream(post)));
    let all: Position | undefined;
    for (const post of POSTS) all = merge(all, await given.append(postStream(post), published(post), edited(post, 'b')));
    t.regex(String(all), /^0\.\d+_1\.\d+$/);
    if (areLost) {
      await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
      await until(async () => (await waiting(running)) === POSTS.length);
    }
    await using others = await emptyViews();
    const views = areLost ? others.views : given.views;
    await using running = await startProjections({ ...given.dependencies, views }, { ...QUICK, projections: [reactor] });
    await until(async () => (await waiting(running)) === POSTS.length);
    t.is(attempts(), POSTS.length * EFFECT_ATTEMPTS_MAX);
    mend();
    for (const letter of await letters({ views })) await resolveDeadLetter(given.dependencies, letter, 'retried');
    await until(async () => (await waiting(running)) === 0);
    t.deepEqual(
      [...effects.order].sort(),
      POSTS.flatMap((post) => [`${postStream(post)}@0`, `${postStream(post)}@1`]),
    );
    t.true(POSTS.every((post) => effects.order.indexOf(`${postStream(post)}@0`) < effects.order.indexOf(`${postStream(post)}@1`)));
  });
}
