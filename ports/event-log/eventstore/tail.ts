/**
 * The newest part of the log, once per process: one unfiltered subscription that all caught-up followers share. Under a filter the
 * server says only now and then how far it has read, so no client could wait for a view to pass a position; and a subscription for
 * each projection multiplies the server's work. A follower that falls out of the tail catches up again.
 */
import type { AllStreamRecordedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { isSystemEvent } from './catch-up.ts';
import { pause, reconnectDelayMs } from './reconnect.ts';
import { createEventWindow } from './window.ts';

export type TailBatch = { readonly events: readonly AllStreamRecordedEvent[]; readonly readTo: bigint | undefined; readonly caughtUp: boolean };

export type Tail = {
  /** The offset up to which the tail has come, once it is connected; undefined where the log is empty. */
  head(): Promise<bigint | undefined>;
  /** Whether every event after this offset is still here. */
  covers(after: bigint | undefined): boolean;
  /** Ends when the follower has fallen out of the tail. */
  follow(
    after: bigint | undefined,
    options: { readonly wanted: ReadonlySet<string> | undefined; readonly batchEventsMax: number; readonly signal: AbortSignal },
  ): AsyncIterable<TailBatch>;
};

type TailOptions = { readonly signal: AbortSignal; readonly onReconnect: (error: unknown, delayMs: number) => void };

/** Connects when it is first used, and after a lost connection continues where it was. */
export function startTail(client: EventStoreDBClient, options: TailOptions): Tail {
  const window = createEventWindow();
  const waiters = new Set<() => void>();
  let connected: Promise<void> | undefined;

  const onEvent = (event: AllStreamRecordedEvent) => {
    window.add(event);
    for (const wake of waiters) wake();
    waiters.clear();
  };
  const connect = async () => {
    let newest: bigint | undefined;
    for await (const { event } of client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 })) newest = event?.position.commit ?? newest;
    window.startAfter(newest);
    void subscribeForever(client, { ...options, head: () => window.head(), onEvent });
  };

  return {
    head: async () => {
      // After a failure to connect, the next caller tries again.
      connected ??= connect().catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
      await connected;
      return window.head();
    },

    covers: (after) => window.covers(after),

    async *follow(after, { wanted, batchEventsMax, signal }) {
      if (!window.covers(after)) return;
      let next = window.numberAfter(after);
      for (let isFirst = true; !signal.aborted; isFirst = false) {
        const seen = window.from(next, batchEventsMax);
        if (seen === undefined) return;
        next += seen.length;
        if (seen.length > 0 || isFirst) {
          const events = seen.map(({ event }) => event).filter((event) => !isSystemEvent(event) && (wanted === undefined || wanted.has(event.type)));
          yield { events, readTo: seen.at(-1)?.offset ?? after, caughtUp: next === window.nextNumber() };
        } else await nextEvent(waiters, signal);
      }
    },
  };
}

type Forever = TailOptions & { readonly head: () => bigint | undefined; readonly onEvent: (event: AllStreamRecordedEvent) => void };

async function subscribeForever(client: EventStoreDBClient, { head, onEvent, onReconnect, signal }: Forever): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const after = head();
    const subscription = client.subscribeToAll({ fromPosition: after === undefined ? 'start' : { commit: after, prepare: after } });
    const abort = () => void subscription.unsubscribe().catch(() => {});
    signal.addEventListener('abort', abort, { once: true });
    const lost = await new Promise<unknown>((resolve) => {
      subscription.on('data', ({ event }: { event?: AllStreamRecordedEvent }) => {
        failures = 0;
        if (event !== undefined) onEvent(event);
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
