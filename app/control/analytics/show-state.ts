/** The state of a stream as its decider has it, also as it was: a fold of its events up to then. */
import { deciderOf } from '../../../domain/deciders.ts';
import { sealing, type TidingsEvent } from '../../../domain/events.ts';
import { erased, type Recorded } from '../../../domain/shared/event.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog, StoredEvent } from '../../../ports/event-log/port.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import type { StateLine } from './protocol.ts';

const BATCH_EVENTS_MAX = 500;

type Dependencies = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decodeAll'> };

/** A personal field that isn't revealed is as if it were erased, for the decider knows what to make of that. */
export async function showState(
  { log, codec }: Dependencies,
  { stream, at, personal }: OperationRequest<'show-state'>,
  signal: AbortSignal,
): Promise<StateLine> {
  const decider = deciderOf(stream);
  if (decider === undefined) throw new ControlFailure('unknown', `${stream} is no stream with a state: see the categories in domain/shared/streams.ts.`);
  let line: StateLine = { stream, revision: -1, at: null, events: 0, state: decider.initialState };
  for await (const stored of inBatches(log.readStream(stream, {}), signal)) {
    for (const event of await codec.decodeAll(stored)) {
      if (event instanceof Error) throw new ControlFailure('failed', `The state can’t be known: ${event.message}`);
      if (isAfter(event, at)) return line;
      const folded = personal === 'revealed' ? event : withoutPersonal(event);
      line = { stream, revision: event.revision, at: event.metadata.at, events: line.events + 1, state: decider.evolve(line.state, folded) };
    }
  }
  if (line.revision === -1) throw new ControlFailure('unknown', `There is no stream ${stream}.`);
  return line;
}

/** Times of a stream's events may go back where a clock was set back: what comes after a later event is later. */
function isAfter({ revision, metadata }: Recorded<TidingsEvent>, at: { readonly moment: Instant } | { readonly revision: number } | undefined): boolean {
  if (at === undefined) return false;
  return 'revision' in at ? revision > at.revision : metadata.at > at.moment;
}

function withoutPersonal(event: Recorded<TidingsEvent>): Recorded<TidingsEvent> {
  const data: Record<string, unknown> = { ...event.data };
  for (const field of Object.keys(sealing[event.type])) if (data[field] !== undefined) data[field] = erased;
  return { ...event, data } as Recorded<TidingsEvent>;
}

async function* inBatches(events: AsyncIterable<StoredEvent>, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]> {
  let batch: StoredEvent[] = [];
  for await (const event of events) {
    signal.throwIfAborted();
    if (batch.push(event) < BATCH_EVENTS_MAX) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
