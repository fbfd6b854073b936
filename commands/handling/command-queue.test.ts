import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyDecider } from '../../domain/shared/decider.ts';
import { createCommandQueue, type QueuedCommand } from './command-queue.ts';
import { createContention } from './contention.ts';
import { refused } from './results.ts';

test('a turn that fails fails the commands that waited for it, and those after them are handled', async (t) => {
  const turns = [() => Promise.reject(new TypeError('No such script.')), () => Promise.resolve(undefined)];
  const contention = { isContended: () => true, awaitTurn: async () => turns.shift()?.() };
  const queue = createCommandQueue(contention, async (_decider, _stream, batch) => batch.map(() => refused('write-contention')));
  const enqueue = () => queue.enqueue({} as AnyDecider, 'stream', {} as QueuedCommand);
  await Promise.all([enqueue(), enqueue()].map((waiting) => t.throwsAsync(waiting, { instanceOf: TypeError })));
  t.like(await enqueue(), { outcome: 'refused' });
});

test('where no other process appends, a stream is soon no longer taken for contended, however busy it is', async (t) => {
  const { recordConflict, isContended, awaitTurn } = createContention({});
  recordConflict('stream');
  t.true(isContended('stream'));
  const untilMs = performance.now() + 20_000;
  while (isContended('stream') && performance.now() < untilMs) {
    t.is(await awaitTurn('stream'), undefined);
    await delay(50);
  }
  t.false(isContended('stream'));
});
