/**
 * Writes anew, in the log of the servers, what names positions: how far reactors and processes have come, and their dead letters. A
 * checkpoint becomes the last place that is known not to be behind it: some hundred events are seen once more, without effect.
 */
import { checkpointStream, deadLettersStream } from '../../domain/shared/streams.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStore, StoredEvent as EventInStore } from '../../event-store/store.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { logNumberOf, offsetIn, positionAt } from '../../ports/event-log/position.ts';
import { appendOperationsWith } from '../../commands/append-operations.ts';
import type { CommandHandling } from '../../commands/handling/handle.ts';
import { MigrationFailed } from './migration-failed.ts';
import type { MigrationProgress } from './progress-file.ts';

const REACHED = 'operations.checkpoint-reached.v1';
const CHECKPOINT = /^checkpoint-([^/]+)(\/|$)/;

type Source = Pick<EventStore, 'readAll'>;

/** Doing it again writes the same once more, of which only the newest counts. Answers how many projections have one. */
export async function moveCheckpoints(
  {
    source,
    target,
    progress,
    clock,
  }: { readonly source: Source; readonly target: CommandHandling; readonly progress: MigrationProgress; readonly clock: () => Instant },
  { logs, shards }: { readonly logs: number; readonly shards: number },
): Promise<number> {
  const append = appendOperationsWith(target, clock);
  const reached = await checkpointsIn(source);
  for (const [projection, offset] of reached) {
    const place = progress.placeUpTo(offset);
    for (let log = 0; log < logs; log++) {
      const at = place === undefined ? undefined : offsetIn(place, log);
      if (at === undefined) continue; // nothing of before is in this log
      const data = { projection, position: positionAt(log, at), at: clock() };
      for (let shard = 0; shard < shards; shard++) await append(checkpointStream(projection, { log, shard }), { type: REACHED, data });
    }
  }
  return reached.size;
}

/** By projection, the offset of its slowest shard. */
async function checkpointsIn(source: Source): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>();
  for await (const { stream, data } of source.readAll({ filter: { on: 'stream', prefixes: ['checkpoint-'] } })) {
    const { position } = parsed(data);
    const offset = position === undefined ? undefined : offsetIn(position as Position, 0);
    if (offset !== undefined) newest.set(stream, Number(offset));
  }
  const slowest = new Map<string, number>();
  for (const [stream, offset] of newest) {
    const [, projection = ''] = CHECKPOINT.exec(stream) ?? [];
    slowest.set(projection, Math.min(offset, slowest.get(projection) ?? Infinity));
  }
  return slowest;
}

/** Each goes to the log that has its event. Doing it again changes nothing. */
export async function moveDeadLetters(source: Source, target: Pick<EventLog, 'append' | 'readStream'>): Promise<number> {
  const revisions = new Map<string, number>();
  let moved = 0;
  for await (const event of source.readAll({ filter: { on: 'stream', prefixes: ['dead-letters-'] } })) {
    const letter = parsed(event.data) as { readonly projection: string; readonly stream: string; readonly revision: number; readonly position?: string };
    const position = await positionOf(target, letter);
    if (position === undefined) continue; // of an event that isn't copied
    const stream = deadLettersStream(letter.projection, logNumberOf(position));
    const revision = revisions.get(stream) ?? 0;
    const data = letter.position === undefined ? event.data : Buffer.from(JSON.stringify({ ...letter, position }));
    await append(target, stream, { event: { ...event, data }, revision });
    revisions.set(stream, revision + 1);
    moved += 1;
  }
  return moved;
}

async function positionOf(target: Pick<EventLog, 'readStream'>, { stream, revision }: { readonly stream: string; readonly revision: number }) {
  for await (const event of target.readStream(stream, { from: revision, limit: 1 })) if (event.revision === revision) return event.position;
  return undefined;
}

async function append(
  target: Pick<EventLog, 'append'>,
  stream: string,
  { event: { id, type, data, metadata }, revision }: { readonly event: EventInStore; readonly revision: number },
): Promise<void> {
  const result = await target.append(stream, [{ id, type, data, metadata }], revision === 0 ? 'no-stream' : revision - 1);
  if (result.outcome === 'conflict') throw new MigrationFailed(`${stream} has other events on the servers.`);
}

const parsed = (data: Uint8Array): Readonly<Record<string, unknown>> & { readonly position?: string } =>
  JSON.parse(Buffer.from(data).toString()) as Readonly<Record<string, unknown>>;
