/**
 * Feeds a group with events for as long as it runs. It reads only as far as the group has capacity, so a group without consumers
 * costs one buffer. Where the store drops it as too slow, it subscribes again.
 */
import { isEventStoreError } from '../../errors.ts';
import type { EventStore, StoredEvent, SubscribeOptions, SubscriptionBatch } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import type { Logger } from '../calls/calls.ts';
import type { GroupSettings } from './settings.ts';

export type Sink = {
  push(event: StoredEvent): void;
  /** Everything up to this offset has been read; `live` when nothing lies beyond it. */
  advanced(offset: number, live: boolean): void;
  /** Resolves when the group can take a batch. */
  waitForCapacity(): Promise<void>;
};

export type SourceDependencies = { readonly store: Pick<EventStore, 'subscribeToAll' | 'subscribeToStream'>; readonly logger: Logger };

export const offsetOf = (source: string, event: StoredEvent) => (source === ALL_STREAM ? event.position : event.revision);

/** `after`: the checkpoint. Resolves when `signal` aborts or the stream is tombstoned. */
export async function runSource(
  { store, logger }: SourceDependencies,
  of: { readonly source: string; readonly settings: GroupSettings; readonly after: number | 'end' | undefined },
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  let after = of.after;
  while (!signal.aborted) {
    try {
      for await (const batch of subscribe(store, of, after, signal)) {
        for (const event of batch.events) sink.push(event);
        after = Math.max(batch.position, typeof after === 'number' ? after : -1);
        sink.advanced(batch.position, batch.caughtUp);
        await sink.waitForCapacity();
        if (signal.aborted) return;
      }
      return;
    } catch (error) {
      if (isEventStoreError(error) && error.code === 'consumer-too-slow') continue;
      if (!signal.aborted && !(isEventStoreError(error) && error.code === 'stream-deleted')) {
        logger.error({ err: error, source: of.source }, 'persistent subscription can no longer read its source');
      }
      return;
    }
  }
}

function subscribe(
  store: SourceDependencies['store'],
  { source, settings }: { readonly source: string; readonly settings: GroupSettings },
  after: number | 'end' | undefined,
  signal: AbortSignal,
): AsyncIterable<SubscriptionBatch> {
  const options: SubscribeOptions = {
    signal,
    batchSize: Math.max(settings.readBatchSize, 1),
    ...(after !== undefined && after !== -1 && { after }),
    ...(settings.filter && { filter: settings.filter }),
  };
  return source === ALL_STREAM ? store.subscribeToAll(options) : store.subscribeToStream(source, options);
}
