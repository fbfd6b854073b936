/** A subscription that never ends by itself: it catches up, follows the tail, and after a lost connection continues where it was. */
import type { EventStoreDBClient } from '@eventstore/db-client';
import { readPast } from './catch-up.ts';
import { pause, reconnectDelayMs } from './reconnect.ts';
import type { Tail, TailBatch } from './tail.ts';

type Subscription = {
  readonly after: bigint | 'end' | undefined;
  readonly types: readonly string[] | undefined;
  readonly batchEventsMax: number;
  readonly signal: AbortSignal;
  readonly onReconnect: (error: unknown, delayMs: number) => void;
};

export async function* subscribe(
  client: EventStoreDBClient,
  tail: Tail,
  { after, types, batchEventsMax, signal, onReconnect }: Subscription,
): AsyncIterable<TailBatch> {
  const wanted = types === undefined ? undefined : new Set(types);
  let reached = after === 'end' ? undefined : after;
  let isAtEnd = after === 'end';
  for (let failures = 0; !signal.aborted;) {
    try {
      const head = await tail.head();
      if (isAtEnd) reached = head;
      if (!isAtEnd && !tail.covers(reached)) {
        for await (const { events, readTo } of readPast(client, { after: reached, types, batchEventsMax, signal })) {
          reached = readTo ?? reached;
          yield { events, readTo: reached, caughtUp: false };
        }
        // It has read everything that was there when it began, so it is past the tail's head of that time.
        if (head !== undefined && (reached === undefined || head > reached)) reached = head;
      }
      isAtEnd = false;
      for await (const { events, readTo, caughtUp } of tail.follow(reached, { wanted, batchEventsMax, signal })) {
        failures = 0;
        reached = readTo ?? reached;
        yield { events, readTo: reached, caughtUp };
      }
    } catch (error) {
      const delayMs = reconnectDelayMs(failures++);
      onReconnect(error, delayMs);
      await pause(delayMs, signal);
    }
  }
}
