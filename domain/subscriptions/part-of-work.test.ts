import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import { instant, plus } from '../shared/instant.ts';
import type { AppId } from '../shared/ids.ts';
import type { SubscriptionsEvent } from './events.ts';
import { PART_HELD_MS, partOfWork } from './part-of-work.ts';

const at = instant(Date.UTC(2030, 0, 1));
const of = { app: 'shop' as AppId, projection: 'messages', group: 'index', of: 2, part: 0 };
const held = (holder: string, cursor: string | null, since = at): SubscriptionsEvent => ({
  type: 'subscriptions.part-held.v1',
  data: { ...of, holder, cursor, at: since, until: plus(since, PART_HELD_MS) },
});

test('a part is held by one at a time, and goes on where the one before it was', (t) => {
  given(partOfWork)
    .when({ type: 'hold', ...of, holder: 'a', at })
    .then(t, held('a', null));
  given(partOfWork, held('a', 'c1'))
    .when({ type: 'hold', ...of, holder: 'b', at: plus(at, PART_HELD_MS - 1) })
    .thenRefused(t, 'part-taken', { retryAfterSeconds: 1 });
  const over = plus(at, PART_HELD_MS);
  given(partOfWork, held('a', 'c1'))
    .when({ type: 'hold', ...of, holder: 'b', at: over })
    .then(t, held('b', 'c1', over));
});

test('only who holds a part says how far it is done', (t) => {
  const over = plus(at, PART_HELD_MS);
  given(partOfWork, held('a', 'c1'))
    .when({ type: 'hold', ...of, holder: 'a', cursor: 'c2', at })
    .then(t, held('a', 'c2'));
  given(partOfWork, held('a', 'c1'), held('b', 'c5', over))
    .when({ type: 'hold', ...of, holder: 'a', cursor: 'c2', at: plus(over, PART_HELD_MS) })
    .then(t, held('a', 'c5', plus(over, PART_HELD_MS)));
  given(partOfWork, held('a', 'c1'))
    .when({ type: 'hold', ...of, holder: 'a', at: over })
    .then(t, held('a', 'c1', over));
});

test('a part that is released is taken at once, and who holds it no longer releases nothing', (t) => {
  const released: SubscriptionsEvent = { type: 'subscriptions.part-released.v1', data: { ...of, holder: 'a', cursor: 'c2', at } };
  given(partOfWork, held('a', 'c1'))
    .when({ type: 'release', ...of, holder: 'a', cursor: 'c2', at })
    .then(t, released);
  given(partOfWork, held('a', 'c1'), released)
    .when({ type: 'hold', ...of, holder: 'b', at })
    .then(t, held('b', 'c2'));
  given(partOfWork, held('b', 'c1'))
    .when({ type: 'release', ...of, holder: 'a', at: plus(at, PART_HELD_MS) })
    .then(t);
});
