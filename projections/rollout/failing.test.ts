/** A projection that can't go on says so, and for how long. */
import test from 'ava';
import { appendPosts, givenLog, waitUntil } from '../test-fixture.ts';
import { textsProjector } from '../testing/small-projections.ts';
import { startProjections } from './start-projections.ts';

test('a projection that has failed since its start is behind and failing, for longer and longer, until it goes on', async (t) => {
  await using given = await givenLog();
  await appendPosts(given, 3);
  let isDamaged = true;
  const log: typeof given.log = {
    ...given.log,
    async *subscribe(name, options) {
      if (isDamaged && options.types?.includes('feed.post-published.v1') === true) throw new Error('The record at position 4 is damaged.');
      yield* given.log.subscribe(name, options);
    },
  };
  await using running = await startProjections({ ...given.dependencies, log }, { projections: [textsProjector()] });
  const status = async () => (await running.status())[0];
  await waitUntil(async () => (await status())?.state === 'retrying');
  const first = await status();
  await waitUntil(async () => ((await status())?.failingSeconds ?? 0) > (first?.failingSeconds ?? 0) + 0.1);
  const second = await status();
  t.true((first?.failingSeconds ?? 0) > 0);
  t.true((second?.lagSeconds ?? 0) > (first?.lagSeconds ?? 0), 'although no event was ever applied');
  t.regex(second?.error ?? '', /position 4 is damaged/);

  isDamaged = false;
  await waitUntil(async () => (await status())?.state === 'live');
  const third = await status();
  t.deepEqual([third?.failingSeconds, third?.error, third?.lagEvents], [0, undefined, 0]);
});
