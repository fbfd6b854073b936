/** A reactor's effects: in order within a stream, several streams at once, each tried a named number of times. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Unprocessable } from './fold.ts';
import { pause, retryDelayMs } from '../progress/back-off.ts';

export const EFFECT_ATTEMPTS_MAX = 5;

type EffectHandlers = {
  readonly react: (event: Recorded) => Promise<void>;
  /** Whether an error speaks of what is down and not of the event: then it is tried for as long as it takes. */
  readonly isOutage: (error: unknown) => boolean;
  readonly failed: (event: Recorded, attempt: number, error: unknown) => void;
};

/** Resolves when every effect has settled; throws when the signal aborts before. What failed for good ends its stream's turn. */
export async function runEffects(
  events: readonly Recorded[],
  effects: EffectHandlers,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<Unprocessable> {
  const indigestible = new Map<string, { readonly revision: number; readonly error: unknown }>();
  const streams = [...Map.groupBy(events, ({ stream }) => stream).values()].values();
  const worker = async () => {
    for (const stream of streams) {
      for (const event of stream) {
        const failure = await runEffect(event, effects, signal);
        if (failure === undefined) continue;
        indigestible.set(event.stream, { revision: event.revision, error: failure.error });
        break;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker)); // none may go on by itself after an abort
  for (const outcome of workers) if (outcome.status === 'rejected') throw outcome.reason;
  return indigestible;
}

async function runEffect(event: Recorded, { react, isOutage, failed }: EffectHandlers, signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      await react(event);
      return undefined;
    } catch (error) {
      failed(event, attempt, error);
      if (attempt >= EFFECT_ATTEMPTS_MAX && !isOutage(error)) return { error };
      await pause(retryDelayMs(attempt), signal);
    }
  }
}
