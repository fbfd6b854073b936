/**
 * Who follows whom, drawn from a seed each time it is asked for and never kept: ten million people with a thousand million edges need
 * no more memory than a few numbers for each person. People follow a log-normal number of authors; authors are followed by their rank
 * (Zipf's law with Mandelbrot's shift, so that the first ones aren't followed by everybody).
 */
export type GraphConfig = {
  readonly people: number;
  readonly seed: number;
  readonly followsMedian: number;
  /** Of the logarithm of how many authors a person follows. */
  readonly followsSigma: number;
  readonly followsMax: number;
  readonly rankShift: number;
};

export const GRAPH: Omit<GraphConfig, 'people' | 'seed'> = { followsMedian: 60, followsSigma: 1, followsMax: 5_000, rankShift: 40 };

/** Ranks are looked up by so many equal parts of their distribution. */
const PARTS = 2 ** 20;
const PART_BITS = 12; // 32 − 20
const UINT32 = 2 ** 32;

export type Graph = {
  /** Calls `visit` with each author that the person follows, once each. Authors are their ranks, from 0. */
  readonly forEachFollowed: (person: number, visit: (author: number) => void) => void;
};

export function drawGraph({ people, seed, followsMedian, followsSigma, followsMax, rankShift }: GraphConfig): Graph {
  const { firstRank, width } = rankTable(people, rankShift);
  // By whom an author was drawn last: who is drawn twice is followed once.
  const drawnBy = new Int32Array(people).fill(-1);
  return {
    forEachFollowed: (person, visit) => {
      let state = hash(seed, person);
      const next = () => {
        // Marsaglia's xorshift with 13, 17 and 5.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 0;
      };
      const follows = Math.min(followsMax, people - 1, Math.round(followsMedian * Math.exp(followsSigma * normal(next(), next()))));
      drawnBy[person] = person; // nobody follows themselves
      for (let i = 0; i < follows; i++) {
        const drawn = next();
        const part = drawn >>> PART_BITS;
        const author = (firstRank[part] as number) + (((drawn & ((1 << PART_BITS) - 1)) * (width[part] as number)) >> PART_BITS);
        if (drawnBy[author] === person) continue;
        drawnBy[author] = person;
        visit(author);
      }
    },
  };
}

/** Whether somebody reads their feed within the time for which it is kept warm. */
export const isActive = (person: number, { seed, share }: { readonly seed: number; readonly share: number }): boolean =>
  hash(seed ^ 0x5bd1e995, person) >>> 0 < share * UINT32;

/** Of each part of the distribution the first rank, and how many ranks lie in it. A rank r weighs 1 / (r + shift). */
function rankTable(people: number, shift: number) {
  const firstRank = new Int32Array(PARTS);
  const width = new Int32Array(PARTS);
  const ratio = (people + shift) / shift;
  const rankAt = (part: number) => Math.min(people - 1, Math.floor(shift * ratio ** (part / PARTS) - shift));
  for (let part = 0; part < PARTS; part++) {
    firstRank[part] = rankAt(part);
    width[part] = Math.max(1, rankAt(part + 1) - rankAt(part));
  }
  return { firstRank, width };
}

/** Never 0, at which xorshift stands still. The finalizer of MurmurHash3. */
function hash(seed: number, value: number): number {
  let mixed = Math.imul(seed ^ value, 0x9e3779b1) ^ value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 1;
}

/** Box and Muller's transformation of two numbers of 32 bits. */
const normal = (one: number, other: number): number => Math.sqrt(-2 * Math.log((one + 1) / (UINT32 + 1))) * Math.cos((2 * Math.PI * other) / UINT32);
