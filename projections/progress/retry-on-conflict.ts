import { setTimeout as delay } from 'node:timers/promises';
import { WriteConflict } from './checkpoint.ts';

/** With each conflict another writer has made progress, so all of them finish; more conflicts in a row than this are a bug. */
const CONFLICT_TRIES_MAX = 100;
const CONFLICT_PAUSE_MAX_MS = 10;

/** Does `work`, which loads, folds and commits, again after a write conflict, with random pauses, so that two runners don't stay in step. */
export async function retryOnConflict<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries === CONFLICT_TRIES_MAX) throw error;
      await delay(Math.random() * Math.min(tries - 1, CONFLICT_PAUSE_MAX_MS));
    }
  }
}
