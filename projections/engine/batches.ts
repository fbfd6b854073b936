/** A subscription as turns of work: gathered by size or time, decoded, the next one made ready while the current one is worked on. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { EventBatch, Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { Decode, ReadableLog } from '../dependencies.ts';
import { pause } from '../progress/back-off.ts';

export type BatchItem = { readonly stored: StoredEvent; readonly event: Recorded<TidingsEvent> | Error };

/** `quiet`: nothing has come for a while since the last turn. */
export type SubscriptionBatch =
  | { readonly kind: 'events'; readonly items: readonly BatchItem[]; readonly position: Position | undefined; readonly caughtUp: boolean }
  | { readonly kind: 'quiet' };

type BatchOptions = {
  readonly log: string;
  readonly after: Position | undefined;
  readonly types: readonly string[];
  readonly batchEventsMax: number;
  /** So long at least lies between two turns of one who has caught up: what comes first is taken at once, and what follows close upon it together. */
  readonly batchIntervalMs: number;
  readonly idleAfterMs: number;
  readonly signal: AbortSignal;
};

export async function* readBatches(
  { log, decode }: { readonly log: ReadableLog; readonly decode: Decode },
  options: BatchOptions,
): AsyncGenerator<SubscriptionBatch, void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const { after, types, batchEventsMax, idleAfterMs } = options;
  const subscription = log.subscribe(options.log, { types, batchEventsMax, signal, ...(after === undefined ? {} : { after }) });
  const gather = gatherer(subscription[Symbol.asyncIterator](), options, signal);

  const next = async (): Promise<SubscriptionBatch | undefined> => {
    const batch = await gather();
    if (batch === undefined) return undefined;
    const decoded = batch.events.length === 0 ? [] : await decode(batch.events);
    const items = batch.events.map((stored, index) => ({ stored, event: decoded[index] ?? new Error('The event was not decoded.') }));
    return { kind: 'events', items, position: batch.position, caughtUp: batch.caughtUp };
  };

  let coming = quietly(next());
  let wasQuiet = true;
  try {
    for (;;) {
      const turn: SubscriptionBatch | undefined = wasQuiet ? await coming : await orQuiet(coming, idleAfterMs);
      if (turn === undefined) return;
      wasQuiet = turn.kind === 'quiet';
      if (turn.kind === 'events') coming = quietly(next());
      yield turn;
    }
  } finally {
    stop.abort();
    await coming.catch(() => undefined);
  }
}

type Gather = () => Promise<EventBatch | undefined>;

/** Whoever has caught up looks again only when its next turn is due: so it is woken once for all that came meanwhile, and not by every flush. */
function gatherer(subscription: AsyncIterator<EventBatch>, { batchIntervalMs }: BatchOptions, signal: AbortSignal): Gather {
  let nextTurnAt = 0;
  return async () => {
    const waitMs = nextTurnAt - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
    const { done, value } = await subscription.next();
    if (done === true) return undefined;
    nextTurnAt = value.caughtUp ? performance.now() + batchIntervalMs : 0;
    return value;
  };
}

const orQuiet = async (coming: Promise<SubscriptionBatch | undefined>, ms: number): Promise<SubscriptionBatch | undefined> => {
  const outcome = await within(
    coming.then((turn) => ({ turn })),
    ms,
  );
  return outcome === undefined ? { kind: 'quiet' } : outcome.turn;
};

/** Undefined when the time is over first. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A failure is seen by whoever awaits it, also when that is later. */
function quietly<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
