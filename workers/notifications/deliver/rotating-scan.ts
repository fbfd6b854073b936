/**
 * Chooses what one sweep looks at in a long list that grows at its end: what came onto the list recently, and a share of the older
 * entries, going on where the last sweep ended, so that a round of few sweeps looks at all of them, however many there are.
 */

/** Reads the list's entries in their order; both ends of the range may be any text. */
export type ReadRange = (range: { readonly after: string; readonly until: string }, limit: number) => Promise<readonly string[]>;

/** Sweeps in a round. Where an entry stands in a round may change, so it is looked at again within twice as many. */
export const ROUND_SWEEPS = 6;
/** Fewer entries are not worth being spread over several sweeps. */
const SHARE_MIN = 50;
export const PAGE_MAX = 1_000;

/** Every sweep looks at the entries behind `recentFrom`, and none looks behind `until`. */
export type ScanWindow = { readonly recentFrom: string; readonly until: string };
type Round = { readonly sweep: number; readonly after: string; readonly seen: number; readonly share: number };

const BEGINNING = '';
const roundAfter = (seen: number): Round => ({ sweep: 1, after: BEGINNING, seen: 0, share: Math.max(SHARE_MIN, Math.ceil(seen / ROUND_SWEEPS)) });

/** Each call returns the pages of one sweep; the first sweep reads the whole list. The next sweep makes up for one that was broken off. */
export function rotatingScan(readRange: ReadRange): (window: ScanWindow) => AsyncIterable<readonly string[]> {
  let scannedUntil = BEGINNING;
  let round = roundAfter(0);

  async function* shareOfRound() {
    const isLast = round.sweep === ROUND_SWEEPS;
    for await (const page of pagesOf(readRange, { after: round.after, until: scannedUntil }, isLast ? Infinity : round.share)) {
      yield page;
      round = { ...round, after: page.at(-1) ?? round.after, seen: round.seen + page.length };
    }
    round = isLast ? roundAfter(round.seen) : { ...round, sweep: round.sweep + 1 };
  }

  return async function* ({ recentFrom, until }) {
    if (scannedUntil !== BEGINNING) yield* shareOfRound();
    yield* pagesOf(readRange, { after: scannedUntil, until }, Infinity);
    scannedUntil = recentFrom;
  };
}

async function* pagesOf(readRange: ReadRange, { after, until }: Parameters<ReadRange>[0], most: number): AsyncIterable<readonly string[]> {
  for (let left = most, from = after; left > 0;) {
    const limit = Math.min(left, PAGE_MAX);
    const page = await readRange({ after: from, until }, limit);
    yield page;
    if (page.length < limit) return;
    left -= page.length;
    from = page.at(-1) ?? from;
  }
}
