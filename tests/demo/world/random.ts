/** Numbers that are drawn from a seed, so that the same seed draws the same world. */
export type Random = {
  /** From 0 up to 1. */
  readonly next: () => number;
  /** Both ends are in it. */
  readonly between: (from: number, to: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** So many different ones, or all there are, in a new order. */
  readonly some: <Item>(items: readonly Item[], count: number) => readonly Item[];
  readonly chance: (probability: number) => boolean;
};

/** Mulberry32 (Tommy Ettinger): 32 bits of state, which is enough for a small world. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError('Nothing can be picked of nothing.');
      return item;
    },
    some: (items, count) => {
      const left = [...items];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(between(0, left.length - 1), 1)).flat();
    },
    chance: (probability) => next() < probability,
  };
}
