/** What a view store promises where a process is killed, and where the server is gone or hangs. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { onceBack } from '../../../tests/servers/once-back.ts';
import { ViewsUnavailable, type ViewStore } from '../port.ts';
import { DROP_STEPS, posts, projection, put, schema, write, type ServedViewsUnderTest, type ViewsTest } from '../test-fixture.ts';

const DOCUMENTS = 600;
/** How long the server is hung and gone: longer than the store waits for an answer. */
const OUTAGE_MS = 1_500;
const COMMITS_BETWEEN = 8;
const HEALED_WITHIN_MS = 100_000;

export function dropsContract(check: ViewsTest): void {
  for (const step of DROP_STEPS) {
    check(
      `a drop that is killed when it has ${step} is finished by whoever asks for the checkpoint, and nothing is written meanwhile`,
      async (t, views, store) => {
        await write(views, ...Array.from({ length: DOCUMENTS }, (_, i) => put(`p${i}`, { author: 'ann' })));
        await views.commit({ projection: `${projection}/1.0`, from: undefined, to: '5', writes: [] });
        await store.dropAndDie(projection, [posts], step);
        await using restarted = await store.start();
        const stale = await restarted.commit({ projection: `${projection}/1.0`, from: '5', to: '6', writes: [put('stale', {})] });
        const first = await restarted.commit({ projection: `${projection}/2.0`, from: undefined, to: '1', writes: [] });
        const position = await restarted.checkpoint(projection);
        if (position === '1') {
          t.deepEqual([stale, first], ['committed', 'committed'], 'it had not begun');
          t.is(await restarted.count(posts), DOCUMENTS + 1);
          await restarted.drop(projection, [posts]);
        } else {
          t.is(position, undefined);
          t.is(stale, 'fenced');
        }
        t.is(await restarted.count(posts), 0);
        t.is((await restarted.load(posts, ['p1']))[0]?.version, 0);
        t.is(await restarted.checkpoint(`${projection}/1.0`), undefined);
        t.is(await views.commit({ projection, from: undefined, to: '1', writes: [put('p1', { author: 'bob' })] }), 'committed');
        await restarted.drop('posts@2', []);
        t.is(await restarted.count(posts), 1);
      },
    );
  }
}

/** For adapters of a server. `open` starts a server for this test alone, and a store that waits for less than a second for an answer. */
export function outagesContract(adapter: string, open: () => Promise<ServedViewsUnderTest>): void {
  test(`${adapter}: a server that hangs, and one that is killed and comes back, are ViewsUnavailable, and every commit is there once`, async (t) => {
    await using store = await open();
    await using views = await onceBack(() => store.start());
    await onceBack(() => views.prepare(schema));
    const { server } = store;
    await commitUntil(views, COMMITS_BETWEEN);

    const duringHang = commitUntil(views, 2 * COMMITS_BETWEEN);
    server.hang();
    await t.throwsAsync(views.get(posts, 'p1'), { instanceOf: ViewsUnavailable });
    await delay(OUTAGE_MS);
    server.resume();
    await duringHang;

    const whileGone = commitUntil(views, 3 * COMMITS_BETWEEN);
    await server.kill();
    await t.throwsAsync(views.find(posts, { where: { author: 'ann' }, limit: 1 }), { instanceOf: ViewsUnavailable });
    await delay(OUTAGE_MS);
    await server.start();
    await whileGone;

    const commits = 3 * COMMITS_BETWEEN;
    t.is(await onceBack(() => views.checkpoint(projection), ViewsUnavailable), String(commits));
    t.deepEqual(await onceBack(() => views.get(posts, 'counter'), ViewsUnavailable), { commits });
    t.is(await onceBack(() => views.count(posts, { author: 'ann' }), ViewsUnavailable), commits);
  });
}

/** Commits as a runner does, which asks for the checkpoint again after an outage. Anything but an outage is thrown. */
async function commitUntil(views: ViewStore, last: number): Promise<void> {
  const deadline = performance.now() + HEALED_WITHIN_MS;
  for (;;) {
    const from = await onceBack(() => views.checkpoint(projection), ViewsUnavailable);
    const next = Number(from ?? 0) + 1;
    if (next > last) return;
    if (performance.now() > deadline) throw new Error(`The commits did not go on after ${from}.`);
    try {
      const outcome = await views.commit({
        projection,
        from,
        to: String(next),
        writes: [put(`p${next}`, { author: 'ann' }), { kind: 'increment', collection: posts, id: 'counter', by: { commits: 1 } }],
      });
      if (outcome === 'write-conflict') throw new Error('There is no other writer.');
    } catch (error) {
      if (!(error instanceof ViewsUnavailable)) throw error;
    }
  }
}
