/** Reports the progress of a long operation at intervals. */
import { setTimeout as delay } from 'node:timers/promises';

const PROGRESS_INTERVAL_MS = 250;

/** Yields what `progress` answers, and ends with the result of the work or throws its error. A caller that stops early has aborted the work by its signal before. */
export async function* withProgress<Line, Result>(
  work: Promise<Result>,
  progress: () => Promise<Line | undefined> | Line | undefined,
): AsyncGenerator<Line, Result, undefined> {
  const over = new AbortController();
  const ended = work.then(
    () => over.abort(),
    () => over.abort(),
  );
  try {
    while (!over.signal.aborted) {
      await delay(PROGRESS_INTERVAL_MS, undefined, { signal: over.signal }).catch(() => undefined);
      const line = over.signal.aborted ? undefined : await progress();
      if (line !== undefined) yield line;
    }
    return await work;
  } finally {
    await ended;
  }
}
