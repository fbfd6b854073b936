import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import test from 'ava';
import { WebSocket } from 'ws';
import { PERSON_CONNECTIONS_MAX } from '../config.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { givenGateways } from '../test-fixture.ts';
import { connectClient, openClient } from '../testing/client.ts';

test('a full gateway accepts no more connections', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ connectionsMax: 1 });
  await using _ = await openClient(url);
  const one = new WebSocket(url);
  const [, response] = (await once(one, 'unexpected-response')) as [unknown, IncomingMessage];
  t.is(response.statusCode, 503);
  t.is(JSON.parse((await response.toArray()).join('')).code, 'gateway-full');
});

test('pages of allowed origins connect and pages of others don’t; a client that is no browser has no origin', async (t) => {
  await using given = await givenGateways();
  const [local, named] = [await given.gateway(), await given.gateway({ origins: ['https://tidings.example'] })];
  const outcomeOf = async (url: string, origin?: string) => {
    const socket = new WebSocket(url, origin === undefined ? {} : { origin }).on('error', () => undefined);
    const [, response] = (await Promise.race([once(socket, 'unexpected-response'), once(socket, 'open')])) as [unknown, IncomingMessage | undefined];
    const outcome = response === undefined ? 'open' : JSON.parse((await response.toArray()).join('')).code;
    socket.terminate();
    return outcome;
  };
  t.is(await outcomeOf(local.url), 'open');
  t.is(await outcomeOf(local.url, 'http://localhost:5173'), 'open');
  t.is(await outcomeOf(local.url, 'https://evil.example'), 'origin-not-allowed');
  t.is(await outcomeOf(named.url, 'https://tidings.example'), 'open');
  t.is(await outcomeOf(named.url, 'https://tidings.example.evil.example'), 'origin-not-allowed');
  t.is(await outcomeOf(named.url, 'http://localhost:5173'), 'origin-not-allowed');
  t.is(await outcomeOf(named.url), 'open');
});

test('a malformed upgrade is refused by a problem', async (t) => {
  await using given = await givenGateways();
  const gateway = await given.gateway();
  const asked = request(gateway.url.replace('ws', 'http'), { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  t.is(response.headers['content-type'], 'application/problem+json; charset=utf-8');
  t.is(response.headers['sec-websocket-version'], '13');
  t.like(JSON.parse((await response.toArray()).join('')), { status: 400, code: 'bad-request' });
  t.deepEqual(given.failures, []);
});

test('of too many connections of one person the oldest is closed', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const ann = await given.person();
  const clients = [];
  for (let n = 0; n <= PERSON_CONNECTIONS_MAX; n++) clients.push(await connectClient(url, ann, { device: `device-${n}` }));
  t.is((await clients[0]?.closed)?.code, CLOSE_CODES['too-many-connections'].code);
  await clients.at(-1)?.roundTrip();
  t.is(clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length, PERSON_CONNECTIONS_MAX);
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
});
