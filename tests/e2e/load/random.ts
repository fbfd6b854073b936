/** Reproducible randomness: all values follow from the seed and the order of the calls. */

export type Random = {
  /** From 0 inclusive to 1 exclusive. */
  readonly next: () => number;
  /** From 0 inclusive to the limit exclusive. */
  readonly below: (limit: number) => number;
  readonly pick: <Value>(list: readonly Value[]) => Value;
  /** One of the names, with a probability proportional to its weight. */
  readonly pickWeighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name;
};

/** Mulberry32 (Tommy Ettinger): its state of 32 bits suffices for a script of some thousand steps. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (list) => {
      if (list.length === 0) throw new Error('There is nothing to pick from.');
      return list[below(list.length)] as (typeof list)[number];
    },
    pickWeighted: (weights) => {
      const names = Object.keys(weights) as (keyof typeof weights)[];
      let left = next() * names.reduce((sum, name) => sum + weights[name], 0);
      return names.find((name) => (left -= weights[name]) < 0) ?? (names[0] as keyof typeof weights);
    },
  };
}
