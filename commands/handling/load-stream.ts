/** Reads a stream from the log: from its newest snapshot, its last event alone, or its start, as the decider asks. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { plus } from '../../domain/shared/instant.ts';
import { Undecodable, type Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, ReadOptions } from '../../ports/event-log/port.ts';
import { applyEvent, emptyStream, type CachedStream } from './cached-stream.ts';
import type { Snapshots } from './snapshots.ts';

/** Events decoded together: few at first, for the newest are nearly always enough. */
const DECODE_EVENTS_MIN = 16;
const DECODE_EVENTS_MAX = 512;

export type LogReader = { readonly log: EventLog; readonly codec: Codec };
/** As far as a stream is read and decoded. */
export type StreamReader = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'decodeAll'> };

/** A decider that needs more than the last event has to catch up from here. */
export async function loadStream(reader: LogReader, snapshots: Snapshots, decider: AnyDecider, stream: string): Promise<CachedStream> {
  return decider.reads === 'tail' ? loadLastEvent(reader, decider, stream) : loadSnapshot(snapshots, decider, stream);
}

/** Applies the events that the log has beyond what is cached. */
export async function catchUp(reader: LogReader, decider: AnyDecider, stream: string, cached: CachedStream): Promise<void> {
  for await (const events of readDecoded(reader, stream, { from: cached.revision + 1 })) {
    // Another caller may have applied the same events meanwhile.
    for (const event of events) if (event.revision > cached.revision) applyEvent(cached, decider, event);
  }
}

/** Throws at an event that can't be decoded: no decision can be made without it. */
export async function* readDecoded({ log, codec }: StreamReader, stream: string, options: ReadOptions): AsyncIterable<readonly Recorded<TidingsEvent>[]> {
  let chunk = [];
  let chunkMax = DECODE_EVENTS_MIN;
  for await (const stored of log.readStream(stream, options)) {
    chunk.push(stored);
    if (chunk.length < chunkMax) continue;
    yield (await codec.decodeAll(chunk)).map(orThrow);
    chunk = [];
    chunkMax = Math.min(chunkMax * 2, DECODE_EVENTS_MAX);
  }
  if (chunk.length > 0) yield (await codec.decodeAll(chunk)).map(orThrow);
}

async function loadLastEvent(reader: LogReader, decider: AnyDecider, stream: string): Promise<CachedStream> {
  const cached = emptyStream(decider);
  for await (const events of readDecoded(reader, stream, { from: 'end', direction: 'backwards', limit: 1 })) {
    for (const event of events) {
      applyEvent(cached, decider, event);
      cached.handledSince = plus(event.metadata.at, 1);
      cached.scannedFromRevision = event.revision;
    }
  }
  return cached;
}

async function loadSnapshot(snapshots: Snapshots, decider: AnyDecider, stream: string): Promise<CachedStream> {
  const snapshot = await snapshots.loadNewest(decider, stream);
  if (snapshot === undefined) return emptyStream(decider);
  const { state, revision, position, at } = snapshot;
  return {
    ...emptyStream(decider),
    state,
    revision,
    position,
    snapshotRevision: revision,
    handledSince: plus(at, 1),
    scannedFromRevision: revision + 1,
  };
}

function orThrow(event: Recorded<TidingsEvent> | Undecodable): Recorded<TidingsEvent> {
  if (event instanceof Undecodable) throw event;
  return event;
}
