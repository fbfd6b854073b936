/** A reactor's effects: none before its views, in the order of their stream, and none dropped where they fail. */
import test from 'ava';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, emptyViews, givenLog, waitUntil } from '../test-fixture.ts';
import { countingReactor, postEdited, postPublished, textsProjector } from '../testing/small-projections.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { EFFECT_ATTEMPTS_MAX } from './effects.ts';
import { QUICK } from './test-fixture.ts';

test('an effect waits until the projectors whose views it reads have passed its event', async (t) => {
  await using given = await givenLog();
  const found: unknown[] = [];
  const { reactor, effects } = countingReactor(
    async ({ data, type }) => {
      if (type === 'feed.post-published.v1') found.push(await given.views.get('texts@1', data.post));
    },
    { after: ['texts'] },
  );
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor, textsProjector()] });
  await appendPosts(given, 20);
  await waitUntil(() => effects.times.size === 40);
  t.is(found.length, 20);
  t.false(found.includes(undefined));
});

test('effects keep the order of their stream, several streams at a time', async (t) => {
  await using given = await givenLog();
  let atOnce = 0;
  let most = 0;
  const { reactor, effects } = countingReactor(async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  });
  await appendPosts(given, 10);
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor], effectsMax: 4 });
  await waitUntil(() => effects.times.size === 20);
  for (let i = 0; i < 10; i += 1) t.true(effects.order.indexOf(`post-p${i}@0`) < effects.order.indexOf(`post-p${i}@1`));
  t.is(most, 4);
});

test('an effect that keeps failing is dead-lettered with the later events of its stream, also when the views are lost; a retry does all of them in order', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  let attempts = 0;
  const { reactor, effects } = countingReactor(({ stream, revision }) => {
    if (stream !== 'post-p1' || revision !== 0 || isMended) return;
    attempts += 1;
    throw new Error('no');
  });
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await appendPosts(given, 3);
    await waitUntil(() => effects.times.size === 4);
    await waitUntil(async () => (await findDeadLetters(given.views, { projection: 'counting', limit: 2 })).length === 1);
  }
  t.is(attempts, EFFECT_ATTEMPTS_MAX);

  await using others = await emptyViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', postEdited('p1', 'c'));
  const last = await given.append('post-p9', postPublished('p9'));
  await waitUntil(() => effects.order.includes('post-p9@0'));
  t.is((await running.status())[0]?.deadLetters, 1);
  t.false(effects.order.some((one) => one.startsWith('post-p1@')));
  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'counting', stream: 'post-p1', revision: 0, position: '0.0' }, 'retried');
  await waitUntil(() => effects.times.size === 8);
  t.deepEqual(
    effects.order.filter((one) => one.startsWith('post-p1@')),
    ['post-p1@0', 'post-p1@1', 'post-p1@2'],
  );
  t.deepEqual(new Set(effects.times.values()), new Set([1]));
  t.truthy(last);
});

test('during an outage the effect is tried until the outage is over, and nothing is dead-lettered', async (t) => {
  await using given = await givenLog();
  let failures = 0;
  const { reactor, effects } = countingReactor(() => {
    failures += 1;
    if (failures <= EFFECT_ATTEMPTS_MAX + 1) throw new LogUnavailable('away');
  });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', postPublished('p1'));
  await waitUntil(() => effects.times.size === 1);
  t.is((await running.status())[0]?.deadLetters, 0);
});

test('the checkpoint waits for effects in progress: after a stop in the middle the effect is done again', async (t) => {
  await using given = await givenLog();
  const begun = Promise.withResolvers<void>();
  let isAway = true;
  const { reactor, effects } = countingReactor(() => {
    begun.resolve();
    if (isAway) throw new LogUnavailable('away');
  });
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await given.append('post-p1', postPublished('p1'));
    await begun.promise;
  }
  t.is(effects.times.size, 0);
  isAway = false;
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await waitUntil(() => effects.times.size === 1);
  t.deepEqual(effects.order, ['post-p1@0']);
});

test('a reactor that waits for an unknown projector is refused', async (t) => {
  await using given = await givenLog();
  const { reactor } = countingReactor(undefined, { after: ['texts'] });
  await t.throwsAsync(startProjections(given.dependencies, { projections: [reactor] }), { message: /waits for the projector texts/ });
  await using running = await startProjections(given.dependencies, { projections: [reactor], elsewhere: [textsProjector()] });
  t.is((await running.status()).length, 1);
});
