import test from 'ava';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { connectClient } from '../testing/client.ts';
import { givenGateways } from '../test-fixture.ts';
import { v7 } from 'uuid';

/** No ping comes while a test lasts. */
const PING_MS = 3_600 * SECOND_MS;

/** A broadcast that tells a gap when a test says so. */
function withGaps(broadcast: Broadcast) {
  const listeners = new Set<() => void>();
  const onGap = (listener: () => void): Disposable => {
    listeners.add(listener);
    return { [Symbol.dispose]: () => void listeners.delete(listener) };
  };
  return { broadcast: { ...broadcast, onGap }, gap: () => listeners.forEach((listener) => listener()), listeners };
}

test('after a gap every connection gets the messages whose hints were lost, without waiting for its ping', async (t) => {
  await using given = await givenGateways();
  const gaps = withGaps(given.broadcast);
  const gateway = await given.gateway({ pingMs: PING_MS }, { broadcast: gaps.broadcast });
  const ann = await given.person();
  const others = await Promise.all(Array.from({ length: 15 }, () => given.person()));
  const channel = await given.openGroupChannel(ann, ...others);
  await using clients = new AsyncDisposableStack();
  const connected = [];
  for (const account of others) connected.push(clients.use(await connectClient(gateway.url, account, { cursors: { [channel]: -1 } })));
  await given.commandsWithoutHints.postMessage({ channel, sender: ann.person, text: 'did you hear?', clientId: v7() }, given.context(ann.person));
  await given.untilProjected();
  gaps.gap();
  gaps.gap(); // one more, while the connections are being checked
  await Promise.all(connected.map((client) => client.take('message', ({ seq }) => seq === 0)));
  await Promise.all(connected.map((client) => client.take('centre')));
  t.deepEqual(given.failures, []);
  await gateway[Symbol.asyncDispose]();
  t.is(gaps.listeners.size, 0);
});

test('a message that is published before other processes know the connection is read for its welcome', async (t) => {
  await using given = await givenGateways();
  const { promise: known, resolve: becomeKnown } = Promise.withResolvers<void>();
  /** Nothing comes from elsewhere before. */
  const broadcast: Broadcast = {
    ...given.broadcast,
    listen: (person, listener) => {
      let isKnown = false;
      void known.then(() => (isKnown = true));
      const listening = given.broadcast.listen(person, (hint) => (isKnown ? listener(hint) : undefined));
      return { known, [Symbol.dispose]: () => listening[Symbol.dispose]() };
    },
  };
  const gateway = await given.gateway({ pingMs: PING_MS }, { broadcast });
  const [ann, bob] = [await given.person(), await given.person()];
  const channel = await given.openDirectChannel(ann, bob);
  const connecting = connectClient(gateway.url, bob, { cursors: { [channel]: -1 } });
  await delay(200);
  await given.postMessage(ann, channel, 'while nobody knows');
  await delay(50);
  becomeKnown();
  await using client = await connecting;
  t.like(await client.take('message'), { seq: 0, text: 'while nobody knows' });
  await given.postMessage(ann, channel, 'and after');
  t.like(await client.take('message'), { seq: 1, text: 'and after' });
});
