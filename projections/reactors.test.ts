/** What running a reactor promises: nothing dropped, nothing done twice but where it can't be known, and no effect before its views. */
import test from 'ava';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogUnavailable, type Position } from '../ports/event-log/port.ts';
import { covers } from '../ports/event-log/position.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { EFFECT_ATTEMPTS_MAX } from './effects.ts';
import { counting, edited, published, texts } from './testing/small-projections.ts';
import { givenLog, until, type Given } from './given.ts';
import { startProjections } from './run.ts';
import { at } from './testing/history.ts';

const QUICK = { passOverMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, logCheckpointMs: 0 };

async function writes(given: Given, posts: number, from = 0): Promise<Position> {
  let position = '' as Position;
  for (let i = from; i < from + posts; i += 1) position = await given.append(`post-p${i}`, published(`p${i}`), edited(`p${i}`, 'b'));
  return position;
}

async function otherViews() {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-views-'));
  const views = await startSqliteViews(join(folder, 'views.sqlite'));
  return {
    views,
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

test('when all views are lost it goes on from where the log says it was: nothing is repeated and nothing dropped', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = counting();
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await writes(given, 10);
    await until(() => effects.times.size === 20);
  }
  await writes(given, 5, 10); // while nobody is at work
  await using others = await otherViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await writes(given, 5, 15);
  await until(() => effects.times.size === 40);
  t.deepEqual(new Set(effects.times.values()), new Set([1]));
});

test('the log keeps one checkpoint of a reactor, and writing it begets no other', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = counting();
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  const last = await writes(given, 10);
  await until(() => effects.times.size === 20);
  const kept = async () => {
    const found = [];
    for await (const stored of given.log.readStream('checkpoint-counting')) found.push(await given.codec.decode(stored));
    return found;
  };
  await until(async () => (await kept()).some(({ type, data }) => type === 'operations.checkpoint-reached.v1' && covers(data.position as Position, last)));
  const before = await kept();
  t.is(before.length, 1);
  for (let i = 0; i < 5; i += 1) {
    const position = await given.append(`presence-g${i}`, { type: 'chat.gateway-lost.v1', data: { gateway: `g${i}`, lastSeenAt: at } });
    await until(async () => (await running.status()).every(({ position: passed }) => passed !== undefined && covers(passed, position)));
  }
  t.deepEqual(await kept(), before);
});

test('a new version goes on where the old one was', async (t) => {
  await using given = await givenLog();
  const old = counting();
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [old.reactor] });
    await writes(given, 3);
    await until(() => old.effects.times.size === 6);
  }
  const next = counting(undefined, { version: 2 });
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [next.reactor] });
  await writes(given, 1, 3);
  await until(() => next.effects.times.size === 2);
  t.deepEqual(next.effects.order, ['post-p3@0', 'post-p3@1']);
});

test('one that is to begin now has no effects of the past', async (t) => {
  await using given = await givenLog();
  await writes(given, 3);
  const { reactor, effects } = counting(undefined, { since: 'now' });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await until(async () => (await running.status())[0]?.state === 'live');
  await writes(given, 1, 3);
  await until(() => effects.times.size === 2);
  t.deepEqual(effects.order, ['post-p3@0', 'post-p3@1']);
});

test('an effect waits until the projectors that it reads have passed its event', async (t) => {
  await using given = await givenLog();
  const found: unknown[] = [];
  const { reactor, effects } = counting(
    async ({ data, type }) => {
      if (type === 'feed.post-published.v1') found.push(await given.views.get('texts@1', data.post));
    },
    { after: ['texts'] },
  );
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor, texts()] });
  await writes(given, 20);
  await until(() => effects.times.size === 40);
  t.is(found.length, 20);
  t.false(found.includes(undefined));
});

