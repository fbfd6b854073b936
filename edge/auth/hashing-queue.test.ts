import test from 'ava';
import { setImmediate as turn } from 'node:timers/promises';
import { PasswordQueueFull } from '../problem.ts';
import { createHashingQueue, type HashingShare } from './hashing-queue.ts';

/** One task at a time; `finish` ends the one that runs. */
function givenQueue(waiting: number) {
  const queue = createHashingQueue({ running: 1, waiting });
  const begun: string[] = [];
  const refused: string[] = [];
  const finishers: (() => void)[] = [];
  const add = (name: string, address: string, lane: HashingShare['lane'] = 'anybody') =>
    void queue({ lane, address }, () => {
      begun.push(name);
      return new Promise<void>((finish) => finishers.push(finish));
    }).catch((error: unknown) => {
      if (error instanceof PasswordQueueFull) refused.push(name);
    });
  const finishAll = async () => {
    for (let quiet = 0; quiet < 2; quiet++) {
      await turn();
      while (finishers.length > 0) {
        finishers.shift()?.();
        await turn();
      }
    }
  };
  return { add, begun, refused, finishAll };
}

test('networks take turns, and so do the addresses within one', async (t) => {
  const { add, begun, finishAll } = givenQueue(20);
  add('running', '203.0.113.1');
  for (let n = 0; n < 3; n++) add(`a${n}`, '203.0.113.1');
  add('b0', '203.0.113.2');
  for (let n = 0; n < 2; n++) add(`c${n}`, '198.51.100.1');
  await finishAll();
  t.deepEqual(begun, ['running', 'a0', 'c0', 'b0', 'c1', 'a1', 'a2']);
});

test('one network fills the queue only until somebody else comes', async (t) => {
  const { add, begun, refused, finishAll } = givenQueue(4);
  add('running', '203.0.113.1');
  for (let n = 0; n < 4; n++) add(`a${n}`, `203.0.113.${n}`);
  add('a4', '203.0.113.4');
  add('ann', '198.51.100.1');
  await turn();
  t.deepEqual(refused, ['a4', 'a3']);
  await finishAll();
  t.deepEqual(begun, ['running', 'a0', 'ann', 'a1', 'a2']);
});

test('within a full network, the address with the most makes room for its neighbour', async (t) => {
  const { add, refused, begun, finishAll } = givenQueue(3);
  add('running', '203.0.113.1');
  for (let n = 0; n < 3; n++) add(`a${n}`, '203.0.113.1');
  add('neighbour', '203.0.113.2');
  await finishAll();
  t.deepEqual(refused, ['a2']);
  t.deepEqual(begun, ['running', 'a0', 'neighbour', 'a1']);
});

test('where all have the same, who came first stays', async (t) => {
  const { add, refused } = givenQueue(2);
  for (const [name, address] of [
    ['running', '203.0.113.1'],
    ['a', '203.0.113.1'],
    ['b', '198.51.100.1'],
    ['c', '192.0.2.1'],
  ] as const)
    add(name, address);
  await turn();
  t.deepEqual(refused, ['c']);
});

test('people on a device that has logged in before take turns with however many strangers', async (t) => {
  const { add, begun, refused, finishAll } = givenQueue(3);
  add('running', '203.0.113.1');
  for (let n = 0; n < 3; n++) add(`stranger${n}`, `10.0.${n}.1`);
  for (let n = 0; n < 2; n++) add(`ann${n}`, '198.51.100.1', 'known-device');
  await finishAll();
  t.deepEqual(refused, []);
  t.deepEqual(begun, ['running', 'ann0', 'stranger0', 'ann1', 'stranger1', 'stranger2']);
});
