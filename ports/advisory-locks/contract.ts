import test, { type ExecutionContext } from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { LOCK_HELD_MAX_MS, type AdvisoryLock, type AdvisoryLocks } from './port.ts';

const PATIENT = { waitMs: 30_000 };
const BRIEFLY = { waitMs: 20 };
const ROUNDS_MAX = 3;

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Each adapter's test file is one call: `advisoryLocksContract('memory', startMemoryAdvisoryLocks)`. No lock is held at the start. */
export function advisoryLocksContract(adapter: string, start: () => Promise<AdvisoryLocks>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, locks: AdvisoryLocks) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using locks = await start();
      await body(t, locks);
    });

  check('gives a lock to one at a time, and to each who waits', async (t, locks) => {
    let holders = 0;
    let most = 0;
    let waited = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        using lock = await locks.acquire('stream', PATIENT);
        most = Math.max(most, ++holders);
        if (lock?.hadToWait === true) waited++;
        await delay(5);
        holders--;
      }),
    );
    t.is(most, 1);
    t.is(waited, 11);
  });

  check('gives a lock to those who wait in the order in which they asked', async (t, locks) => {
    const orders: string[] = [];
    // One who could not ask for long, on a machine that does much else, has lost their place: not time after time.
    for (let round = 0; round < ROUNDS_MAX && orders.at(-1) !== '0123'; round++) {
      const held = await locks.acquire('stream', PATIENT);
      const order: number[] = [];
      const waiting: Promise<void>[] = [];
      for (let n = 0; n < 4; n++) {
        waiting.push(
          locks.acquire('stream', PATIENT).then((lock) => {
            order.push(n);
            release(lock);
          }),
        );
        await delay(30); // so that no two ask at the same moment
      }
      release(held);
      await Promise.all(waiting);
      orders.push(order.join(''));
    }
    t.is(orders.at(-1), '0123', orders.join(', '));
  });

  check('lets locks of other names alone', async (t, locks) => {
    using one = await locks.acquire('one', PATIENT);
    using other = await locks.acquire('other', BRIEFLY);
    t.deepEqual([one?.hadToWait, other?.hadToWait], [false, false]);
  });

  check('answers after the time that the caller would wait, and keeps no place for it', async (t, locks) => {
    const held = await locks.acquire('stream', PATIENT);
    t.is(await locks.acquire('stream', BRIEFLY), undefined);
    release(held);
    using next = await locks.acquire('stream', PATIENT);
    t.truthy(next);
  });

  check('takes a lock from a holder that keeps it too long, who then can’t release the next one’s', async (t, locks) => {
    const first = await locks.acquire('stream', PATIENT);
    const fromMs = performance.now();
    const second = await locks.acquire('stream', PATIENT);
    t.true(second?.hadToWait === true && performance.now() - fromMs >= LOCK_HELD_MAX_MS / 2);
    release(first);
    t.is(await locks.acquire('stream', BRIEFLY), undefined);
    release(second);
    using third = await locks.acquire('stream', PATIENT);
    t.truthy(third);
  });
}

const release = (lock: AdvisoryLock | undefined): void => lock?.[Symbol.dispose]();
