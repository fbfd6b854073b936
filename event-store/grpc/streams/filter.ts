/** The filter of a read or a subscription of `$all`, as a request brings it. */
import type { EventFilter } from '../../store.ts';
import { invalidArgument, type Refusal } from '../wire/refusals.ts';

type Expression = { getRegex(): string; getPrefixList(): string[] };

/** What the requests of the streams and of the persistent subscriptions share. */
type FilterMessage = {
  getStreamIdentifier(): Expression | undefined;
  getEventType(): Expression | undefined;
  hasMax(): boolean;
  getMax(): number;
  getCheckpointintervalmultiplier(): number;
};

export type RequestedFilter = {
  readonly filter: EventFilter;
  /** After so many events looked at, the reader is told how far it has come. */
  readonly checkpointIntervalEvents: number;
};

const SEARCH_WINDOW_EVENTS = 32;

export function parseFilter(message: FilterMessage): RequestedFilter | Refusal {
  const onStream = message.getStreamIdentifier();
  const expression = onStream ?? message.getEventType();
  if (expression === undefined) return invalidArgument('A filter names streams or event types.');
  const window = message.hasMax() ? message.getMax() : SEARCH_WINDOW_EVENTS;
  const multiplier = message.getCheckpointintervalmultiplier();
  if (window === 0) return invalidArgument('The search window of a filter is at least one event.');
  const on = onStream === undefined ? 'type' : 'stream';
  const pattern = expression.getRegex();
  const filter: EventFilter = pattern === '' ? { on, prefixes: expression.getPrefixList() } : { on, pattern };
  return { filter, checkpointIntervalEvents: window * Math.max(multiplier, 1) };
}
