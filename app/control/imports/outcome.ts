/** `unchanged`: it was imported before, or was so already. `refused`: with a code, and a sentence for people. */
export type ImportOutcome =
  { readonly outcome: 'imported' } | { readonly outcome: 'unchanged' } | { readonly outcome: 'refused'; readonly code: string; readonly says: string };
