/** How much there is of everything. */
export type Sizes = {
  /** In the log that is exported, backed up and told of. */
  readonly events: number;
  /** In the log that SQL is asked about. */
  readonly sqlEvents: number;
  readonly load: LoadSizes;
};

export type LoadSizes = { readonly pairs: number; readonly messagesPerSecond: number; readonly feedPagesPerSecond: number; readonly seconds: number };

export const EVENTS = 100_000;
const QUICK_EVENTS = 2_000;

export function sizesOf({ isQuick, events, sqlEvents }: { readonly isQuick: boolean; readonly events?: number; readonly sqlEvents?: number }): Sizes {
  const usual = isQuick ? QUICK_EVENTS : EVENTS;
  const load = isQuick
    ? { pairs: 3, messagesPerSecond: 50, feedPagesPerSecond: 10, seconds: 3 }
    : { pairs: 50, messagesPerSecond: 200, feedPagesPerSecond: 50, seconds: 20 };
  return { events: events ?? usual, sqlEvents: sqlEvents ?? events ?? usual, load };
}
