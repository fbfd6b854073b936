/** What running a reactor promises: nothing dropped, nothing done twice but where it can't be known, and no effect before its views. */
import test from 'ava';
import { LogUnavailable, type Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Document } from '../../ports/views/port.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { EFFECT_ATTEMPTS_MAX } from './effects.ts';
import type { Reactor } from '../projection.ts';
import { counting, edited, published, texts, type Edited, type Published } from '../testing/small-projections.ts';
import { givenLog, emptyViews, until, type ProjectionsFixture } from '../test-fixture.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { at } from '../testing/history.ts';

const QUICK = { idleCheckpointMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, logCheckpointMs: 0 };

async function writes(given: ProjectionsFixture, posts: number, from = 0): Promise<Position> {
  let position = '' as Position;
  for (let i = from; i < from + posts; i += 1) position = await given.append(`post-p${i}`, published(`p${i}`), edited(`p${i}`, 'b'));
  return position;
}

const beginning: Partial<Reactor<Published | Edited>> = {
  indexes: { 'fan-outs': [] },
  openWork: (event, views) => void views['fan-outs']?.update(event.data.post, event, () => ({ post: event.data.post })),
};

/** As a worker does, behind the reactor's back. */
async function finish({ views }: ProjectionsFixture, post: string): Promise<void> {
  const from = await views.checkpoint('workers');
  await views.commit({ projection: 'workers', from, to: `${from ?? ''}.`, writes: [{ kind: 'remove', collection: 'fan-outs', id: post, seen: {} }] });
}

async function checkpointInLog({ log, codec }: ProjectionsFixture): Promise<Position | undefined> {
  for await (const stored of log.readStream('checkpoint-counting', { from: 'end', direction: 'backwards', limit: 1 })) {
    const { type, data } = await codec.decode(stored);
    if (type === 'operations.checkpoint-reached.v1') return data.position as Position;
  }
  return undefined;
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
  await using others = await emptyViews();
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
  const { reactor, effects } = counting(undefined, { startFrom: 'now' });
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

  await using others = await emptyViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await given.append('post-p1', edited('p1', 'c'));
  const last = await given.append('post-p9', published('p9'));
  await until(() => effects.order.includes('post-p9@0'));
  t.is((await running.status())[0]?.deadLetters, 1);
  t.false(effects.order.some((one) => one.startsWith('post-p1@')));
  isMended = true;
  await resolveDeadLetter(given.dependencies, { projection: 'counting', stream: 'post-p1', revision: 0, position: '0.0' }, 'retried');
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
      openWork: (event, views) => void views['fan-outs']?.update(event.data.post, event, (before) => before ?? { post: event.data.post, done: false }),
    },
  );
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await writes(given, 5);
  await until(() => effects.times.size === 10);
  t.false(found.includes(undefined));
  t.is(await given.views.count('fan-outs', { done: false }), 5);
});

test('when all views are lost, what was begun and not finished is begun again, and what was finished before it is not', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = counting(undefined, beginning);
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    for (let post = 0; post < 6; post += 1) {
      const position = await given.append(`post-p${post}`, published(`p${post}`));
      await until(async () => covers((await running.status())[0]?.position, position)); // each in a turn of its own
      if (post !== 3) await finish(given, `p${post}`);
    }
  }
  await using others = await emptyViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await until(async () => (await others.views.checkpoint('counting')) !== undefined && effects.times.size === 6 && effects.order.length === 9);
  t.deepEqual(effects.order.slice(6), ['post-p3@0', 'post-p4@0', 'post-p5@0']);
  t.not(await others.views.get('fan-outs', 'p3'), undefined);
});

test('once all that was begun is finished, the log is told, though nothing more happens', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = counting(undefined, beginning);
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    const position = await given.append('post-p1', published('p1'));
    await until(async () => covers((await running.status())[0]?.position, position));
    t.false(covers(await checkpointInLog(given), position));
    await finish(given, 'p1');
    await until(async () => covers(await checkpointInLog(given), position));
  }
  await using others = await emptyViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await writes(given, 1, 2);
  await until(() => effects.times.size === 3);
  t.deepEqual(effects.order, ['post-p1@0', 'post-p2@0', 'post-p2@1']);
});

test('documents that are not removed are unfinished until they are said to be finished', async (t) => {
  await using given = await givenLog();
  const done = new Set<unknown>(['p0', 'p2', 'p3']);
  const isDone = async (begun: readonly Document[]) => begun.map(({ post }) => done.has(post));
  const { reactor } = counting(undefined, { ...beginning, isDone });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  const positions: Position[] = [];
  for (let post = 0; post < 4; post += 1) {
    const position = await given.append(`post-p${post}`, published(`p${post}`));
    await until(async () => covers((await running.status())[0]?.position, position)); // each in a turn of its own
    positions.push(position);
  }
  const isPast = async (post: number) => covers(await checkpointInLog(given), positions[post] as Position);
  await until(() => isPast(0));
  t.false(await isPast(1));
  done.add('p1');
  await until(() => isPast(3));
});

test('one that was to begin now remembers in the log where that was', async (t) => {
  await using given = await givenLog();
  await writes(given, 3);
  const { reactor, effects } = counting(
    () => {
      throw new LogUnavailable('away');
    },
    { startFrom: 'now' },
  );
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await until(async () => (await running.status())[0]?.state === 'live');
    await writes(given, 1, 3);
  }
  t.is(effects.times.size, 0);
  await using others = await emptyViews();
  const again = counting(undefined, { startFrom: 'now' });
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [again.reactor] });
  await until(() => again.effects.times.size === 2);
  t.deepEqual(again.effects.order, ['post-p3@0', 'post-p3@1']);
});

test('a reactor that waits for a projector nobody knows is refused', async (t) => {
  await using given = await givenLog();
  const { reactor } = counting(undefined, { after: ['texts'] });
  await t.throwsAsync(startProjections(given.dependencies, { projections: [reactor] }), { message: /waits for the projector texts/ });
  await using running = await startProjections(given.dependencies, { projections: [reactor], elsewhere: [texts()] });
  t.is((await running.status()).length, 1);
});
