import test from 'ava';
import type { StoredEvent } from '../../ports/event-log/port.ts';
import { positionAt } from '../../ports/event-log/position.ts';
import type { Decode } from '../dependencies.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { recordedEvents } from '../test-fixture.ts';
import { shareDecoding } from './share-decoding.ts';

const [post, person] = ['p1' as PostId, 'ann' as PersonId];

const stored = (from: number, count: number, bytes = 10): readonly StoredEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${from + index}`,
    type: 'feed.liked.v1',
    stream: 'reaction-p1:ann',
    revision: from + index,
    position: positionAt(0, from + index),
    data: new Uint8Array(bytes),
    metadata: new Uint8Array(),
  }));

function counted(fail: () => boolean = () => false) {
  let events = 0;
  const decode: Decode = async (batch) => {
    events += batch.length;
    if (fail()) throw new Error('The keys are away.');
    return recordedEvents(batch.map(({ stream, revision }) => ({ stream, revision, event: { type: 'feed.liked.v1', data: { post, person } } })));
  };
  return { decode: shareDecoding(decode), events: () => events };
}

const ids = (decoded: Awaited<ReturnType<Decode>>) => decoded.map((event) => (event instanceof Error ? 'error' : String(event.revision)));

test('several callers that ask for the same events at the same time have them decoded once, each in the order it asked for', async (t) => {
  const { decode, events } = counted();
  const [one, other] = await Promise.all([decode(stored(0, 4)), decode(stored(2, 4))]);
  t.deepEqual(ids(one ?? []), ['0', '1', '2', '3']);
  t.deepEqual(ids(other ?? []), ['2', '3', '4', '5']);
  t.is(events(), 6);
});

test('events that could not be decoded are decoded again when asked for', async (t) => {
  let isAway = true;
  const { decode } = counted(() => isAway);
  await t.throwsAsync(decode(stored(0, 2)), { message: /away/ });
  isAway = false;
  t.deepEqual(ids(await decode(stored(0, 2))), ['0', '1']);
});

test('the cache is bounded in events and in bytes', async (t) => {
  const many = counted();
  await many.decode(stored(0, 1));
  for (let from = 1; from < 5_000; from += 500) await many.decode(stored(from, 500));
  const before = many.events();
  await many.decode(stored(0, 1));
  t.is(many.events(), before + 1);

  const large = counted();
  await large.decode(stored(0, 1, 9 * 1_024 * 1_024));
  await large.decode(stored(1, 1, 9 * 1_024 * 1_024));
  await large.decode(stored(0, 1, 9 * 1_024 * 1_024));
  t.is(large.events(), 3);
});
