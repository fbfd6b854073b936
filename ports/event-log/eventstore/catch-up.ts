/** Reads the past events, through a filtered subscription of the client, as batches that are pulled; it is paused while none is pulled. Ends when it has caught up. */
import { pause } from './reconnect.ts';
import { eventTypeFilter, type AllStreamRecordedEvent, type EventStoreDBClient } from '@eventstore/db-client';

/** Checkpoints under a filter come after every 32 × this many events that were read. */
const CHECKPOINT_INTERVAL = 10;
/** A subscription whose connection was never made can't be told to end. */
const UNSUBSCRIBE_MAX_MS = 1_000;
const NEVER = new AbortController().signal;

export type CatchUpBatch = {
  readonly events: readonly AllStreamRecordedEvent[];
  /** How far it has read, also past events that the filter left out. */
  readonly readTo: bigint | undefined;
};

type CatchUpOptions = {
  readonly after: bigint | undefined;
  readonly types: readonly string[] | undefined;
  readonly batchEventsMax: number;
  readonly signal: AbortSignal;
};

export async function* readPast(client: EventStoreDBClient, { after, types, batchEventsMax, signal }: CatchUpOptions): AsyncIterable<CatchUpBatch> {
  const wanted = types === undefined ? undefined : new Set(types);
  const waiting: AllStreamRecordedEvent[] = [];
  let readTo: bigint | undefined;
  let yieldedTo = after;
  let isCaughtUp = false;
  let failure: unknown;
  let wake = () => {};

  const checkpointReached = (_: unknown, { commit }: { readonly commit: bigint }) => {
    readTo = commit;
    wake();
  };
  const subscription = client.subscribeToAll({
    fromPosition: after === undefined ? 'start' : { commit: after, prepare: after },
    ...(types === undefined ? {} : { filter: eventTypeFilter({ prefixes: [...types], checkpointInterval: CHECKPOINT_INTERVAL, checkpointReached }) }),
  });
  subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => {
    if (event === undefined) return;
    readTo = event.position.commit;
    if (!isSystemEvent(event) && (wanted === undefined || wanted.has(event.type))) waiting.push(event);
    if (waiting.length >= batchEventsMax) subscription.pause();
    wake();
  });
  subscription.on('caughtUp', () => {
    isCaughtUp = true;
    wake();
  });
  const fail = (error: unknown) => {
    failure ??= error;
    wake();
  };
  subscription.on('error', fail);
  subscription.on('end', () => fail(new Error('the subscription ended')));
  const abort = () => wake();
  signal.addEventListener('abort', abort, { once: true });

  try {
    for (;;) {
      if (signal.aborted) return;
      if (failure !== undefined) throw failure;
      const events = waiting.splice(0, batchEventsMax);
      // The client reports checkpoints, and that it has caught up, ahead of events that its stream still holds: they are true only when it holds none.
      const isDrained = waiting.length === 0 && subscription.readableLength === 0;
      const through = isDrained ? readTo : events.at(-1)?.position.commit;
      if (events.length > 0 || (through !== undefined && through !== yieldedTo)) {
        yieldedTo = through;
        yield { events, readTo: through };
      } else if (isCaughtUp && isDrained) return;
      else if (!isDrained || subscription.isPaused()) {
        subscription.resume();
        await new Promise<void>((resolve) => setImmediate(resolve));
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // The client's `dispose` can hang on a subscription that was only abandoned: always unsubscribe.
    subscription.removeAllListeners('data').resume();
    await Promise.race([subscription.unsubscribe().catch(() => {}), pause(UNSUBSCRIBE_MAX_MS, NEVER)]);
  }
}

/** System events of EventStoreDB: metadata, links, statistics. */
export const isSystemEvent = (event: { readonly type: string }): boolean => event.type.startsWith('$');
