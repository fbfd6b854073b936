/**
 * The newest part of the log, once per process: one unfiltered subscription that all caught-up followers share. Under a filter the
 * server says only now and then how far it has read, so no client could wait for a view to pass a position; and a subscription for
 * each projection multiplies the server's work. A follower that falls out of the tail catches up again.
 */
import type { AllStreamRecordedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { isSystemEvent } from './eventstore-catch-up.ts';
import { reconnectDelayMs, pause } from './eventstore-reconnect.ts';

const TAIL_EVENTS_MAX = 20_000;
const TAIL_BYTES_MAX = 64 * 1024 * 1024;
/** What an event takes beside its data: names, ids, the object itself. */
const EVENT_OVERHEAD_BYTES = 500;

export type TailBatch = { readonly events: readonly AllStreamRecordedEvent[]; readonly readTo: bigint | undefined; readonly caughtUp: boolean };

export type Tail = {
  /** The position up to which the tail has come, once it is connected; undefined where the log is empty. */
  head(): Promise<bigint | undefined>;
  /** Whether everything after this position is still here. */
  covers(after: bigint | undefined): boolean;
  /** Ends when the follower has fallen out of the tail. */
  follow(
    after: bigint | undefined,
    options: { readonly wanted: ReadonlySet<string> | undefined; readonly batchEventsMax: number; readonly signal: AbortSignal },
  ): AsyncIterable<TailBatch>;
};

type TailEvent = { readonly offset: bigint; readonly event: AllStreamRecordedEvent; readonly bytes: number };

/** Connects when it is first used, and after a lost connection continues where it was. */
export function startTail(
  client: EventStoreDBClient,
  { signal, onReconnect }: { readonly signal: AbortSignal; readonly onReconnect: (error: unknown, delayMs: number) => void },
): Tail {
  /** In order; `dropped` events have been removed from the front since the start. */
  let kept: TailEvent[] = [];
  let dropped = 0;
  let bytes = 0;
  /** Everything after this position is in `kept`. */
  let from: bigint | undefined;
  let head: bigint | undefined;
  let connected: Promise<void> | undefined;
  const waiters = new Set<() => void>();

  const wakeAll = () => {
    for (const wake of waiters) wake();
    waiters.clear();
  };
  const keep = (event: AllStreamRecordedEvent) => {
    const offset = event.position.commit;
    head = offset;
    const size = EVENT_OVERHEAD_BYTES + (isSystemEvent(event) ? 0 : JSON.stringify(event.data).length);
    kept.push({ offset, event, bytes: size });
    bytes += size;
    if (kept.length > TAIL_EVENTS_MAX || bytes > TAIL_BYTES_MAX) dropOldest();
    wakeAll();
  };
  /** A quarter at a time, so that not every new event moves the others. */
  const dropOldest = () => {
    const gone = kept.slice(0, Math.ceil(kept.length / 4));
    from = gone.at(-1)?.offset;
    dropped += gone.length;
    bytes -= gone.reduce((sum, one) => sum + one.bytes, 0);
    kept = kept.slice(gone.length);
  };

  const connect = async () => {
    let newest: bigint | undefined;
    for await (const { event } of client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 })) newest = event?.position.commit ?? newest;
    from = head = newest;
    void keepConnected();
  };
  const keepConnected = async () => {
    for (let failures = 0; !signal.aborted; failures++) {
      const subscription = client.subscribeToAll({ fromPosition: head === undefined ? 'start' : { commit: head, prepare: head } });
      const abort = () => void subscription.unsubscribe().catch(() => {});
      signal.addEventListener('abort', abort, { once: true });
      const lost = await new Promise<unknown>((resolve) => {
        subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => {
          failures = 0;
          if (event !== undefined) keep(event);
        });
        subscription.on('error', resolve);
        subscription.on('end', () => resolve(new Error('the subscription ended')));
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      signal.removeEventListener('abort', abort);
      if (signal.aborted) return;
      const delayMs = reconnectDelayMs(failures);
      onReconnect(lost, delayMs);
      await pause(delayMs, signal);
    }
  };

  const covers: Tail['covers'] = (after) => from === undefined || (after !== undefined && after >= from);

  return {
    head: async () => {
      // After a failure to connect, the next caller tries again.
      connected ??= connect().catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
      await connected;
      return head;
    },

    covers,

    async *follow(after, { wanted, batchEventsMax, signal: stop }) {
      if (!covers(after)) return;
      let next = dropped + firstAfter(kept, after);
      for (let isFirst = true; !stop.aborted; isFirst = false) {
        if (next < dropped) return;
        const seen = kept.slice(next - dropped, next - dropped + batchEventsMax);
        next += seen.length;
        if (seen.length > 0 || isFirst) {
          const events = seen.map(({ event }) => event).filter((event) => !isSystemEvent(event) && (wanted === undefined || wanted.has(event.type)));
          yield { events, readTo: seen.at(-1)?.offset ?? after, caughtUp: next === dropped + kept.length };
        } else await nextEvent(waiters, stop);
      }
    },
  };
}

/** The index of the first event after the position. */
function firstAfter(kept: readonly TailEvent[], after: bigint | undefined): number {
  if (after === undefined) return 0;
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((kept[middle]?.offset ?? 0n) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function nextEvent(waiters: Set<() => void>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      waiters.delete(done);
      resolve();
    };
    waiters.add(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
