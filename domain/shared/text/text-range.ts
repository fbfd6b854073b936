/** A part of a text, in Unicode code points: `from` is its first, `to` is behind its last. */
export type TextRange = { readonly from: number; readonly to: number };
