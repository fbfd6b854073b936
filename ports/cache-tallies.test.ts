import test from 'ava';
import { counted, dropOldest, emptyTallies, emptyTally, CACHES } from './cache-tallies.ts';

test('counts what was found as a hit, what was not as a miss, and gives both back', (t) => {
  const tally = emptyTally();
  t.is(counted(tally, 'found'), 'found');
  t.is(counted(tally, undefined), undefined);
  t.deepEqual(tally, { hits: 1, misses: 1, evictions: 0 });
});

test('the first entry of a full cache gives way, and is counted; an empty one counts nothing', (t) => {
  const tally = emptyTally();
  const cache = new Map([
    ['first', 1],
    ['second', 2],
  ]);
  dropOldest(cache, tally);
  t.deepEqual([...cache.keys()], ['second']);
  t.is(tally.evictions, 1);
  dropOldest(new Map(), tally);
  t.is(tally.evictions, 1);
});

test('each cache has a tally of its own', (t) => {
  const tallies = emptyTallies();
  t.is(new Set(CACHES.map((cache) => tallies[cache])).size, CACHES.length);
});
