/**
 * An immutable map with cheap copies. States are cached and shared, so folding an event may not change the state before it, and
 * copying a person's 5,000 friends for every event would make the fold quadratic. Entries lie in buckets by a hash of their key; a
 * copy with a change shares all buckets but one, and so copies about 150 cells of 5,000. It is plain JSON, so that a state with one
 * in it can be kept as a snapshot.
 */
type Entry<Key extends string, Value> = readonly [key: Key, value: Value];

export type PersistentMap<Key extends string, Value> = {
  readonly size: number;
  /** One bucket while the map is small, `BUCKETS` of them from then on. */
  readonly buckets: readonly (readonly Entry<Key, Value>[])[];
};

/** About the square root of the 5,000 entries that the largest of our maps may hold: list and bucket are equally long then. */
export const BUCKETS = 64;
/** Most people follow few others: up to so many entries one list is smaller and as fast. */
export const SMALL_MAP_MAX = 16;

const empty: PersistentMap<never, never> = Object.freeze({ size: 0, buckets: Object.freeze([Object.freeze([])]) });

export const emptyMap = <Key extends string, Value>(): PersistentMap<Key, Value> => empty;

export function valueOf<Key extends string, Value>(map: PersistentMap<Key, Value>, key: Key): Value | undefined {
  return bucketOf(map, key).find(([one]) => one === key)?.[1];
}

export const has = <Key extends string, Value>(map: PersistentMap<Key, Value>, key: Key): boolean => bucketOf(map, key).some(([one]) => one === key);

export function withEntry<Key extends string, Value>(map: PersistentMap<Key, Value>, key: Key, value: Value): PersistentMap<Key, Value> {
  const bucket = bucketOf(map, key);
  const at = bucket.findIndex(([one]) => one === key);
  const entry: Entry<Key, Value> = [key, value];
  if (at !== -1) return { size: map.size, buckets: map.buckets.with(indexOf(map, key), bucket.with(at, entry)) };
  const wide = map.buckets.length === 1 && map.size >= SMALL_MAP_MAX ? withAllBuckets(map) : map;
  return { size: map.size + 1, buckets: wide.buckets.with(indexOf(wide, key), [...bucketOf(wide, key), entry]) };
}

export function without<Key extends string, Value>(map: PersistentMap<Key, Value>, key: Key): PersistentMap<Key, Value> {
  if (!has(map, key)) return map;
  const left = bucketOf(map, key).filter(([one]) => one !== key);
  return { size: map.size - 1, buckets: map.buckets.with(indexOf(map, key), left) };
}

/** The order has no meaning. */
export const entriesOf = <Key extends string, Value>(map: PersistentMap<Key, Value>): readonly Entry<Key, Value>[] => map.buckets.flat();
export const keysOf = <Key extends string, Value>(map: PersistentMap<Key, Value>): readonly Key[] => entriesOf(map).map(([key]) => key);

const bucketOf = <Key extends string, Value>(map: PersistentMap<Key, Value>, key: Key) => map.buckets[indexOf(map, key)] ?? [];
const indexOf = (map: PersistentMap<string, unknown>, key: string) => (map.buckets.length === 1 ? 0 : hash(key) % map.buckets.length);

function withAllBuckets<Key extends string, Value>(map: PersistentMap<Key, Value>): PersistentMap<Key, Value> {
  const buckets = Array.from({ length: BUCKETS }, (): Entry<Key, Value>[] => []);
  for (const entry of entriesOf(map)) buckets[hash(entry[0]) % BUCKETS]?.push(entry);
  return { size: map.size, buckets };
}

/** FNV-1a, 32 bits, its high half folded in because only the low bits choose a bucket. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193);
  return (value ^ (value >>> 16)) >>> 0;
}
