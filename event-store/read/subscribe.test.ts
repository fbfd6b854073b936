import test from 'ava';
import { collect, event, events, firstEvents, openTestStore, texts } from '../test-fixture.ts';
import type { SubscriptionBatch } from '../store.ts';
import { LAG_EVENTS_MAX } from './subscribe.ts';

/** The next batch; throws when the subscription has ended. */
async function next(iterator: AsyncIterator<SubscriptionBatch>): Promise<SubscriptionBatch> {
  const { value, done } = await iterator.next();
  if (done === true) throw new Error('The subscription has ended.');
  return value;
}

const numbers = ({ events }: SubscriptionBatch) => events.map(({ position }) => position);

test('a subscription delivers the history, reports that it has caught up, and continues live', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(5), 'any');
  const subscription = store.subscribeToAll({ batchSize: 3 })[Symbol.asyncIterator]();
  const [first, second] = [await next(subscription), await next(subscription)];
  t.deepEqual([numbers(first), first.position, first.caughtUp], [[0, 1, 2], 2, false]);
  t.deepEqual([numbers(second), second.position, second.caughtUp], [[3, 4], 4, true]);
  const waiting = next(subscription);
  await store.append('b', events(2), 'any');
  t.deepEqual(numbers(await waiting), [5, 6]);
});

test('a subscription to an empty log reports at once that it has caught up', async (t) => {
  const store = await openTestStore(t);
  const subscription = store.subscribeToAll()[Symbol.asyncIterator]();
  t.deepEqual(await next(subscription), { events: [], position: -1, caughtUp: true });
  const waiting = next(subscription);
  await store.append('a', events(1), 'any');
  t.deepEqual(numbers(await waiting), [0]);
});

test('a subscription starts after a position, or at the end', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(5), 'any');
  t.deepEqual(
    (await firstEvents(store.subscribeToAll({ after: 2 }), 2)).map(({ position }) => position),
    [3, 4],
  );
  const atEnd = store.subscribeToAll({ after: 'end' })[Symbol.asyncIterator]();
  t.deepEqual(await next(atEnd), { events: [], position: 4, caughtUp: true });
  const waiting = next(atEnd);
  await store.append('a', events(1), 'any');
  t.deepEqual(numbers(await waiting), [5]);
  t.throws(() => store.subscribeToAll({ after: 6 }), { code: 'position-unknown' }, 'a position beyond the log comes from another log');
});

test('a subscription from the end starts where the log ended when it was made, not when it was first pulled', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(2), 'any');
  const [all, stream] = [store.subscribeToAll({ after: 'end' }), store.subscribeToStream('a', { after: 'end' })];
  await store.append('a', events(1), 'any');
  t.deepEqual(
    (await firstEvents(all, 1)).map(({ position }) => position),
    [2],
  );
  t.deepEqual(
    (await firstEvents(stream, 1)).map(({ revision }) => revision),
    [2],
  );
});

test('a filtered subscription reports positions beyond the events that it drops', async (t) => {
  const store = await openTestStore(t);
  await store.append('user-1', events(3), 'any');
  await store.append('channel-1', events(3), 'any');
  const subscription = store.subscribeToAll({ filter: { on: 'stream', prefixes: ['user-'] } })[Symbol.asyncIterator]();
  const history = await next(subscription);
  t.deepEqual([numbers(history), history.position, history.caughtUp], [[0, 1, 2], 5, true]);
  const waiting = next(subscription);
  await store.append('channel-1', events(2), 'any');
  t.deepEqual(await waiting, { events: [], position: 7, caughtUp: true });
});

test('a filter that matches nothing in a long history reports its progress', async (t) => {
  const store = await openTestStore(t);
  for (let part = 0; part < 20; part++) await store.append('a', events(1_000), 'any');
  const batches: SubscriptionBatch[] = [];
  for await (const batch of store.subscribeToAll({ filter: { on: 'type', names: ['never'] } })) {
    batches.push(batch);
    if (batch.caughtUp) break;
  }
  t.true(batches.length >= 2);
  t.true(batches.every(({ events }) => events.length === 0));
  t.is(batches.at(-1)?.position, 19_999);
});

test('a stream subscription sees only its stream, and waits for a stream that does not exist yet', async (t) => {
  const store = await openTestStore(t);
  await store.append('other', events(2), 'any');
  const subscription = store.subscribeToStream('a')[Symbol.asyncIterator]();
  t.deepEqual(await next(subscription), { events: [], position: -1, caughtUp: true });
  const waiting = next(subscription);
  await store.append('other', events(2), 'any');
  await store.append('a', [event('x'), event('y')], 'any');
  const batch = await waiting;
  t.deepEqual(texts(batch.events), ['x', 'y']);
  t.is(batch.position, 1);
  t.deepEqual(
    (await firstEvents(store.subscribeToStream('a', { after: 0 }), 1)).map(({ revision }) => revision),
    [1],
  );
});

