/** The broadcast within this process. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Broadcast, Hint } from './port.ts';

/** Hints beyond that are dropped: listeners that are so far behind fetch. */
const WAITING_HINTS_MAX = 100_000;
/** How many people one turn of the event loop serves, so that a very large audience doesn't hold it. */
const TURN_PEOPLE_MAX = 2_000;

/** `onListenerError`: unless said, it is a warning of the process. */
export type MemoryBroadcastOptions = { readonly onListenerError?: (error: unknown) => void };

export async function startMemoryBroadcast({ onListenerError = warn }: MemoryBroadcastOptions = {}): Promise<Broadcast> {
  const listeners = new Map<PersonId, Set<Listener>>();
  let waiting: Published[] = [];
  let turn: NodeJS.Immediate | undefined;

  const deliver = () => {
    turn = undefined;
    const now = waiting;
    waiting = [];
    let people = 0;
    for (const [i, { to, hint }] of now.entries()) {
      for (const person of to) {
        for (const listener of listeners.get(person) ?? []) call(listener, hint, onListenerError);
      }
      people += to.length;
      if (people < TURN_PEOPLE_MAX) continue;
      waiting = [...now.slice(i + 1), ...waiting];
      break;
    }
    if (waiting.length > 0) turn ??= setImmediate(deliver);
  };

  return {
    publish: (to, hint) => {
      if (to.length === 0 || waiting.length >= WAITING_HINTS_MAX) return;
      waiting.push({ to, hint });
      turn ??= setImmediate(deliver);
    },
    listen: (person, listener) => {
      const one: Listener = { listener };
      const others = listeners.get(person);
      if (others === undefined) listeners.set(person, new Set([one]));
      else others.add(one);
      return {
        [Symbol.dispose]: () => {
          const all = listeners.get(person);
          if (all?.delete(one) === true && all.size === 0) listeners.delete(person);
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      clearImmediate(turn);
      listeners.clear();
      waiting = [];
    },
  };
}

/** An object of its own, so that the same function may listen twice. */
type Listener = { readonly listener: (hint: Hint) => void };
type Published = { readonly to: readonly PersonId[]; readonly hint: Hint };

function call({ listener }: Listener, hint: Hint, onError: (error: unknown) => void): void {
  try {
    listener(hint);
  } catch (error) {
    onError(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
