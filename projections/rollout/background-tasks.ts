/** Tasks that run by themselves, and again after an outage, until they are done or the signal aborts. */
import { retryUntilDone } from '../progress/back-off.ts';

export type BackgroundTasks = {
  start(task: () => Promise<void>): void;
  /** Resolves when the tasks that run now have ended. */
  ended(): Promise<void>;
};

export function createBackgroundTasks(signal: AbortSignal, onFailure: (error: unknown, failures: number) => void): BackgroundTasks {
  const running = new Set<Promise<void>>();
  return {
    start: (task) => {
      const ended = retryUntilDone(signal, task, onFailure).finally(() => running.delete(ended));
      running.add(ended);
    },
    ended: async () => void (await Promise.all(running)),
  };
}
