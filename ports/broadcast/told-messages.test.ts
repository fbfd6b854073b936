import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Position } from '../event-log/port.ts';
import type { ToldMessage } from './hints.ts';
import { startMemoryBroadcast } from './memory.ts';
import type { Broadcast, Hint } from './port.ts';
import { createToldMessages, shareToldMessages } from './told-messages.ts';

const WAIT_MAX_MS = 10_000;

const message = (n: number): ToldMessage => ({ stream: messagesStream(`room${n % 3}` as ChannelId), position: `position-${n}` as Position });

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not so within ${WAIT_MAX_MS} ms.`);
    await delay(5);
  }
}

/** The broadcast, with what is published and who listens. */
function watched(broadcast: Broadcast) {
  const published: Hint[] = [];
  const listened = new Map<PersonId, number>();
  const count = (person: PersonId, by: number) => void listened.set(person, (listened.get(person) ?? 0) + by);
  const watching: Pick<Broadcast, 'publish' | 'listen'> = {
    publish: (to, hint) => {
      published.push(hint);
      broadcast.publish(to, hint);
    },
    listen: (person, listener) => {
      const listening = broadcast.listen(person, listener);
      count(person, 1);
      return {
        known: listening.known,
        [Symbol.dispose]: () => {
          count(person, -1);
          listening[Symbol.dispose]();
        },
      };
    },
  };
  return { watching, published, listeners: () => [...listened.values()] };
}

test('a process remembers what it has told, and forgets the oldest of very many', (t) => {
  const told = createToldMessages();
  t.false(told.has(message(0)));
  for (let n = 0; n < 25_000; n++) told.remember(message(n));
  t.deepEqual(
    [0, 4_999, 5_000, 24_999].map((n) => told.has(message(n))),
    [false, false, true, true],
  );
});

test('a process that asks for messages of a stream hears what others have told of it from then on, many in one hint', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  const { watching, published } = watched(broadcast);
  using teller = shareToldMessages(watching);
  using other = shareToldMessages(watching);
  teller.remember(message(0));
  t.true(teller.has(message(0)), 'its own it knows at once');
  await until(() => published.length === 1);
  t.false(other.has(message(0)), 'it has not asked before');
  published.length = 0;
  for (let n = 3; n < 300; n += 3) teller.remember(message(n));
  t.deepEqual(published, [], 'not before it has left the process to people');
  await until(() => other.has(message(297)));
  for (let n = 3; n < 300; n += 3) t.true(other.has(message(n)));
  t.is(published.length, 1);
});

test('a process listens to the topics of what it asks for, until it has not asked for a while', async (t) => {
  await using broadcast = await startMemoryBroadcast();
  const { watching, listeners } = watched(broadcast);
  using told = shareToldMessages(watching, { listenedMs: 200 });
  for (let n = 0; n < 30; n++) told.has(message(n));
  const listening = listeners();
  t.true(listening.length >= 1 && listening.length <= 3, 'of three streams');
  t.true(listening.every((count) => count === 1));
  for (let n = 0; n < 20; n++, await delay(20)) told.has(message(0));
  t.is(listeners().filter((count) => count === 1).length, 1, 'of the stream that it still asks for');
  await until(() => listeners().every((count) => count === 0));
  told.has(message(0));
  told[Symbol.dispose]();
  t.true(listeners().every((count) => count === 0));
});
