/**
 * A filtered subscription of its own, for those who want few events and need not know how far the log was read: the process takes in
 * these events alone. After a lost connection it goes on after the last one.
 */
import { eventTypeFilter, type AllStreamRecordedEvent, type EventStoreDBClient } from '@eventstore/db-client';
import { pause, reconnectDelayMs } from './reconnect.ts';
import type { TailBatch } from './tail.ts';

/** The server tells how far it has read after every 32 × this many events: once in some 30,000. */
const CHECKPOINT_INTERVAL = 1_000;

type SparseOptions = {
  readonly after: bigint | 'end' | undefined;
  readonly types: readonly string[];
  readonly batchEventsMax: number;
  readonly signal: AbortSignal;
  readonly onReconnect: (error: unknown, delayMs: number) => void;
};

export async function* subscribeSparsely(client: EventStoreDBClient, options: SparseOptions): AsyncIterable<TailBatch> {
  const { types, batchEventsMax, signal, onReconnect } = options;
  const wanted = new Set(types);
  let after = options.after;
  for (let failures = 0; !signal.aborted;) {
    const waiting: AllStreamRecordedEvent[] = [];
    let [wake, lost]: [() => void, unknown] = [() => undefined, undefined];
    const subscription = client.subscribeToAll({
      fromPosition: after === undefined ? 'start' : after === 'end' ? 'end' : { commit: after, prepare: after },
      filter: eventTypeFilter({ prefixes: [...types], checkpointInterval: CHECKPOINT_INTERVAL, checkpointReached: (_, { commit }) => void (after = commit) }),
    });
    const fail = (error: unknown) => {
      lost ??= error;
      wake();
    };
    const abort = () => wake();
    signal.addEventListener('abort', abort);
    subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => {
      if (event === undefined || !wanted.has(event.type)) return;
      waiting.push(event);
      if (waiting.length >= batchEventsMax) subscription.pause();
      wake();
    });
    subscription.on('error', fail).on('end', () => fail(new Error('the subscription ended')));
    try {
      while (!signal.aborted) {
        const events = waiting.splice(0, batchEventsMax);
        const last = events.at(-1)?.position.commit;
        if (last !== undefined) {
          failures = 0;
          yield { events, readTo: last, caughtUp: false };
          after = last;
        } else if (lost !== undefined) break;
        else {
          subscription.resume();
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      signal.removeEventListener('abort', abort);
      subscription.removeAllListeners('data').resume();
      void subscription.unsubscribe().catch(() => undefined);
    }
    if (signal.aborted) return;
    const delayMs = reconnectDelayMs(failures++);
    onReconnect(lost, delayMs);
    await pause(delayMs, signal);
  }
}
