/** Open work survives the loss of the views: a reactor restarts where the oldest of it was opened. */
import test from 'ava';
import type { Position } from '../../ports/event-log/port.ts';
import { covers } from '../../ports/event-log/position.ts';
import type { Document } from '../../ports/views/port.ts';
import type { Reactor } from '../projection.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, emptyViews, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { countingReactor, postPublished, type PostEdited, type PostPublished } from '../testing/small-projections.ts';
import { checkpointInLog, QUICK } from './test-fixture.ts';

const opensFanOut: Partial<Reactor<PostPublished | PostEdited>> = {
  indexes: { 'fan-outs': [] },
  openWork: (event, views) => void views['fan-outs']?.update(event.data.post, event, () => ({ post: event.data.post })),
};

/** As a worker does, without the reactor. */
async function finishFanOut({ views }: ProjectionsFixture, post: string): Promise<void> {
  const from = await views.checkpoint('workers');
  await views.commit({ projection: 'workers', from, to: `${from ?? ''}.`, writes: [{ kind: 'remove', collection: 'fan-outs', id: post, seen: {} }] });
}

test('open work is written before the effect, once, and stays where a new version finds it', async (t) => {
  await using given = await givenLog();
  const found: unknown[] = [];
  const { reactor, effects } = countingReactor(
    async ({ data }) => {
      found.push(await given.views.get('fan-outs', data.post));
    },
    {
      indexes: { 'fan-outs': [{ fields: ['done'] }] },
      openWork: (event, views) => void views['fan-outs']?.update(event.data.post, event, (before) => before ?? { post: event.data.post, done: false }),
    },
  );
  await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  await appendPosts(given, 5);
  await waitUntil(() => effects.times.size === 10);
  t.false(found.includes(undefined));
  t.is(await given.views.count('fan-outs', { done: false }), 5);
});

test('when all views are lost, open work is opened again, and work that was done before it is not', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = countingReactor(undefined, opensFanOut);
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    for (let post = 0; post < 6; post += 1) {
      const position = await given.append(`post-p${post}`, postPublished(`p${post}`));
      await waitUntil(async () => covers((await running.status())[0]?.position, position)); // each in a batch of its own
      if (post !== 3) await finishFanOut(given, `p${post}`);
    }
  }
  await using others = await emptyViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await waitUntil(async () => (await others.views.checkpoint('counting')) !== undefined && effects.times.size === 6 && effects.order.length === 9);
  t.deepEqual(effects.order.slice(6), ['post-p3@0', 'post-p4@0', 'post-p5@0']);
  t.not(await others.views.get('fan-outs', 'p3'), undefined);
});

test('once no work is open any more, the checkpoint in the log moves on, though nothing more happens', async (t) => {
  await using given = await givenLog();
  const { reactor, effects } = countingReactor(undefined, opensFanOut);
  {
    await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    const position = await given.append('post-p1', postPublished('p1'));
    await waitUntil(async () => covers((await running.status())[0]?.position, position));
    t.false(covers(await checkpointInLog(given), position));
    await finishFanOut(given, 'p1');
    await waitUntil(async () => covers(await checkpointInLog(given), position));
  }
  await using others = await emptyViews();
  await using _running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  await appendPosts(given, 1, 2);
  await waitUntil(() => effects.times.size === 3);
  t.deepEqual(effects.order, ['post-p1@0', 'post-p2@0', 'post-p2@1']);
});

test('documents that are not removed count as open until `isDone` says otherwise', async (t) => {
  await using given = await givenLog();
  const done = new Set<unknown>(['p0', 'p2', 'p3']);
  const isDone = async (begun: readonly Document[]) => begun.map(({ post }) => done.has(post));
  const { reactor } = countingReactor(undefined, { ...opensFanOut, isDone });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
  const positions: Position[] = [];
  for (let post = 0; post < 4; post += 1) {
    const position = await given.append(`post-p${post}`, postPublished(`p${post}`));
    await waitUntil(async () => covers((await running.status())[0]?.position, position)); // each in a batch of its own
    positions.push(position);
  }
  const isPast = async (post: number) => covers(await checkpointInLog(given), positions[post] as Position);
  await waitUntil(() => isPast(0));
  t.false(await isPast(1));
  done.add('p1');
  await waitUntil(() => isPast(3));
});
