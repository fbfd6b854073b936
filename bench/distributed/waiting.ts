/** Nothing in the bench waits for ever: a run that nobody watches ends, with what it has. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

/** Rejects, with what it waited for, after so long. */
export async function waitFor(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  { withinMs, pollMs = POLL_MS }: { readonly withinMs: number; readonly pollMs?: number },
) {
  const deadline = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${Math.round(withinMs / 1_000)} s.`);
    await delay(pollMs);
  }
}

/** In the order of their numbers, so many at a time. */
export async function inParallel<Made>(count: number, atOnce: number, make: (n: number) => Promise<Made>): Promise<readonly Made[]> {
  const made: Made[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < count; n = next++) made[n] = await make(n);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
  return made;
}
