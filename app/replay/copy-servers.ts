/**
 * The log of servers as that of a data folder: every event with its id, its revision and the server's time, up to a moment, and the bounds
 * of its stream. What names positions of the servers, such as reactors' checkpoints and snapshots, stays there, for a replay has others.
 */
import { epochMs, type Instant } from '../../domain/shared/instant.ts';
import { partsWith } from '../../event-store/maintenance/copy.ts';
import { isMetastream, METADATA_EVENT_TYPE, streamOf } from '../../event-store/storage/stream-metadata.ts';
import type { StoredEvent } from '../../event-store/store.ts';
import type { KeptEvent, KeptLog } from '../../ports/event-log/eventstore/kept-log.ts';
import { covers, distance, logNumberOf, merge, offsetIn, positionAt } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { EVENT_WORDS } from '../../ports/event-log/words.ts';
import type { CopiedLog, LogPart } from '../backup/copy-log.ts';
import { endOfLog, type Manifest } from '../backup/manifest.ts';
import { handlingOf } from '../migrate/copied-streams.ts';
import { inOrderOfTime } from './merge-logs.ts';

const PART_EVENTS_MAX = 1_000;
const PART_BYTES_MAX = 1_048_576;

export type LogsOfServers = {
  /** In the order of their numbers. */
  readonly logs: readonly KeptLog[];
  /** The number of the log that has a stream. Another one may have what was there before it was moved. */
  readonly logOf: (stream: string) => number;
};

const isCopied =
  ({ logOf }: Pick<LogsOfServers, 'logOf'>) =>
  ({ stream, type, position }: KeptEvent): boolean => {
    const bounds = isMetastream(stream) && type === METADATA_EVENT_TYPE;
    const of = bounds ? streamOf(stream) : stream;
    return (bounds || !type.startsWith('$')) && handlingOf(of) === 'copied' && logOf(of) === logNumberOf(position);
  };

/** Where each log ends: with the last event that is not newer than `to`. Undefined where no log has any. Throws `LogUnavailable`. */
export async function endOfServers(servers: LogsOfServers, to: Instant | undefined, signal: AbortSignal | undefined): Promise<Position | undefined> {
  const toMs = to === undefined ? Infinity : epochMs(to);
  const isWanted = isCopied(servers);
  const lastIn = async (log: KeptLog): Promise<Position | undefined> => {
    for await (const event of log.readBackwards()) {
      signal?.throwIfAborted();
      if (event.created <= toMs && isWanted(event)) return event.position;
    }
    return undefined;
  };
  return (await Promise.all(servers.logs.map(lastIn))).reduce(merge, undefined);
}

type CopyOptions = {
  readonly end: Position;
  readonly signal: AbortSignal | undefined;
  /** Of 0 to 1. */
  readonly onCopied: (part: number) => void;
  readonly partEventsMax?: number;
};

/** Goes on behind what the segments have. Throws `LogUnavailable`. */
export function copyOfServers(manifest: Manifest, servers: LogsOfServers, { end, signal, onCopied, partEventsMax = PART_EVENTS_MAX }: CopyOptions): CopiedLog {
  const from = manifest.segments.at(-1)?.reached;
  let next = endOfLog(manifest);
  const length = Math.max(1, distance(undefined, end));
  const partOf = partsWith(EVENT_WORDS);
  const partsOf = async function* (): AsyncGenerator<LogPart, void, undefined> {
    let reached = from;
    for await (const events of inBatches(wantedOf(servers, { from, end, signal }), partEventsMax)) {
      const placed = events.map((event, at): StoredEvent => ({ ...event, position: next + at, contentType: 'application/json' }));
      next += placed.length;
      reached = events.reduce((before, { position }) => merge(before, position), reached);
      yield { ...partOf(placed, next), ...(reached !== undefined && { reached }) };
      onCopied(1 - distance(reached, end) / length);
    }
  };
  // Which revisions a stream begins with, and lacks, was the servers' to scavenge.
  return { parts: partsOf(), facts: () => ({ words: EVENT_WORDS, scavengedBelow: next, setAside: [] }) };
}

type Range = { readonly from: Position | undefined; readonly end: Position; readonly signal: AbortSignal | undefined };

async function* wantedOf(servers: LogsOfServers, { from, end, signal }: Range): AsyncGenerator<KeptEvent, void, undefined> {
  const isWanted = isCopied(servers);
  const upToEnd = async function* (log: KeptLog, number: number): AsyncGenerator<KeptEvent, void, undefined> {
    const last = offsetIn(end, number);
    if (last === undefined) return;
    const until = positionAt(number, last);
    if (from !== undefined && covers(from, until)) return;
    for await (const event of log.readAfter(from)) {
      signal?.throwIfAborted();
      if (isWanted(event)) yield event;
      if (covers(event.position, until)) return;
    }
  };
  yield* inOrderOfTime(servers.logs.map(upToEnd));
}

async function* inBatches(events: AsyncIterable<KeptEvent>, eventsMax: number): AsyncGenerator<readonly KeptEvent[], void, undefined> {
  let batch: KeptEvent[] = [];
  let bytes = 0;
  for await (const event of events) {
    batch.push(event);
    bytes += event.data.length + event.metadata.length;
    if (batch.length < eventsMax && bytes < PART_BYTES_MAX) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
