/** Presence and the registry of gateways on a real Redis and on three nodes of a cluster: their contracts, and what they do in outages. */
import { setTimeout as after } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { ask, startRedisCluster, startRedisServer } from '../../tests/servers/redis.ts';
import { COMMAND_TIMEOUT_MS, connectTo, redisSuite, REDIS_KINDS, type RedisKind } from '../../tests/servers/redis-suite.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { presenceContract, type Started } from './contract.ts';
import { PresenceUnavailable, type GatewayRegistry, type Presence } from './port.ts';
import { startRedisPresence } from './redis.ts';
import { startRedisGatewayRegistry } from './redis-registry.ts';
import { gatewayRegistryContract } from './registry-contract.ts';

const test = testWith('redis-server');
const { connect } = redisSuite();

/** Long beside what a call takes on a busy machine. */
const TTL_MS = 6_000;
/** How much later than its time-out a call may end on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 3_000;
const HEALED_WITHIN_MS = 30_000;

const started = async <Adapter extends AsyncDisposable>(
  kind: RedisKind,
  start: (redis: RedisConnection, options: { readonly prefix: string }) => Promise<Adapter>,
): Promise<Started<Adapter>> => {
  const { redis, prefix } = await connect(kind);
  return {
    adapter: await start(redis, { prefix }),
    ttlMs: TTL_MS,
    elapse: (ms) => after(ms),
    now: () => instant(Date.now()),
    [Symbol.asyncDispose]: async () => undefined,
  };
};

for (const kind of REDIS_KINDS) {
  presenceContract(kind, () => started(kind, startRedisPresence), test);
  gatewayRegistryContract(kind, () => started(kind, startRedisGatewayRegistry), test);
}

const ann = 'ann' as PersonId;
const phone = 'phone' as DeviceId;
const room = 'room' as ChannelId;
const self = { id: 'g1', url: 'ws://g1', region: 'eu', connections: 0, capacity: 10, draining: false };
const lostOf = (registry: GatewayRegistry) => registry.claimExpired({ leaseMs: TTL_MS });
const at = instant(0);

const callsOf = (presence: Presence, registry: GatewayRegistry): readonly (() => Promise<unknown>)[] => [
  () => presence.keepAlive('g1', { ttlMs: TTL_MS }),
  () => presence.arrive([{ person: ann, device: phone, gateway: 'g1' }]),
  () => presence.leave([{ person: ann, device: phone, gateway: 'g1', agoMs: 0 }]),
  () => presence.statusOf([ann]),
  () => presence.received(ann, phone, room, 1),
  () => presence.receivedBy([ann], room),
  () => presence.delivered(ann, phone, room, 1),
  () => presence.deliveredTo([ann], room),
  () => registry.announce(self, { at, ttlMs: TTL_MS }),
  () => registry.alive(),
  () => lostOf(registry),
  () => registry.confirmExpired({ id: 'g1', lastSeenAt: at }),
  () => registry.withdraw('g1'),
  () => registry.remind(undefined, { ttlMs: TTL_MS }),
];

async function eachFails(t: ExecutionContext, presence: Presence, registry: GatewayRegistry): Promise<void> {
  for (const call of callsOf(presence, registry)) {
    const fromMs = performance.now();
    await t.throwsAsync(call(), { instanceOf: PresenceUnavailable });
    t.true(performance.now() - fromMs < COMMAND_TIMEOUT_MS + OVERRUN_MAX_MS);
  }
}

test('while Redis is gone or hangs, every call fails as an outage within the time of a command; afterwards all is served', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const [presence, registry] = [await startRedisPresence(redis), await startRedisGatewayRegistry(redis)];
  server.hang();
  await eachFails(t, presence, registry);
  server.resume();
  await onceBack(() => presence.statusOf([ann]), PresenceUnavailable);
  await server.kill();
  await eachFails(t, presence, registry);
  await server.start();
  await onceBack(() => presence.statusOf([ann]), PresenceUnavailable);
  for (const call of callsOf(presence, registry)) await t.notThrowsAsync(onceBack(call, PresenceUnavailable));
});

test('a Redis that was flushed knows no gateway, and says so', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const presence = await startRedisPresence(redis);
  await presence.keepAlive('g1', { ttlMs: TTL_MS });
  t.deepEqual(await presence.keepAlive('g1', { ttlMs: TTL_MS }), { known: true });
  await ask(server.url, ['FLUSHALL']);
  t.deepEqual(await presence.keepAlive('g1', { ttlMs: TTL_MS }), { known: false });
});

test('a cluster of which one node lost its data says so, and a gateway that is told of anew is online again', async (t) => {
  await using cluster = await startRedisCluster();
  await using redis = await connectTo(cluster.urls);
  const presence = await startRedisPresence(redis);
  const people = Array.from({ length: 64 }, (_, i) => `person-${i}` as PersonId);
  const arrive = (gateway: string) => presence.arrive(people.map((person) => ({ person, device: phone, gateway })));
  const online = async () => [...(await presence.statusOf(people)).values()].filter(({ status }) => status === 'online').length;
  await presence.keepAlive('g1', { ttlMs: TTL_MS });
  await arrive('g1');
  t.is(await online(), people.length);
  await ask(cluster.urls[0] ?? '', ['FLUSHALL']);
  const left = await online();
  t.true(left > 0 && left < people.length);
  t.deepEqual(await presence.keepAlive('g1', { ttlMs: TTL_MS }), { known: false });
  await presence.keepAlive('g1.2', { ttlMs: TTL_MS });
  await arrive('g1.2');
  t.is(await online(), people.length);
});

test('a gateway that died while the registry lost everything is expired, once another one has reminded it', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const registry = await startRedisGatewayRegistry(redis);
  const announce = (id: string) => registry.announce({ ...self, id }, { at, ttlMs: TTL_MS });
  for (const id of ['g1', 'g2']) await announce(id);
  let remembered = await registry.remind(undefined, { ttlMs: TTL_MS });
  const expired = async () => {
    for (const untilMs = performance.now() + HEALED_WITHIN_MS; performance.now() < untilMs; await after(TTL_MS / 10)) {
      await announce('g1');
      remembered = await registry.remind(remembered, { ttlMs: TTL_MS });
      const lost = await lostOf(registry);
      if (lost.length > 0) return lost;
    }
    return [];
  };
  await ask(server.url, ['FLUSHALL']);
  t.deepEqual(await expired(), [{ id: 'g2', lastSeenAt: at }]);
  await registry.confirmExpired({ id: 'g2', lastSeenAt: at });

  await announce('g3');
  remembered = await registry.remind(remembered, { ttlMs: TTL_MS });
  await server.kill();
  await server.start();
  await onceBack(() => announce('g1'), PresenceUnavailable);
  t.deepEqual(await expired(), [{ id: 'g3', lastSeenAt: at }], 'a server without its data');
});

test('a Redis that hung for longer than the times to live declares nobody lost who goes on', async (t) => {
  await using server = await startRedisServer();
  await using redis = await connectTo([server.url]);
  const registry = await startRedisGatewayRegistry(redis);
  const announce = (id: string) => registry.announce({ ...self, id }, { at, ttlMs: TTL_MS }).catch(() => undefined);
  for (const id of ['g1', 'g2']) await announce(id);
  server.hang();
  await after(1.3 * TTL_MS);
  server.resume();
  const lost = new Set<string>();
  for (const untilMs = performance.now() + HEALED_WITHIN_MS; lost.size === 0 && performance.now() < untilMs; await after(TTL_MS / 10)) {
    await announce('g1');
    for (const { id } of await lostOf(registry).catch(() => [])) lost.add(id);
  }
  t.deepEqual([...lost], ['g2'], 'the one that died meanwhile, and no other');
});
