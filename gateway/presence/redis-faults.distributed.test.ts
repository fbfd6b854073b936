/** Gateways whose presence, registry and limits are on a real Redis, which is flushed, hung and killed while people chat. */
import { setTimeout as delay } from 'node:timers/promises';
import { PresenceUnavailable, type Presence } from '../../ports/presence/port.ts';
import { startRedisPresence } from '../../ports/presence/redis.ts';
import { startRedisGatewayRegistry } from '../../ports/presence/redis-registry.ts';
import { RateLimitUnavailable } from '../../ports/rate-limit/port.ts';
import { startRedisRateLimit } from '../../ports/rate-limit/redis.ts';
import { testWith } from '../../tests/servers/availability.ts';
import { ask, startRedisServer } from '../../tests/servers/redis.ts';
import { connectTo } from '../../tests/servers/redis-suite.ts';
import { givenGateways, until } from '../test-fixture.ts';
import { connectClient, type Account, type Client } from '../testing/client.ts';

const PRESENCE_TTL_MS = 4_000;
const HEARTBEAT_MS = 1_000;
const HANG_MS = 5_000;
/** A message waits for the log, and for no Redis. */
const ACKNOWLEDGED_WITHIN_MS = 1_000;

testWith('redis-server')('chat goes on while Redis is flushed, hung and killed, and presence heals by itself', async (t) => {
  await using server = await startRedisServer();
  await using given = await givenGateways();
  await using redis = await connectTo([server.url]);
  const presence = await startRedisPresence(redis);
  const ports = { presence, registry: await startRedisGatewayRegistry(redis), rateLimit: await startRedisRateLimit(redis) };
  const config = { heartbeatMs: HEARTBEAT_MS, presenceTtlMs: PRESENCE_TTL_MS };
  const [one, other] = [await given.gateway(config, ports), await given.gateway(config, ports)];
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await using annClient = await connectClient(one.url, ann);
  await using bobClient = await connectClient(other.url, bob);
  using _ = heartbeatsOf(annClient, bobClient);

  let sent = 0;
  let slow = 0;
  const chat = async () => {
    const fromMs = performance.now();
    const { seq } = await annClient.sendMessage(channel, `message ${++sent}`);
    await bobClient.take('message', (frame) => frame.seq === seq);
    if (performance.now() - fromMs > ACKNOWLEDGED_WITHIN_MS) slow++;
  };
  const untilBothOnline = () => until(async () => (await onlineOf(presence, [ann, bob])) === 2);

  await chat();
  await untilBothOnline();
  await ask(server.url, ['FLUSHALL']);
  await chat();
  await untilBothOnline();

  server.hang();
  for (const untilMs = performance.now() + HANG_MS; performance.now() < untilMs; await delay(200)) await chat();
  server.resume();
  await untilBothOnline();

  await server.kill();
  await chat();
  await server.start();
  await untilBothOnline();
  await until(async () => (await ports.registry.alive()).length === 2);
  await chat();

  t.true(slow < sent / 5, `${slow} of ${sent} messages were slow`); // the machine may be busy, and a wait for Redis would be all of them
  t.true(given.failures.every((failure) => failure instanceof PresenceUnavailable || failure instanceof RateLimitUnavailable));
  t.deepEqual([...annClient.faults, ...bobClient.faults], []);
});

async function onlineOf(presence: Presence, accounts: readonly Account[]): Promise<number> {
  try {
    return [...(await presence.statusOf(accounts.map(({ person }) => person))).values()].filter(({ status }) => status === 'online').length;
  } catch (error) {
    if (error instanceof PresenceUnavailable) return -1;
    throw error;
  }
}

function heartbeatsOf(...clients: readonly Client[]): Disposable {
  const timer = setInterval(() => clients.forEach((client) => client.send({ type: 'heartbeat' })), HEARTBEAT_MS / 2);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
