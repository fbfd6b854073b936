/** The Read call: reads of a stream or of `$all` in either direction, and subscriptions. */
import { setImmediate } from 'node:timers/promises';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { isEventStoreError } from '../../errors.ts';
import type { EventStore, ReadAllOptions, StoredEvent } from '../../store.ts';
import { ALL_STREAM, type AccessControl } from '../access/acl.ts';
import type { CallContext, Send } from '../calls/calls.ts';
import { accessDenied, refusalOfError, isRefusal, streamDeleted, type Refusal } from '../wire/refusals.ts';
import { unresolved, resolveLink } from '../../read/links.ts';
import { parseReadRequest, type ReadRequest } from './read-request.ts';
import { sendSubscription } from './subscriptions.ts';
import { encodeEvent, encodeLastStreamPosition, encodeStreamNotFound } from '../wire/read-response.ts';

type Store = Pick<EventStore, 'readStream' | 'readAllChunks' | 'subscribeToAll' | 'subscribeToStream'>;

/** So many events are sent before other calls get a turn, and what was sent leaves: a client reads the first ones while the next are sent. */
const EVENTS_A_TURN = 32;

export function handleRead({ store, access }: { readonly store: Store; readonly access: AccessControl }) {
  return async (message: streams.ReadReq, send: Send, { caller, signal }: CallContext): Promise<Refusal | void> => {
    const request = parseReadRequest(message);
    if (isRefusal(request)) return request;
    if (!access.mayUse(caller, 'read', request.source)) return accessDenied();
    try {
      if (request.how === 'subscribe') return await sendSubscription(store, request, send, signal);
      const read = { ...request, ...request.how };
      return request.source === ALL_STREAM ? await sendAll(store, read, send, signal) : await sendStream(store, read, send, signal);
    } catch (error) {
      if (isEventStoreError(error)) return refusalOfError(error, { stream: request.source });
      throw error;
    }
  };
}

type Read = Omit<ReadRequest, 'how'> & Exclude<ReadRequest['how'], 'subscribe'>;

async function sendStream(store: Store, { source, from, direction, limit, ...read }: Read, send: Send, signal: AbortSignal): Promise<Refusal | void> {
  const result = store.readStream(source, { from, direction, limit });
  if (result.outcome === 'stream-deleted') return streamDeleted(source);
  if (result.outcome === 'not-found') {
    await send(encodeStreamNotFound(source));
    return undefined;
  }
  const ofNothing = limit === 0 || (from === 'end' && direction === 'forwards');
  if (!ofNothing) await sendEvents(store, result.events, read, send, signal);
  if (read.tellsLastRevision) await send(encodeLastStreamPosition(result.lastRevision));
  return undefined;
}

async function sendAll(store: Store, read: Read, send: Send, signal: AbortSignal): Promise<void> {
  const options = allOptions(read);
  if (options === undefined) return;
  for await (const events of store.readAllChunks(options)) {
    await sendEvents(store, events, read, send, signal);
    if (signal.aborted) return;
  }
}

async function sendEvents(
  store: Store,
  events: Iterable<StoredEvent>,
  { resolveLinks, uuids }: Pick<Read, 'resolveLinks' | 'uuids'>,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  for (const event of events) {
    const wait = send(encodeEvent(resolveLinks ? resolveLink(store, event) : unresolved(event), uuids));
    if (wait !== undefined) await wait;
    if (++sent % EVENTS_A_TURN === 0) await setImmediate();
    if (signal.aborted) return;
  }
}

/** Undefined where there is nothing to read: forwards from the end, backwards from the start. */
function allOptions({ from, direction, limit, filter }: Read): ReadAllOptions | undefined {
  const isNothing = direction === 'forwards' ? from === 'end' : from === 'start' || from === -1;
  if (isNothing || limit === 0) return undefined;
  return { from: from === -1 ? 'start' : from, direction, limit, ...(filter && { filter: filter.filter }) };
}