test('effects keep the order of their stream, several streams at a time', async (t) => {
  await using given = await givenLog();
  let atOnce = 0;
  let most = 0;
  const { reactor, effects } = counting(async () => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  });
  await writes(given, 10);
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor], effectsMax: 4 });
  await until(() => effects.times.size === 20);
  for (let i = 0; i < 10; i += 1) t.true(effects.order.indexOf(`post-p${i}@0`) < effects.order.indexOf(`post-p${i}@1`));
  t.is(most, 4);
});

test('an effect that keeps failing is set aside with what follows in its stream, also when the views are lost; retried, all of it is done in order', async (t) => {
  await using given = await givenLog();
  let isMended = false;
  let attempts = 0;
  const { reactor, effects } = counting(({ stream, revision }) => {
    if (stream !== 'post-p1' || revision !== 0 || isMended) return;
    attempts += 1;
    throw new Error('no');
  });
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await writes(given, 3);
    await until(() => effects.times.size === 4);
    await until(async () => (await findDeadLetters(given.views, { projection: 'counting', limit: 2 })).length === 1);
  }
  t.is(attempts, EFFECT_ATTEMPTS_MAX);

  await using others = await otherViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', edited('p1', 'c'));
  const last = await given.append('post-p9', published('p9'));
  await until(() => effects.order.includes('post-p9@0'));
  t.is((await running.status())[0]?.deadLetters, 1);
  t.false(effects.order.some((one) => one.startsWith('post-p1@')));
  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'counting', stream: 'post-p1', revision: 0, how: 'retried' });
  await until(() => effects.times.size === 8);
  t.deepEqual(
    effects.order.filter((one) => one.startsWith('post-p1@')),
    ['post-p1@0', 'post-p1@1', 'post-p1@2'],
  );
  t.deepEqual(new Set(effects.times.values()), new Set([1]));
  t.truthy(last);
});

test('an outage is not the event’s fault: the effect is tried until it is over, and nothing is set aside', async (t) => {
  await using given = await givenLog();
  let failures = 0;
  const { reactor, effects } = counting(() => {
    failures += 1;
    if (failures <= EFFECT_ATTEMPTS_MAX + 1) throw new LogUnavailable('away');
  });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', published('p1'));
  await until(() => effects.times.size === 1);
  t.is((await running.status())[0]?.deadLetters, 0);
});

test('the checkpoint waits for unfinished work: after a stop in its midst the effect is done again', async (t) => {
  await using given = await givenLog();
  const begun = Promise.withResolvers<void>();
  let isAway = true;
  const { reactor, effects } = counting(() => {
    begun.resolve();
    if (isAway) throw new LogUnavailable('away');
  });
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await given.append('post-p1', published('p1'));
    await begun.promise;
  }
  t.is(effects.times.size, 0);
  isAway = false;
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await until(() => effects.times.size === 1);
  t.pass();
});

test('what a reactor begins is there before its effect, once, and stays where a new version finds it', async (t) => {
  await using given = await givenLog();
  const found: unknown[] = [];
  const { reactor, effects } = counting(
    async ({ data }) => {
      found.push(await given.views.get('fan-outs', data.post));
    },
    {
      indexes: { 'fan-outs': [{ fields: ['done'] }] },
      begin: (event, views) => void views['fan-outs']?.update(event.data.post, event, (before) => before ?? { post: event.data.post, done: false }),
    },
  );
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await writes(given, 5);
  await until(() => effects.times.size === 10);
  t.false(found.includes(undefined));
  t.is(await given.views.count('fan-outs', { done: false }), 5);
});

test('a reactor that waits for a projector nobody knows is refused', async (t) => {
  await using given = await givenLog();
  const { reactor } = counting(undefined, { after: ['texts'] });
  await t.throwsAsync(startProjections(given.dependencies, { projections: [reactor] }), { message: /waits for the projector texts/ });
  await using running = await startProjections(given.dependencies, { projections: [reactor], elsewhere: [texts()] });
  t.is((await running.status()).length, 1);
});
