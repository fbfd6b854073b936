/** A reactor's effects: in order within a stream, several streams at once, each tried a limited number of times. */
import type { Recorded } from '../../domain/shared/event.ts';
import { Outage } from '../../ports/outage.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';
import type { Unprocessable } from '../folding/fold.ts';

export const EFFECT_ATTEMPTS_MAX = 5;

type EffectHandlers = {
  readonly react: (event: Recorded) => Promise<void>;
  readonly onFailure: (event: Recorded, attempt: number, error: unknown) => void;
};

/** Resolves when every effect is settled; throws when the signal aborts before. An effect that fails for good ends the batch for its stream; an outage says nothing about the event, which is tried until the outage is over. */
export async function runEffects(
  events: readonly Recorded[],
  handlers: EffectHandlers,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<Unprocessable> {
  const failed = new Map<string, { readonly revision: number; readonly error: unknown }>();
  const streams = [...Map.groupBy(events, ({ stream }) => stream).values()].values();
  const worker = async () => {
    for (const stream of streams) {
      for (const event of stream) {
        const failure = await runEffect(event, handlers, signal);
        if (failure === undefined) continue;
        failed.set(event.stream, { revision: event.revision, error: failure.error });
        break;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker)); // no worker may go on by itself after an abort
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason;
  return failed;
}

async function runEffect(event: Recorded, { react, onFailure }: EffectHandlers, signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      await react(event);
      return undefined;
    } catch (error) {
      onFailure(event, attempt, error);
      if (attempt >= EFFECT_ATTEMPTS_MAX && !(error instanceof Outage)) return { error };
      await pause(retryDelayMs(attempt), signal);
    }
  }
}
