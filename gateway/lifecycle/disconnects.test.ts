/** Why connections are closed. */
import { once } from 'node:events';
import test from 'ava';
import { WebSocket } from 'ws';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant } from '../../domain/shared/instant.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { givenGateways, until } from '../test-fixture.ts';
import { connectClient, openClient } from '../testing/client.ts';

test('a connection without a hello is closed as stale', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  await using client = await openClient(url);
  t.is((await client.closed).code, CLOSE_CODES.stale.code);
});

test('a client that answers no ping is closed, and one that answers stays', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  await using deaf = await connectClient(gateway.url, await given.person());
  await using alive = await connectClient(gateway.url, await given.person());
  deaf.socket.pause();
  await until(() => gateway.stats().connectionsClosed['no-pong'] !== undefined);
  deaf.socket.resume();
  t.is((await deaf.closed).code, CLOSE_CODES['no-pong'].code);
  await alive.roundTrip();
});

test('while the views and the vault hang, time limits hold: connections without a hello or a pong are closed', async (t) => {
  await using given = await givenGateways();
  const hung = new Promise<never>(() => {});
  let hangs = false;
  const views = { ...given.views, getMany: (...asked: Parameters<typeof given.views.getMany>) => (hangs ? hung : given.views.getMany(...asked)) };
  const tokens = { ...given.tokens, isActive: (session: string) => (hangs ? hung : given.tokens.isActive(session)) };
  const gateway = await given.gateway({}, { views: views as typeof given.views, tokens });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await using alive = await connectClient(gateway.url, ann, { cursors: { [channel]: -1 } });
  hangs = true;
  await once(alive.socket, 'ping'); // and with it the looks that hang
  await using silent = await openClient(gateway.url);
  t.is((await silent.closed).code, CLOSE_CODES.stale.code);
  alive.socket.pause();
  await until(() => gateway.stats().connectionsClosed['no-pong'] !== undefined);
  t.deepEqual(given.failures, []);
});

test('logging out closes the connections of that session, and no others', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  await using phone = await connectClient(url, ann);
  await using laptop = await connectClient(url, ann, { device: 'laptop' });
  await using other = await connectClient(url, bob);
  const again = await given.logInAgain(ann);
  await using tablet = await connectClient(url, again, { device: 'tablet' });
  await given.commands.logOut(ann, given.time.now());
  t.deepEqual(await Promise.all([phone.closed, laptop.closed].map(async (closed) => (await closed).code)), [
    CLOSE_CODES['session-ended'].code,
    CLOSE_CODES['session-ended'].code,
  ]);
  await Promise.all([other.roundTrip(), tablet.roundTrip()]);
  t.is(tablet.socket.readyState, WebSocket.OPEN, 'another session of the same person');
  t.is((await given.tokens.verify(ann.token)).outcome, 'refused');
  t.is((await given.tokens.verify(again.token)).outcome, 'accepted');
});

test('removing a device closes its connections, also those of a session that was not logged in on it', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await using phone = await connectClient(url, ann, { device: 'phone' });
  await using laptop = await connectClient(url, ann, { device: 'laptop' });
  await given.commands.invalidateDevice({ person: ann.person, device: 'phone' as DeviceId, reason: 'removed-by-person' }, given.context(ann.person));
  t.is((await phone.closed).code, CLOSE_CODES['session-ended'].code);
  await laptop.roundTrip();
  t.is(laptop.socket.readyState, WebSocket.OPEN);
});

test('a session is found to have ended where the hint of its end was lost', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await using client = await connectClient(url, ann);
  await given.commandsWithoutHints.logOut(ann, given.time.now());
  given.elapse(60_000); // the session is asked for again once the cache of it is old
  t.is((await client.closed).code, CLOSE_CODES['session-ended'].code);
});

test('a connection is closed when its token expires', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  await using client = await connectClient(url, await given.person());
  const later = Date.now() + 2 * DAY_MS;
  given.time.now = () => instant(later);
  t.is((await client.closed).code, CLOSE_CODES.unauthorised.code);
});
