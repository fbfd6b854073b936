/** Where the rows of a long list are: from the heights that were measured, and an estimate for all others. */
export type Row = { readonly key: string };

/** What is to stay where it is: the end of the list, or rows at so many pixels below the top of the view, of which the first that is still there counts. */
export type Place = { readonly kind: 'end' } | { readonly kind: 'rows'; readonly rows: readonly { readonly key: string; readonly offsetPx: number }[] };

type Range = {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
  /** Of the rows before and behind those. */
  readonly beforePx: number;
  readonly afterPx: number;
};

type ListLayout = {
  /** Whether it was another height before. */
  measured(key: string, heightPx: number): boolean;
  /** Which rows are in the view, and within `marginPx` around it. */
  rangeAt(rows: readonly Row[], place: Place, viewPx: number, marginPx: number): Range;
  /** What is at the top of the view where it is scrolled to a height at which nothing is drawn. */
  placeAt(rows: readonly Row[], scrollPx: number): Place;
};

const ESTIMATE_PX = 56;
const SAME_PX = 0.5;

export const AT_END: Place = { kind: 'end' };

export function createListLayout(): ListLayout {
  const heights = new Map<string, number>();
  let sumPx = 0;
  const heightOf = ({ key }: Row): number => heights.get(key) ?? (heights.size === 0 ? ESTIMATE_PX : sumPx / heights.size);
  const sum = (rows: readonly Row[], from: number, to: number): number => {
    let px = 0;
    for (let n = from; n < to; n++) px += heightOf(rows[n] as Row);
    return px;
  };
  return {
    measured: (key, heightPx) => {
      const before = heights.get(key);
      if (before !== undefined && Math.abs(before - heightPx) < SAME_PX) return false;
      heights.set(key, heightPx);
      sumPx += heightPx - (before ?? 0);
      return true;
    },
    rangeAt: (rows, place, viewPx, marginPx) => {
      const found = place.kind === 'end' ? undefined : firstOf(rows, place.rows);
      let first = found?.index ?? rows.length;
      let end = first;
      // From the row that stays, upwards until the margin is full, and downwards.
      const topPx = found === undefined ? viewPx : found.offsetPx;
      for (let px = topPx; first > 0 && px > -marginPx; px -= heightOf(rows[first] as Row)) first--;
      for (let px = topPx; end < rows.length && px < viewPx + marginPx; end++) px += heightOf(rows[end] as Row);
      return { first, end, beforePx: sum(rows, 0, first), afterPx: sum(rows, end, rows.length) };
    },
    placeAt: (rows, scrollPx) => {
      let px = 0;
      for (const row of rows) {
        const nextPx = px + heightOf(row);
        if (nextPx > scrollPx) return { kind: 'rows', rows: [{ key: row.key, offsetPx: px - scrollPx }] };
        px = nextPx;
      }
      return AT_END;
    },
  };
}

function firstOf(rows: readonly Row[], places: readonly { readonly key: string; readonly offsetPx: number }[]) {
  for (const { key, offsetPx } of places) {
    const index = rows.findIndex((row) => row.key === key);
    if (index >= 0) return { index, offsetPx };
  }
  return undefined;
}
