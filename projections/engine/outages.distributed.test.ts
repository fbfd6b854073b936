/** The views' server gone, and hanging: runners wait for it, and nothing is missing, dead-lettered or counted twice afterwards. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../../ports/event-log/port.ts';
import { connectMongo } from '../../ports/mongodb/connect.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { startMongoViews } from '../../ports/views/mongodb.ts';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { appendPosts, givenLog, waitUntil } from '../test-fixture.ts';
import { countingReactor, textsProjector } from '../testing/small-projections.ts';
import { QUICK } from './test-fixture.ts';

/** Scaled down with the time-outs; `TIDINGS_TEST_AWAY_MS` sets another time, such as the thirty seconds of a real outage. */
const AWAY_MS = Number(process.env['TIDINGS_TEST_AWAY_MS'] ?? 3_000);
const TEST_MS = 240_000 + 4 * AWAY_MS;
const TIMEOUTS = { answerTimeoutMs: 500, selectionTimeoutMs: 300, connectTimeoutMs: 300 };
const POSTS = 40;

testWith('secantusd-py')('while the views’ server is gone or hangs, projections wait; afterwards nothing is missing or dead-lettered', async (t) => {
  t.timeout(TEST_MS);
  await using given = await givenLog();
  await using server = await startMongoServer({ isDurable: true });
  await using connection = await onceBack(() => connectMongo({ url: server.url.replace('/?', '/engine?'), name: 'test', ...TIMEOUTS }));
  const views: ViewStore = await onceBack(() => startMongoViews(connection));
  const { reactor, effects } = countingReactor(undefined, { after: ['texts'] });
  const dependencies = { ...given.dependencies, views };
  await using leases = await onceBack(() => startSharedLeases({ views, onFailure: () => undefined }, { process: 'first', renewMs: 200 }));
  const projections = [textsProjector(), reactor];
  await using running = await onceBack(() => startProjections({ ...dependencies, leases }, { ...QUICK, batchEventsMax: 7, projections }));

  const outages: readonly (readonly [begin: () => Promise<void> | void, end: () => Promise<void> | void])[] = [
    [() => server.kill(), () => server.start()],
    [() => server.hang(), () => server.resume()],
  ];
  let last = '' as Position;
  let posts = 0;
  for (const [begin, end] of outages) {
    last = await appendPosts(given, POSTS, posts);
    await delay(200);
    await begin();
    last = await appendPosts(given, POSTS, posts + POSTS);
    await delay(AWAY_MS);
    await end();
    posts += 2 * POSTS;
    last = await appendPosts(given, POSTS, posts);
    posts += POSTS;
    const upTo = last;
    t.true(await onceBack(() => running.waitForViews(['texts'], upTo, { deadlineMs: 60_000 })));
    t.is((await onceBack(() => views.get<{ posts: number }>('text-counts@1', 'all')))?.posts, posts);
    await waitUntil(() => effects.times.size === posts * 2);
  }
  t.deepEqual(
    (await onceBack(() => running.status())).map(({ deadLetters }) => deadLetters),
    [0, 0],
  );
  t.false(given.reported.some(({ type }) => type === 'dead-lettered'));
});
