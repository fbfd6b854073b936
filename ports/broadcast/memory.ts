/** The broadcast within this process. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from './port.ts';

/** Hints beyond that are dropped, and a gap is told. */
export const WAITING_HINTS_MAX = 100_000;
/** So many people are served in one turn of the event loop, so that a very large audience doesn't block it. */
const TURN_PEOPLE_MAX = 2_000;

/** `onListenerError`: by default a warning of the process. */
export type MemoryBroadcastOptions = { readonly onListenerError?: (error: unknown) => void };

export async function startMemoryBroadcast({ onListenerError = warn }: MemoryBroadcastOptions = {}): Promise<Broadcast> {
  const listeners = new Map<PersonId, Set<Listener>>();
  const gapListeners = new Set<{ readonly listener: () => void }>();
  let waiting: Published[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let hasDropped = false;

  const deliver = () => {
    scheduled = undefined;
    const published = waiting;
    waiting = [];
    let people = 0;
    for (const [i, { to, hint }] of published.entries()) {
      for (const person of to) {
        for (const { listener } of listeners.get(person) ?? []) call(() => listener(hint), onListenerError);
      }
      people += to.length;
      if (people < TURN_PEOPLE_MAX) continue;
      waiting = [...published.slice(i + 1), ...waiting];
      break;
    }
    if (waiting.length > 0) scheduled ??= setImmediate(deliver);
    else if (hasDropped) {
      hasDropped = false;
      for (const { listener } of gapListeners) call(listener, onListenerError);
    }
  };

  return {
    publish: (to, hint) => {
      if (to.length === 0) return;
      if (waiting.length < WAITING_HINTS_MAX) waiting.push({ to, hint });
      else hasDropped = true;
      scheduled ??= setImmediate(deliver);
    },
    listen: (person, listener) => {
      const added: Listener = { listener };
      const others = listeners.get(person);
      if (others === undefined) listeners.set(person, new Set([added]));
      else others.add(added);
      return {
        known: Promise.resolve(),
        [Symbol.dispose]: () => {
          const all = listeners.get(person);
          if (all?.delete(added) === true && all.size === 0) listeners.delete(person);
        },
      };
    },
    onGap: (listener) => {
      const added = { listener };
      gapListeners.add(added);
      return { [Symbol.dispose]: () => void gapListeners.delete(added) };
    },
    [Symbol.asyncDispose]: async () => {
      clearImmediate(scheduled);
      listeners.clear();
      gapListeners.clear();
      waiting = [];
    },
  };
}

/** Its own object, so that the same function may listen twice. */
type Listener = { readonly listener: (hint: Hint) => void };
type Published = { readonly to: readonly PersonId[]; readonly hint: Hint };

function call(listener: () => void, onError: (error: unknown) => void): void {
  try {
    listener();
  } catch (error) {
    onError(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
