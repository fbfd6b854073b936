import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { createConnection, type GatewaySocket, type Who } from '../connection/connection.ts';
import { createSignals, type SignalsDependencies } from './signals.ts';

const who: Who = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };

/** The views answer each look in the order and at the time that the test says. */
function givenWatching() {
  const looks: ((visible: readonly PersonId[]) => void)[] = [];
  const watched: (readonly PersonId[])[] = [];
  const signals = createSignals({
    reads: { visibleTo: () => new Promise((resolve) => looks.push(resolve)) },
    watching: { watch: async (_session: unknown, people: readonly PersonId[]) => void watched.push(people) },
    nowMs: Date.now,
  } as unknown as SignalsDependencies);
  const connection = createConnection({} as GatewaySocket, {} as Duplex);
  connection.phase = 'live';
  const watch = (...people: readonly PersonId[]) => signals(connection, who, { type: 'watch', people: [...people] });
  return { connection, looks, watched, watch };
}

test('a connection that goes while it is looked up whom it may see watches nobody', async (t) => {
  const { connection, looks, watched, watch } = givenWatching();
  const asked = watch(who.person);
  connection.phase = 'closing';
  looks[0]?.([who.person]);
  t.is(await asked, undefined);
  t.deepEqual(watched, []);
});

test('of two watches the one that was sent last holds, whichever is looked up first', async (t) => {
  const { looks, watched, watch } = givenWatching();
  const [one, other] = [randomUUID() as PersonId, randomUUID() as PersonId];
  const both = [watch(one), watch(other)];
  looks[1]?.([other]);
  looks[0]?.([one]);
  await Promise.all(both);
  t.deepEqual(watched, [[other]]);
});
