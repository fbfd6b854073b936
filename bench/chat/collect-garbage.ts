/** Collects garbage in a process started with `--expose-gc`, twice with a pause, so that finalizers run in between. */
import { setTimeout as delay } from 'node:timers/promises';

const BETWEEN_COLLECTIONS_MS = 200;

export async function collectGarbage(): Promise<void> {
  globalThis.gc?.();
  await delay(BETWEEN_COLLECTIONS_MS);
  globalThis.gc?.();
}