test('a stream subscription ends with an error when the stream is tombstoned', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(1), 'any');
  const subscription = store.subscribeToStream('a')[Symbol.asyncIterator]();
  await next(subscription);
  const waiting = subscription.next();
  await store.tombstone('a', 'any');
  await t.throwsAsync(Promise.resolve(waiting), { code: 'stream-deleted' });
});

test('a subscription ends without an error when it is aborted or the store closes', async (t) => {
  const store = await openTestStore(t);
  const stop = new AbortController();
  const [aborted, closed] = [collect(store.subscribeToAll({ signal: stop.signal })), collect(store.subscribeToStream('a'))];
  await store.append('b', events(1), 'any');
  stop.abort();
  t.true((await aborted).length > 0);
  await store[Symbol.asyncDispose]();
  t.deepEqual(await closed, [{ events: [], position: -1, caughtUp: true }]);
});

test('slow and fast subscribers, under load, miss nothing and see nothing twice', async (t) => {
  const store = await openTestStore(t);
  const total = 6_000;
  const slow = async (pauseMs: number, batchSize: number) => {
    const seen: number[] = [];
    for await (const batch of store.subscribeToAll({ batchSize })) {
      seen.push(...numbers(batch));
      if (seen.length >= total) return seen;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return seen;
  };
  const subscribers = [slow(0, 512), slow(0, 1), slow(3, 100), slow(25, 300)];
  await Promise.all(
    Array.from({ length: 20 }, async (_, caller) => {
      for (let part = 0; part < total / 20 / 3; part++) await store.append(`caller-${caller}`, events(3), 'any');
    }),
  );
  const expected = Array.from({ length: total }, (_, at) => at);
  for (const seen of await Promise.all(subscribers)) t.deepEqual(seen, expected);
});

test('with EventStoreDB’s idempotency a live subscriber that falls behind is dropped, and may subscribe again from where it was', async (t) => {
  const store = await openTestStore(t, { idempotency: 'eventstoredb' });
  const subscription = store.subscribeToAll({ batchSize: 10 })[Symbol.asyncIterator]();
  await next(subscription);
  await store.append('a', events(LAG_EVENTS_MAX + 1), 'any');
  await t.throwsAsync(next(subscription), { code: 'consumer-too-slow' });
  t.is((await firstEvents(store.subscribeToAll(), LAG_EVENTS_MAX + 1)).length, LAG_EVENTS_MAX + 1);
});

test('a quiet subscription passes over what its filter leaves out without a batch, tells that it waits, and misses nothing', async (t) => {
  const store = await openTestStore(t);
  await store.append('a', events(3), 'any');
  const told: boolean[] = [];
  const subscription = store.subscribeToAll({ filter: { on: 'type', names: ['wanted'] }, onQuiet: (isQuiet) => told.push(isQuiet) })[Symbol.asyncIterator]();
  t.deepEqual(await next(subscription), { events: [], position: 2, caughtUp: true });
  for (const round of [1, 2, 3]) {
    const waiting = next(subscription);
    t.deepEqual(told, [true], 'it waits');
    for (let others = 0; others < 10 * round; others++) await store.append('a', events(1), 'any');
    t.deepEqual(told, [true], 'what others wrote is passed over');
    const appended = store
      .append('b', [{ ...event(), type: 'wanted' }], 'any')
      .then(() => t.deepEqual(told, [true, false], 'before anybody knows of the event'));
    const batch = await waiting;
    await appended;
    t.deepEqual([batch.events.map(({ type }) => type), batch.position], [['wanted'], store.head() ?? -1]);
    told.length = 0;
  }
});

test('a quiet subscription ends when its signal aborts and when the store closes', async (t) => {
  for (const how of ['aborts', 'closes']) {
    const store = await openTestStore(t);
    const stop = new AbortController();
    const told: boolean[] = [];
    const options = { filter: { on: 'type', names: ['wanted'] }, signal: stop.signal, onQuiet: (isQuiet: boolean) => told.push(isQuiet) } as const;
    const subscription = store.subscribeToAll(options)[Symbol.asyncIterator]();
    await next(subscription);
    const ended = subscription.next();
    if (how === 'aborts') stop.abort();
    else await store[Symbol.asyncDispose]();
    t.true((await ended).done);
    t.deepEqual(told, [true, false]);
  }
});
