/** Long work runs in turns, between which the event loop serves everything else. */

const TURN_MS_MAX = 10;
const CHECK_EVERY = 8; // calls

export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Starts a turn; the answer is called for every item of work, and says whether the turn has taken its time. */
export function startTurn(): () => boolean {
  const endMs = performance.now() + TURN_MS_MAX;
  let calls = 0;
  return () => ++calls % CHECK_EVERY === 0 && performance.now() > endMs;
}
