/** A gateway as a whole: its drain, its settings, and what it serves over HTTP. */
import { once } from 'node:events';
import test from 'ava';
import { WebSocket } from 'ws';
import { SECOND_MS } from '../domain/shared/instant.ts';
import { messagesStream } from '../domain/shared/streams.ts';
import { asyncApiDocument } from './protocol/asyncapi.ts';
import { CLOSE_CODES, shouldReconnect } from './protocol/close-codes.ts';
import { givenGateways, TICK_MS } from './test-fixture.ts';
import { connectClient, openClient } from './testing/client.ts';

test('a drain refuses new connections, tells all clients to reconnect, and is announced as draining until it has stopped', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const clients = await Promise.all(Array.from({ length: 30 }, async () => connectClient(gateway.url, await given.person())));
  t.is((await given.registry.alive()).length, 1);
  t.is(gateway.stats().connections, 30);
  const drained = gateway.drain();
  const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
  t.like(await given.registry.alive(), [{ draining: true }]);
  await drained;
  t.true(codes.every((code) => code === CLOSE_CODES.shutdown.code && shouldReconnect(code)));
  t.is(gateway.stats().connections, 0);
  const late = new WebSocket(gateway.url);
  const [, response] = (await once(late, 'unexpected-response')) as [unknown, { statusCode: number; headers: Record<string, string> }];
  t.is(response.statusCode, 503);
  t.truthy(response.headers['retry-after']);
  t.is((await fetch(`${gateway.url.replace('ws', 'http')}/health/ready`)).status, 503);
  t.like(await given.registry.alive(), [{ draining: true }]);
  await gateway[Symbol.asyncDispose]();
  t.deepEqual(await given.registry.alive(), []);
});

test('a drain waits until the messages under way are in the log', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await using client = await connectClient(gateway.url, ann);
  const acks = Array.from({ length: 20 }, (_, n) => client.sendMessage(channel, `${n}`).catch(() => undefined));
  await Promise.race(acks);
  await gateway.drain();
  const { commandsAcknowledged } = gateway.stats();
  let stored = 0;
  for await (const _ of given.log.readStream(messagesStream(channel))) stored++;
  t.is(stored, commandsAcknowledged);
  t.deepEqual(given.failures, []);
});

test('a public URL is announced in place of the address that is listened on', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway({ publicUrl: 'wss://chat.example.org' });
  await using _client = await connectClient(gateway.url, await given.person());
  t.is(gateway.stats().connections, 1);
  t.like(await given.registry.alive(), [{ url: 'wss://chat.example.org' }]);
});

test('health, metrics and the document are served over HTTP', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const http = url.replace('ws', 'http');
  const get = async (path: string) => {
    const response = await fetch(`${http}${path}`);
    return [response.status, response.headers.get('content-type'), await response.text()] as const;
  };
  t.is((await get('/health/live'))[0], 200);
  t.is((await get('/health/ready'))[0], 200);
  t.is((await get('/metrics'))[0], 404, 'metrics are on the operations listener alone');
  t.deepEqual(JSON.parse((await get('/asyncapi.json'))[2]), asyncApiDocument());
  t.deepEqual((await get('/nowhere')).slice(0, 2), [404, 'application/problem+json']);
  t.is((await fetch(`${http}/health/ready`, { method: 'POST' })).status, 405);
});

test('a ping interval of 40 s is told to clients and kept', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ pingMs: 40 * SECOND_MS });
  await using client = await connectClient(url, await given.person());
  t.is(client.welcome.pingEveryMs, 40 * TICK_MS);
  await once(client.socket, 'ping');
  const startMs = performance.now();
  await once(client.socket, 'ping');
  t.true(performance.now() - startMs > 35 * TICK_MS);
  t.deepEqual(given.failures, []);
});

test('the other settings hold, too', async (t) => {
  await using given = await givenGateways();
  const limits = { 'gateway-hellos': { points: 4, windowSeconds: 60 } };
  const { url } = await given.gateway({ personConnectionsMax: 2, heartbeatMs: 4 * SECOND_MS, limits });
  const ann = await given.person();
  await using first = await connectClient(url, ann, { device: 'first' });
  await using second = await connectClient(url, ann, { device: 'second' });
  await using third = await connectClient(url, ann, { device: 'third' });
  t.is((await first.closed).code, CLOSE_CODES['too-many-connections'].code);
  t.is(first.welcome.heartbeatEveryMs, 4 * SECOND_MS);
  await using fourth = await connectClient(url, ann, { device: 'fourth' });
  t.is((await second.closed).code, CLOSE_CODES['too-many-connections'].code);
  await using fifth = await openClient(url);
  fifth.send({ type: 'hello', token: ann.token, device: 'fifth', cursors: {} });
  t.like(await fifth.take('refused'), { code: 'rate-limited', facts: { limit: 'gateway-hellos' } });
  await Promise.all([third.roundTrip(), fourth.roundTrip()]);
  t.deepEqual(given.failures, []);
});

test('a short hello time-out is kept', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ helloTimeoutMs: SECOND_MS });
  const startMs = performance.now();
  await using silent = await openClient(url);
  t.is((await silent.closed).code, CLOSE_CODES.stale.code);
  t.true(performance.now() - startMs < 40 * TICK_MS);
});

test('a gateway that can not work with its settings does not start', async (t) => {
  await using given = await givenGateways();
  await t.throwsAsync(given.gateway({ pingMs: 0 }), { instanceOf: RangeError, message: /pingMs/ });
});
