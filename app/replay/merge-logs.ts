/** Several logs as one: each keeps its order, and of the events that come next the one with the earliest time is first. */
import type { KeptEvent } from '../../ports/event-log/eventstore/kept-log.ts';

export async function* inOrderOfTime(logs: readonly AsyncIterable<KeptEvent>[]): AsyncGenerator<KeptEvent, void, undefined> {
  const iterators = logs.map((events) => events[Symbol.asyncIterator]());
  try {
    const next = await Promise.all(iterators.map((events) => events.next()));
    for (;;) {
      let first: { readonly log: number; readonly event: KeptEvent } | undefined;
      for (const [log, result] of next.entries())
        if (result.done !== true && (first === undefined || result.value.created < first.event.created)) first = { log, event: result.value };
      if (first === undefined) return;
      yield first.event;
      const { log } = first;
      const events = iterators[log];
      if (events !== undefined) next[log] = await events.next();
    }
  } finally {
    for (const events of iterators) await events.return?.();
  }
}
