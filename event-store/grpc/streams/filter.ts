/** Parses the filter of a read of `$all` or of a subscription to it. */
import type { EventFilter } from '../../store.ts';
import { compileNamePattern } from '../../read/name-pattern.ts';
import { isEventStoreError } from '../../errors.ts';
import { invalidArgument, isRefusal, type Refusal } from '../wire/refusals.ts';
import { translatePattern } from './dotnet-pattern.ts';

type Expression = { getRegex(): string; getPrefixList(): string[] };

/** The filter messages of the Streams and the PersistentSubscriptions service, which are alike. */
type FilterMessage = {
  getStreamIdentifier(): Expression | undefined;
  getEventType(): Expression | undefined;
  hasMax(): boolean;
  getMax(): number;
  getCheckpointintervalmultiplier(): number;
};

export type RequestedFilter = {
  readonly filter: EventFilter;
  /** After so many events considered, the subscriber gets a checkpoint. */
  readonly checkpointIntervalEvents: number;
};

const SEARCH_WINDOW_EVENTS = 32;

export function parseFilter(message: FilterMessage): RequestedFilter | Refusal {
  const onStream = message.getStreamIdentifier();
  const expression = onStream ?? message.getEventType();
  if (expression === undefined) return invalidArgument('A filter must be on stream names or event types.');
  const window = message.hasMax() ? message.getMax() : SEARCH_WINDOW_EVENTS;
  const multiplier = message.getCheckpointintervalmultiplier();
  if (window === 0) return invalidArgument('The search window of a filter must be at least one event.');
  const on = onStream === undefined ? 'type' : 'stream';
  const regex = expression.getRegex();
  const pattern = regex === '' ? undefined : parsePattern(regex);
  if (isRefusal(pattern)) return pattern;
  const filter: EventFilter = pattern === undefined ? { on, prefixes: expression.getPrefixList() } : { on, pattern };
  return { filter, checkpointIntervalEvents: window * Math.max(multiplier, 1) };
}

function parsePattern(regex: string): string | Refusal {
  const translated = translatePattern(regex);
  if (translated.outcome === 'unsupported') return invalidArgument(`The filter's pattern ${regex} is refused: ${translated.reason}.`);
  try {
    compileNamePattern(translated.pattern);
  } catch (error) {
    if (isEventStoreError(error)) return invalidArgument(error.message);
    throw error;
  }
  return translated.pattern;
}
