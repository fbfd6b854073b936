/** Tells now and then how far a long piece of work is, while it goes on. */
import { setTimeout as delay } from 'node:timers/promises';

const PROGRESS_EVERY_MS = 250;

/** Yields what `look` sees, then ends with what the work comes to, or throws what it throws. Whoever stops listening has stopped the work before, by its signal. */
export async function* withProgress<Line, Result>(
  work: Promise<Result>,
  look: () => Promise<Line | undefined> | Line | undefined,
): AsyncGenerator<Line, Result, undefined> {
  const over = new AbortController();
  const ended = work.then(
    () => over.abort(),
    () => over.abort(),
  );
  try {
    while (!over.signal.aborted) {
      await delay(PROGRESS_EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined);
      const line = over.signal.aborted ? undefined : await look();
      if (line !== undefined) yield line;
    }
    return await work;
  } finally {
    await ended;
  }
}
