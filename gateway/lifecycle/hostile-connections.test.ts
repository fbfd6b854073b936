/** Clients that take what others need, before they have said who they are. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import test from 'ava';
import { WebSocket } from 'ws';
import { givenGateways } from '../test-fixture.ts';
import { openClient } from '../testing/client.ts';

async function outcomeOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<'open' | { readonly status: number; readonly code: string }> {
  const socket = new WebSocket(url, { headers }).on('error', () => undefined);
  const [, response] = (await Promise.race([once(socket, 'unexpected-response'), once(socket, 'open')])) as [unknown, IncomingMessage | undefined];
  if (response === undefined) return 'open';
  const { code } = JSON.parse((await response.toArray()).join('')) as { readonly code: string };
  return { status: response.statusCode ?? 0, code };
}

const REFUSED = { status: 429, code: 'rate-limited' };

test('an address has no more connections than it may, and makes room by closing one', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ addressConnectionsMax: 2 });
  await using _first = await openClient(url);
  const second = await openClient(url);
  t.deepEqual(await outcomeOf(url), REFUSED);
  await second[Symbol.asyncDispose]();
  t.is(await outcomeOf(url), 'open');
  t.deepEqual(given.failures, []);
});

test('behind a trusted proxy each client has connections of its own', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ addressConnectionsMax: 1, trustedProxies: ['127.0.0.1'] });
  t.is(await outcomeOf(url, { 'x-forwarded-for': '203.0.113.9' }), 'open');
  t.is(await outcomeOf(url, { 'x-forwarded-for': '198.51.100.4' }), 'open');
  t.deepEqual(await outcomeOf(url, { 'x-forwarded-for': '203.0.113.9' }), REFUSED);
});

test('a connection that asks for the document thousands of times and reads nothing is ended', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write('GET /asyncapi.json HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2_000));
  await closed;
  t.is(await outcomeOf(url), 'open');
});

test('an upgrade behind a request that is not answered yet ends the connection', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const upgrade =
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  socket.write(`GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n${upgrade}`);
  const answers = (await socket.toArray().catch(() => [])).join('');
  t.false(answers.includes(' 101 '));
});
