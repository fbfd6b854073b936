import test from 'ava';
import fc from 'fast-check';
import { BUCKETS, emptyMap, entriesOf, has, keysOf, SMALL_MAP_MAX, valueOf, withEntry, without, type PersistentMap } from './persistent-map.ts';

type Numbers = PersistentMap<string, number>;

const numbered = (count: number): Numbers => {
  let map: Numbers = emptyMap();
  for (let i = 0; i < count; i++) map = withEntry(map, `person-${i}`, i);
  return map;
};

test('holds what a Map holds after the same changes', (t) => {
  const change = fc.record({ key: fc.integer({ min: 0, max: 60 }).map((n) => `key-${n}`), value: fc.option(fc.integer(), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      const model = new Map<string, number>();
      let map: Numbers = emptyMap();
      for (const { key, value } of changes) {
        if (value === undefined) model.delete(key);
        else model.set(key, value);
        map = value === undefined ? without(map, key) : withEntry(map, key, value);
      }
      t.is(map.size, model.size);
      t.deepEqual(new Map(entriesOf(map)), model);
      t.deepEqual(new Set(keysOf(map)), new Set(model.keys()));
      for (const { key } of changes) {
        t.is(valueOf(map, key), model.get(key));
        t.is(has(map, key), model.has(key));
      }
    }),
    { numRuns: 50 },
  );
});

test('a change leaves the map before it as it was', (t) => {
  for (const size of [0, SMALL_MAP_MAX, 100]) {
    const before = numbered(size);
    const kept = structuredClone(before);
    withEntry(before, 'another', 1);
    withEntry(before, 'person-0', 1);
    without(before, 'person-0');
    t.deepEqual(before, kept);
  }
});

test('a change copies one bucket and no other, however many entries there are', (t) => {
  const before = numbered(5_000);
  for (const after of [withEntry(before, 'another', 1), withEntry(before, 'person-7', 0), without(before, 'person-7')]) {
    t.is(after.buckets.filter((bucket, index) => bucket !== before.buckets[index]).length, 1);
  }
});

test('5,000 entries are spread so evenly that no change copies more than 200 cells', (t) => {
  const { buckets } = numbered(5_000);
  t.is(buckets.length, BUCKETS);
  t.true(buckets.length + Math.max(...buckets.map((bucket) => bucket.length)) <= 200);
});

test('a map without an entry is itself without it', (t) => {
  const map = numbered(3);
  t.is(without(map, 'nobody'), map);
});
