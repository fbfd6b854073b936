/** Locks in this process: for each name a queue, whose head has the lock. */
import { LOCK_HELD_MAX_MS, type AdvisoryLock, type AdvisoryLocks } from './port.ts';

type Waiter = { grant: (lock: AdvisoryLock | undefined) => void; timer: NodeJS.Timeout | undefined };

export async function startMemoryAdvisoryLocks(): Promise<AdvisoryLocks> {
  const queues = new Map<string, Waiter[]>();

  const leave = (name: string, waiter: Waiter): void => {
    clearTimeout(waiter.timer);
    const queue = queues.get(name) ?? [];
    const place = queue.indexOf(waiter);
    if (place < 0) return;
    queue.splice(place, 1);
    if (queue.length === 0) queues.delete(name);
    else if (place === 0) grantTo(name, queue[0], true);
  };

  const grantTo = (name: string, waiter: Waiter | undefined, hadToWait: boolean): void => {
    if (waiter === undefined) return;
    clearTimeout(waiter.timer);
    waiter.timer = setTimeout(() => leave(name, waiter), LOCK_HELD_MAX_MS);
    waiter.grant({ hadToWait, [Symbol.dispose]: () => leave(name, waiter) });
  };

  return {
    acquire: (name, { waitMs }) =>
      new Promise((grant) => {
        const waiter: Waiter = { grant, timer: undefined };
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        queue.push(waiter);
        if (queue.length === 1) return grantTo(name, waiter, false);
        waiter.timer = setTimeout(() => {
          leave(name, waiter);
          grant(undefined);
        }, waitMs);
      }),
    [Symbol.asyncDispose]: async () => {
      for (const waiter of [...queues.values()].flat()) {
        clearTimeout(waiter.timer);
        waiter.grant(undefined);
      }
      queues.clear();
    },
  };
}
