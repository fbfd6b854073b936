/**
 * EventStoreDB's system projections: streams of links to the first event of every stream, to the events of a category, to those of a type.
 * Each resumes from its checkpoint stream, and finds out from the links themselves what it did after the checkpoint.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isEventStoreError } from '../errors.ts';
import type { EventStore, StoredEvent } from '../store.ts';
import { linkOf, type SystemProjection } from './link-rules.ts';
import { linkedStreams, positionIn, type MadeLink } from './linked-streams.ts';

/** The checkpoints of projections make no links: each would be the cause of the next. */
const OWN_STREAMS_PREFIX = '$projections-';
const CHECKPOINT_EVENT_TYPE = '$ProjectionCheckpoint';
const CHECKPOINT_EVERY = 4_096; // positions
const CHECKPOINTS_KEPT = 2; // events
const RETRY_MS = 1_000;

export const checkpointStreamOf = (projection: SystemProjection): string => `${OWN_STREAMS_PREFIX}${projection}-checkpoint`;

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata' | 'subscribeToAll'>;
type Dependencies = { readonly store: Store; readonly logger: { error(facts: object, message: string): void } };

export function startSystemProjections(dependencies: Dependencies, projections: readonly SystemProjection[]): AsyncDisposable {
  const stopped = new AbortController();
  const running = projections.map((projection) => keepRunning(dependencies, projection, stopped.signal));
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

async function keepRunning({ store, logger }: Dependencies, projection: SystemProjection, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await run(store, projection, signal);
      return;
    } catch (error) {
      if (isEventStoreError(error) && error.code === 'store-closed') return;
      if (isEventStoreError(error) && error.code === 'consumer-too-slow') continue;
      logger.error({ err: error, projection }, 'system projection failed; it will be tried again');
      await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}

async function run(store: Store, projection: SystemProjection, signal: AbortSignal): Promise<void> {
  const linked = linkedStreams(store);
  let checkpoint = loadCheckpoint(store, projection);
  for await (const { events, position } of store.subscribeToAll({ signal, ...(checkpoint >= 0 && { after: checkpoint }) })) {
    for (const [stream, links] of linksByStream(projection, events)) await linked.append(stream, links);
    if (position - checkpoint < CHECKPOINT_EVERY) continue;
    await writeCheckpoint(store, projection, position);
    checkpoint = position;
  }
}

function linksByStream(projection: SystemProjection, events: readonly StoredEvent[]): ReadonlyMap<string, readonly MadeLink[]> {
  const byStream = new Map<string, MadeLink[]>();
  for (const source of events) {
    const target = source.stream.startsWith(OWN_STREAMS_PREFIX) ? undefined : linkOf(projection, source);
    if (target === undefined) continue;
    const links = byStream.get(target.stream);
    if (links === undefined) byStream.set(target.stream, [{ ...target, source }]);
    else links.push({ ...target, source });
  }
  return byStream;
}

/** -1 without one. Every link of an event up to it is made. */
function loadCheckpoint(store: Store, projection: SystemProjection): number {
  const read = store.readStream(checkpointStreamOf(projection), { from: 'end', direction: 'backwards', limit: 1 });
  const [last] = read.outcome === 'found' ? read.events : [];
  return last === undefined ? -1 : (positionIn(last.metadata) ?? 0) - 1;
}

async function writeCheckpoint(store: Store, projection: SystemProjection, position: number): Promise<void> {
  const stream = checkpointStreamOf(projection);
  if (store.streamMetadata(stream).revision === 'no-stream') await store.setStreamMetadata(stream, { $maxCount: CHECKPOINTS_KEPT });
  const metadata = Buffer.from(JSON.stringify({ $c: position + 1, $p: position + 1 }));
  await store.append(stream, [{ id: randomUUID(), type: CHECKPOINT_EVENT_TYPE, data: Buffer.from('{}'), metadata }], 'any');
}
