/** A store that writes nothing: it remembers the latest stream only, and answers and publishes at once. */
import type { EventStore, NewEvent, StoredEvent, SubscriptionBatch } from '../../event-store/store.ts';

export function createNullStore(): EventStore {
  let position = 0;
  const latest = { stream: '', events: [] as StoredEvent[] };
  const subscribers = new Set<(batch: SubscriptionBatch) => void>();
  const unused = () => {
    throw new Error('The benchmark does not use this.');
  };
  return {
    append: (stream, events) => {
      if (latest.stream !== stream) Object.assign(latest, { stream, events: [] });
      const stored = events.map((event) => toStored(event, stream, latest.events.length, position++));
      latest.events.push(...stored);
      for (const publish of subscribers) publish({ events: stored, position: position - 1, caughtUp: true });
      return Promise.resolve({ outcome: 'appended', revision: latest.events.length - 1, position: position - 1 });
    },
    readStream: (stream) =>
      stream === latest.stream ? { outcome: 'found', events: latest.events, lastRevision: latest.events.length - 1 } : { outcome: 'not-found' },
    subscribeToAll: async function* ({ signal } = {}) {
      yield { events: [], position: position - 1, caughtUp: true };
      const waiting: SubscriptionBatch[] = [];
      let wake = () => {};
      subscribers.add((batch) => {
        waiting.push(batch);
        wake();
      });
      signal?.addEventListener('abort', () => wake());
      while (!signal?.aborted) {
        yield* waiting.splice(0);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    streamMetadata: () => ({ metadata: {}, revision: 'no-stream', streamDeleted: false }),
    readAll: unused,
    readAllChunks: unused,
    readAt: unused,
    subscribeToStream: unused,
    setStreamMetadata: unused,
    deleteStream: unused,
    tombstone: unused,
    head: unused,
    verify: unused,
    scavenge: unused,
    copy: unused,
    setAside: unused,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function toStored(event: NewEvent, stream: string, revision: number, position: number): StoredEvent {
  return { ...event, contentType: event.contentType ?? 'application/json', stream, revision, position, created: Date.now() };
}
