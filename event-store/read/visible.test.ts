import test from 'ava';
import { collect, events, openTestLog, temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { readAll, readAt } from './read-all.ts';
import { readStream } from './read-stream.ts';
import { streamState } from '../storage/stream-state.ts';
import { subscribeToAll, subscribeToStream } from './subscribe.ts';

test('no reader or subscriber sees records that LMDB shows beyond the flushed head', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(3), 'any');
    await store.append('a', events(3), 'any');
    await store.append('b', events(1), 'any');
    await store.tombstone('c', 'any');
  }
  const log = openTestLog(t, folder);
  const { flushed } = log;
  const whole = flushed.head;
  flushed.publish({ ...whole, nextPosition: 3 }, [], new Set()); // as while the second append is being flushed

  const read = readStream(log, 'a');
  t.deepEqual(read.outcome === 'found' && [...read.events].map(({ revision }) => revision), [0, 1, 2]);
  t.is(readStream(log, 'b').outcome, 'not-found');
  t.is(readStream(log, 'c').outcome, 'not-found');
  t.is((await collect(readAll(log))).length, 3);
  t.is((await collect(readAll(log, { direction: 'backwards' }))).length, 3);
  t.is(readAt(log, 3), undefined);
  t.is(streamState(log, 'a').last, 2);

  const all = subscribeToAll(log)[Symbol.asyncIterator]();
  const stream = subscribeToStream(log, 'a')[Symbol.asyncIterator]();
  t.deepEqual((await all.next()).value?.position, 2);
  t.deepEqual((await stream.next()).value?.position, 2);
  const later = Promise.all([all.next(), stream.next()]);
  log.states.clear();
  flushed.publish(whole, ['a', 'b', 'c'], new Set());
  t.deepEqual(
    (await later).map(({ value }) => value?.events.length),
    [5, 3],
  );
});
