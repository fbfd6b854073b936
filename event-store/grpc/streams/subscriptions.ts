/**
 * Catch-up subscriptions: a confirmation, the history, `CaughtUp`, then live events. A client that reads too slowly is sent `FellBehind`
 * and continues from where it is; events that it has not taken stay in the store and not in memory.
 */
import { randomUUID } from 'node:crypto';
import type { EventStore, SubscribeOptions, SubscriptionBatch } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import type { Send } from '../calls/calls.ts';
import { unresolved, resolveLink } from '../../read/links.ts';
import type { ReadRequest } from './read-request.ts';
import type { StartPoint } from '../wire/positions.ts';
import { encodeCaughtUp, encodeCheckpoint, encodeConfirmation, encodeEvent, encodeFellBehind } from '../wire/read-response.ts';

type Store = Pick<EventStore, 'readStream' | 'subscribeToAll' | 'subscribeToStream'>;

/** Events held in memory for a subscription that waits for its client. */
const BATCH_EVENTS_MAX = 256;

export async function sendSubscription(store: Store, request: ReadRequest, send: Send, signal: AbortSignal): Promise<void> {
  const { source, filter } = request;
  const after = placeAfter(request.from);
  const options: SubscribeOptions = {
    signal,
    batchSize: BATCH_EVENTS_MAX,
    ...(after !== undefined && { after }),
    ...(filter && { filter: filter.filter }),
  };
  const batches = source === ALL_STREAM ? store.subscribeToAll(options) : store.subscribeToStream(source, options);
  const checkpoints = filter && checkpointsEvery(filter.checkpointIntervalEvents, after);
  let live = false;
  await send(encodeConfirmation(randomUUID()));
  for await (const batch of batches) {
    if (live && !batch.caughtUp) await send(encodeFellBehind());
    await sendBatch(store, request, batch, send, checkpoints);
    if (signal.aborted) return;
    if (!live && batch.caughtUp) {
      const reached = checkpoints?.reached(batch.position);
      if (reached !== undefined) await send(encodeCheckpoint(reached));
      await send(encodeCaughtUp());
    }
    live = batch.caughtUp;
  }
}

/** Positions have no gaps before a scavenge, so they count the events considered. */
export function checkpointsEvery(intervalEvents: number, after: number | 'end' | undefined) {
  let last = after === 'end' ? undefined : (after ?? -1);
  return {
    /** The checkpoints up to a position, each once. */
    *upTo(position: number): Generator<number> {
      last ??= position; // from the end: counting starts here
      for (; last + intervalEvents <= position;) yield (last += intervalEvents);
    },
    /** The checkpoint at the end of the log, unless it was one already. */
    reached(position: number): number | undefined {
      if (position < 0 || last === position) return undefined;
      last = position;
      return position;
    },
  };
}

async function sendBatch(
  store: Store,
  { resolveLinks, uuids }: ReadRequest,
  { events, position }: SubscriptionBatch,
  send: Send,
  checkpoints: ReturnType<typeof checkpointsEvery> | undefined,
): Promise<void> {
  for (const event of events) {
    if (checkpoints) for (const checkpoint of checkpoints.upTo(event.position - 1)) await send(encodeCheckpoint(checkpoint));
    const wait = send(encodeEvent(resolveLinks ? resolveLink(store, event) : unresolved(event), uuids));
    if (wait !== undefined) await wait;
  }
  if (checkpoints) for (const checkpoint of checkpoints.upTo(position)) await send(encodeCheckpoint(checkpoint));
}

/** `undefined`: from the beginning. */
function placeAfter(from: StartPoint): number | 'end' | undefined {
  return from === 'start' || from === -1 ? undefined : from;
}
