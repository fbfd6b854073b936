/**
 * How much is looked at in one sweep, where what has to be looked at is a long list that grows at its end: what came onto it of late,
 * and of what has been on it for longer a share, going on where the last sweep ended, so that all of it has had its turn in a round
 * of few sweeps, however long it is.
 */

/** Texts of a list, in their order; both ends may be any text. */
export type Texts = (range: { readonly after: string; readonly until: string }, limit: number) => Promise<readonly string[]>;

/** A round is over in so many sweeps. Where a text stands in a round may change, so its turn comes again within twice as many. */
export const ROUND_SWEEPS = 6;
/** Fewer are not worth being looked at in several sweeps. */
const SHARE_MIN = 50;
export const PAGE_MAX = 1_000;

/** `lately`: from where on the list has texts that every sweep looks at; `until`: to where it is looked at at all. */
export type Stretch = { readonly lately: string; readonly until: string };
type Round = { readonly sweep: number; readonly after: string; readonly seen: number; readonly share: number };

const BEGINNING = '';
const roundAfter = (seen: number): Round => ({ sweep: 1, after: BEGINNING, seen: 0, share: Math.max(SHARE_MIN, Math.ceil(seen / ROUND_SWEEPS)) });

/** The pages of one sweep after the other; the first sweep begins with the whole list. A sweep that is broken off is made up for by the next. */
export function rotatingScan(texts: Texts): (stretch: Stretch) => AsyncIterable<readonly string[]> {
  let looked = BEGINNING;
  let round = roundAfter(0);

  async function* shareOfRound() {
    const isLast = round.sweep === ROUND_SWEEPS;
    for await (const page of pagesOf(texts, { after: round.after, until: looked }, isLast ? Infinity : round.share)) {
      yield page;
      round = { ...round, after: page.at(-1) ?? round.after, seen: round.seen + page.length };
    }
    round = isLast ? roundAfter(round.seen) : { ...round, sweep: round.sweep + 1 };
  }

  return async function* ({ lately, until }) {
    if (looked !== BEGINNING) yield* shareOfRound();
    yield* pagesOf(texts, { after: looked, until }, Infinity);
    looked = lately;
  };
}

async function* pagesOf(texts: Texts, { after, until }: Parameters<Texts>[0], most: number): AsyncIterable<readonly string[]> {
  for (let left = most, from = after; left > 0;) {
    const limit = Math.min(left, PAGE_MAX);
    const page = await texts({ after: from, until }, limit);
    yield page;
    if (page.length < limit) return;
    left -= page.length;
    from = page.at(-1) ?? from;
  }
}
