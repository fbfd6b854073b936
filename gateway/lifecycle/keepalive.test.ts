/** How connections begin and end, and how a gateway does. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import test from 'ava';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, SECOND_MS } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { CLOSE_CODES, shouldReconnect } from '../protocol/close-codes.ts';
import { GATEWAY_LIMITS } from '../connection/rate-limit.ts';
import { PERSON_CONNECTIONS_MAX } from '../config.ts';
import { asyncApiDocument } from '../protocol/asyncapi.ts';
import { givenGateways, until } from '../test-fixture.ts';
import { connectClient, openClient } from '../testing/client.ts';

test('who says nothing is closed as stale', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  await using client = await openClient(url);
  t.is((await client.closed).code, CLOSE_CODES.stale.code);
});

test('who answers no ping is closed, and who answers stays', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  await using deaf = await connectClient(gateway.url, await given.person());
  await using alive = await connectClient(gateway.url, await given.person());
  deaf.socket.pause();
  await until(() => gateway.stats().connectionsClosed['no-pong'] !== undefined);
  deaf.socket.resume();
  t.is((await deaf.closed).code, CLOSE_CODES['no-pong'].code);
  await alive.settled();
});

test('while the views and the vault hang, who says nothing is closed and who answers no ping is', async (t) => {
  await using given = await givenGateways();
  const hung = new Promise<never>(() => {});
  let hangs = false;
  const views = { ...given.views, getMany: (...asked: Parameters<typeof given.views.getMany>) => (hangs ? hung : given.views.getMany(...asked)) };
  const tokens = { ...given.tokens, isActive: (session: string) => (hangs ? hung : given.tokens.isActive(session)) };
  const gateway = await given.gateway({}, { views: views as typeof given.views, tokens });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.direct(ann, bob);
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
  await given.commands.logOut(ann, given.time.now());
  t.deepEqual(await Promise.all([phone.closed, laptop.closed].map(async (closed) => (await closed).code)), [
    CLOSE_CODES['session-ended'].code,
    CLOSE_CODES['session-ended'].code,
  ]);
  await other.settled();
});

test('removing a device closes what is connected as it, also by a session that was not logged in on it', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await using phone = await connectClient(url, ann, { device: 'phone' });
  await using laptop = await connectClient(url, ann, { device: 'laptop' });
  await given.commands.invalidateDevice({ person: ann.person, device: 'phone' as DeviceId, reason: 'removed-by-person' }, given.context(ann.person));
  t.is((await phone.closed).code, CLOSE_CODES['session-ended'].code);
  await laptop.settled();
  t.is(laptop.socket.readyState, WebSocket.OPEN);
});

test('a session whose end nobody told of is found to have ended', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  await using client = await connectClient(url, ann);
  await given.deaf.logOut(ann, given.time.now());
  const later = Date.now() + 60_000; // the session is asked for again once the cache of it is old
  given.time.now = () => instant(later);
  t.is((await client.closed).code, CLOSE_CODES['session-ended'].code);
});

test('a token that runs out ends its connection', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  await using client = await connectClient(url, await given.person());
  const later = Date.now() + 2 * DAY_MS;
  given.time.now = () => instant(later);
  t.is((await client.closed).code, CLOSE_CODES.unauthorised.code);
});

test('a drain takes nobody in, tells everyone to come back, and leaves the registry', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const clients = await Promise.all(Array.from({ length: 30 }, async () => connectClient(gateway.url, await given.person())));
  t.is((await given.registry.alive(given.time.now())).length, 1);
  t.is(gateway.stats().connections, 30);
  const drained = gateway.drain();
  const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
  await drained;
  t.true(codes.every((code) => code === CLOSE_CODES.shutdown.code && shouldReconnect(code)));
  t.deepEqual(await given.registry.alive(given.time.now()), []);
  t.is(gateway.stats().connections, 0);
  const late = new WebSocket(gateway.url);
  const [, response] = (await once(late, 'unexpected-response')) as [unknown, { statusCode: number; headers: Record<string, string> }];
  t.is(response.statusCode, 503);
  t.truthy(response.headers['retry-after']);
  t.is((await fetch(`${gateway.url.replace('ws', 'http')}/health/ready`)).status, 503);
});

test('where clients are told another address it listens all the same', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway({ publicUrl: 'wss://chat.example.org' });
  await using _client = await connectClient(gateway.url, await given.person());
  t.is(gateway.stats().connections, 1);
  t.like(await given.registry.alive(given.time.now()), [{ url: 'wss://chat.example.org' }]);
});

test('a drain waits for what was being said, and it is in the log', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.direct(ann, bob);
  await using client = await connectClient(gateway.url, ann);
  const acks = Array.from({ length: 20 }, (_, n) => client.say(channel, `${n}`).catch(() => undefined));
  await Promise.race(acks);
  await gateway.drain();
  const { commandsAcknowledged } = gateway.stats();
  let stored = 0;
  for await (const _ of given.log.readStream(messagesStream(channel))) stored++;
  t.is(stored, commandsAcknowledged);
  t.deepEqual(given.failures, []);
});

test('a full gateway takes nobody more', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ connectionsMax: 1 });
  await using _ = await openClient(url);
  const one = new WebSocket(url);
  const [, response] = (await once(one, 'unexpected-response')) as [unknown, IncomingMessage];
  t.is(response.statusCode, 503);
  t.is(JSON.parse((await response.toArray()).join('')).code, 'gateway-full');
});

test('an upgrade that is none is refused by a problem', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const asked = request(gateway.url.replace('ws', 'http'), { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  t.is(response.headers['content-type'], 'application/problem+json; charset=utf-8');
  t.is(response.headers['sec-websocket-version'], '13');
  t.like(JSON.parse((await response.toArray()).join('')), { status: 400, code: 'bad-request' });
  t.deepEqual(given.failures, []);
});

test('of too many connections of one person the oldest has to go', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  const clients = [];
  for (let n = 0; n <= PERSON_CONNECTIONS_MAX; n++) clients.push(await connectClient(url, ann, { device: `device-${n}` }));
  t.is((await clients[0]?.closed)?.code, CLOSE_CODES['too-many-connections'].code);
  await clients.at(-1)?.settled();
  t.is(clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length, PERSON_CONNECTIONS_MAX);
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
});

test('who sends more than the limit is refused, and closed when that does not help', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  await using client = await connectClient(url, await given.person());
  const heartbeat = JSON.stringify({ type: 'heartbeat' });
  for (let n = 0; n < GATEWAY_LIMITS.frames.points + 1_000 && client.socket.readyState === WebSocket.OPEN; n++) {
    client.sendRaw(heartbeat);
    if (n % 100 === 0) await new Promise(setImmediate);
  }
  const refused = await client.take('refused');
  t.is(refused.code, 'rate-limited');
  t.is(refused.facts?.['limit'], GATEWAY_LIMITS.frames.name);
  t.is((await client.closed).code, CLOSE_CODES['too-fast'].code);
});

test('what comes before the token is verified is kept up to a bound in text, and who sends more is closed', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ tickMs: SECOND_MS }, { tokens: { ...given.tokens, verify: () => new Promise(() => {}) } });
  await using client = await openClient(url);
  client.send({ type: 'hello', token: 'anybody', device: 'phone', cursors: {} });
  for (let n = 0; n < 3; n++) client.sendRaw(JSON.stringify({ type: 'send', channel: randomUUID(), id: v7(), text: 'x'.repeat(500_000) }));
  t.is((await client.closed).code, CLOSE_CODES['too-fast'].code);
});

test('who says hello over and over is told when to come again, and closed', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  for (let n = 0; n < GATEWAY_LIMITS.hellos.points; n++) await (await connectClient(url, ann))[Symbol.asyncDispose]();
  await using client = await openClient(url);
  client.send({ type: 'hello', token: ann.token, device: 'phone', cursors: {} });
  const refused = await client.take('refused');
  t.like(refused, { about: 'hello', code: 'rate-limited' });
  t.is(refused.facts?.['limit'], GATEWAY_LIMITS.hellos.name);
  t.true(Number(refused.facts?.['retryAfterSeconds']) > 0);
  t.is((await client.closed).code, CLOSE_CODES['too-fast'].code);
  await using other = await connectClient(url, await given.person());
  t.deepEqual([...client.faults, ...other.faults, ...given.failures], []);
});

test('health, metrics and the document are answered over HTTP', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const http = url.replace('ws', 'http');
  const get = async (path: string) => {
    const response = await fetch(`${http}${path}`);
    return [response.status, response.headers.get('content-type'), await response.text()] as const;
  };
  t.is((await get('/health/live'))[0], 200);
  t.is((await get('/health/ready'))[0], 200);
  t.is((await get('/metrics'))[0], 200);
  t.deepEqual(JSON.parse((await get('/asyncapi.json'))[2]), asyncApiDocument());
  t.deepEqual((await get('/nowhere')).slice(0, 2), [404, 'application/problem+json']);
  t.is((await fetch(`${http}/metrics`, { method: 'POST' })).status, 405);
});
