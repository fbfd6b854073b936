import { randomUUID } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import { WebSocket } from 'ws';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { givenGateways } from '../test-fixture.ts';
import { connectClient, openClient } from '../testing/client.ts';
import { GATEWAY_LIMITS } from './rate-limit.ts';

test('a client that sends too many frames is refused, and closed when it goes on', async (t) => {
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

test('frames before the token is verified are buffered up to a bound in text; a client that sends more is closed', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway({ tickMs: SECOND_MS }, { tokens: { ...given.tokens, verify: () => new Promise(() => {}) } });
  await using client = await openClient(url);
  client.send({ type: 'hello', token: 'anybody', device: 'phone', cursors: {} });
  for (let n = 0; n < 20; n++) client.sendRaw(JSON.stringify({ type: 'send', channel: randomUUID(), id: v7(), text: 'x'.repeat(60_000) }));
  t.is((await client.closed).code, CLOSE_CODES['too-fast'].code);
});

test('a client that says hello too often is told when to try again, and closed', async (t) => {
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
