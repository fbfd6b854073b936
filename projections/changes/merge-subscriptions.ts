/** The batches of all logs as they come, each log in its order. */
import type { EventBatch, EventLog, Position } from '../../ports/event-log/port.ts';
import { offsetIn, positionAt } from '../../ports/event-log/position.ts';

type Options = { readonly after: Position | undefined; readonly types: readonly string[]; readonly signal: AbortSignal };

export async function* mergeSubscriptions(
  log: Pick<EventLog, 'logs' | 'subscribe' | 'head'>,
  { after, types, signal }: Options,
): AsyncGenerator<EventBatch, void, undefined> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const following = log.logs.map((name, index) => log.subscribe(name, { types, signal: either, ...placeIn(after, index) })[Symbol.asyncIterator]());
  // A log without events says nothing, not even that there is nothing more.
  const caughtUp = (await Promise.all(log.logs.map((name) => log.head(name)))).map((head) => head === undefined);
  const next = (index: number) => following[index]!.next().then((result) => ({ index, result }));
  const pending = new Map(following.map((_, index) => [index, next(index)]));
  try {
    if (caughtUp.every(Boolean)) yield { events: [], position: after, caughtUp: true };
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done === true) {
        pending.delete(index);
        continue;
      }
      pending.set(index, next(index));
      caughtUp[index] = result.value.caughtUp;
      yield { ...result.value, caughtUp: caughtUp.every(Boolean) };
    }
  } finally {
    stop.abort();
    for (const one of pending.values()) void one.catch(() => undefined);
  }
}

/** A log that had nothing yet when the position was told is read from its start. */
function placeIn(after: Position | undefined, log: number): { readonly after?: Position } {
  const offset = after === undefined ? undefined : offsetIn(after, log);
  return offset === undefined ? {} : { after: positionAt(log, offset) };
}
