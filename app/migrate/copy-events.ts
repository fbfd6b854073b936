/**
 * Copies the events of an embedded log to that of servers, with their ids and revisions. Streams with one key keep their order; others go
 * beside each other. A chunk is in the target before the next one begins, and what was copied twice is there once.
 */
import type { EventStore, StoredEvent as EventInStore } from '../../event-store/store.ts';
import type { EventLog, NewEvent, Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import { slotOf } from '../../ports/event-log/slots.ts';
import { handlingOf } from './copied-streams.ts';
import { appendLastEvent, isLastEvent, isTruncatedIn } from './forgotten-streams.ts';
import { MigrationFailed } from './migration-failed.ts';
import type { MigrationProgress } from './progress-file.ts';

const LANES_MAX = 32;
/** Of one append; a server takes 1 MiB. */
const APPEND_BYTES_MAX = 500_000;
const APPEND_EVENTS_MAX = 500;

type Dependencies = {
  readonly source: Pick<EventStore, 'readAllChunks' | 'head' | 'streamMetadata'>;
  readonly target: Pick<EventLog, 'append' | 'readStream'>;
  readonly progress: MigrationProgress;
};
type Options = { readonly signal: AbortSignal | undefined; readonly onCopied: (copied: { readonly next: number; readonly events: number }) => void };

/** Up to the head as it is when this is called. Answers how many events were copied. */
export async function copyEvents({ source, target, progress }: Dependencies, { signal, onCopied }: Options): Promise<number> {
  let { target: reached } = progress.place();
  let events = 0;
  const isTruncated = isTruncatedIn(source);
  for await (const chunk of source.readAllChunks({ from: progress.place().source + 1 })) {
    signal?.throwIfAborted();
    const copied = chunk.filter(
      (event) => !event.type.startsWith('$') && handlingOf(event.stream) === 'copied' && (isLastEvent(event) || !isTruncated(event.stream)),
    );
    for (const position of await inLanes(lanesOf(copied), (run) => (isTruncated(run[0]?.stream ?? '') ? appendForgotten(target, run) : appendRun(target, run))))
      reached = merge(reached, position);
    events += copied.length;
    const last = chunk.at(-1)?.position ?? progress.place().source;
    progress.reached(last, reached);
    onCopied({ next: last + 1, events: copied.length });
  }
  return events;
}

/** Events of one stream, one behind the other. */
type Run = EventInStore[];

/** What shares a key is in one lane. */
function lanesOf(events: readonly EventInStore[]): readonly (readonly Run[])[] {
  const lanes = new Map<number, Run[]>();
  for (const event of events) {
    const lane = lanes.get(slotOf(event.stream)) ?? [];
    lanes.set(slotOf(event.stream), lane);
    const run = lane.at(-1);
    if (run !== undefined && fits(run, event)) run.push(event);
    else lane.push([event]);
  }
  return [...lanes.values()];
}

function fits(run: Run, { stream, data, metadata }: EventInStore): boolean {
  const bytes = run.reduce((sum, event) => sum + event.data.length + event.metadata.length, data.length + metadata.length);
  return run[0]?.stream === stream && run.length < APPEND_EVENTS_MAX && bytes <= APPEND_BYTES_MAX;
}

async function inLanes(lanes: readonly (readonly Run[])[], append: (run: Run) => Promise<Position>): Promise<readonly Position[]> {
  const positions: Position[] = [];
  const waiting = [...lanes];
  const work = async () => {
    for (let lane = waiting.pop(); lane !== undefined; lane = waiting.pop()) for (const run of lane) positions.push(await append(run));
  };
  await Promise.all(Array.from({ length: Math.min(LANES_MAX, lanes.length) }, work));
  return positions;
}

async function appendForgotten(target: Dependencies['target'], run: Run): Promise<Position> {
  const last = run.at(-1);
  if (last === undefined) throw new TypeError('a run has an event');
  return appendLastEvent(target, last);
}

async function appendRun(target: Dependencies['target'], run: Run): Promise<Position> {
  const [first] = run;
  if (first === undefined) throw new TypeError('a run has an event');
  const { stream, revision } = first;
  const expected = revision === 0 ? 'no-stream' : revision - 1;
  const result = await target.append(stream, run.map(newEventOf), expected);
  if (result.outcome === 'appended') return result.position;
  const { known, position } = await knownOf(target, run);
  const rest = run.slice(known);
  if (rest.length === 0 && position !== undefined) return position;
  const again = await target.append(stream, rest.map(newEventOf), revision + known === 0 ? 'no-stream' : revision + known - 1);
  if (again.outcome === 'appended') return again.position;
  throw new MigrationFailed(
    `${stream} can’t be copied from revision ${revision + known} on: the servers have other events there, or an event before it was removed or set aside here.`,
  );
}

/** How many of the events the target has already, from a copy that was interrupted. */
async function knownOf(target: Dependencies['target'], run: Run): Promise<{ readonly known: number; readonly position: Position | undefined }> {
  let known = 0;
  let position: Position | undefined;
  for await (const event of target.readStream(run[0]?.stream ?? '', { from: run[0]?.revision ?? 0, limit: run.length })) {
    if (event.id !== run[known]?.id) break;
    known += 1;
    position = event.position;
  }
  return { known, position };
}

const newEventOf = ({ id, type, data, metadata }: EventInStore): NewEvent => ({ id, type, data, metadata });
