/** What watchers see of other people, over gateways. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { gatewayPresenceStream, presenceStream } from '../../domain/shared/streams.ts';
import { CLOSE_CODES } from '../protocol/close-codes.ts';
import { startMemoryGatewayRegistry } from '../../ports/presence/memory-registry.ts';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
import { givenGateways, TICK_MS, until, type GatewayFixture } from '../test-fixture.ts';
import { PRESENCE_TTL_MS } from '../config.ts';
import { ANNOUNCED_TTL_MS } from '../registration.ts';
import { connectClient, type Account } from '../testing/client.ts';
import { VISIBILITY_RECHECK_MS } from './presence-subscriptions.ts';

const befriend = async (given: GatewayFixture, one: Account, other: Account) => {
  const { id } = await given.commands.requestFriend({ person: one.person, other: other.person }, given.context(one.person));
  await given.commands.acceptFriend({ person: other.person, request: id }, given.context(other.person));
  await given.untilProjected();
};

async function givenFriends() {
  const given = await givenGateways();
  const gateway = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  await befriend(given, ann, bob);
  return { given, gateway, ann, bob };
}

test('a watcher is told the present status and every change: online at once, offline after a while', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const elsewhere = await given.gateway();
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person] });
  t.like(await annClient.take('presence'), { person: bob.person, status: 'offline', lastActiveAt: null });
  const bobClient = await connectClient(elsewhere.url, bob);
  t.like(await annClient.take('presence'), { person: bob.person, status: 'online' });
  bobClient.socket.terminate();
  await bobClient.closed;
  await annClient.roundTrip();
  t.is(annClient.frames.filter(({ type }) => type === 'presence').length, 2, 'a lost connection is not told yet');
  given.elapse(PRESENCE_TTL_MS);
  t.like(await annClient.take('presence'), { status: 'offline' });
  t.deepEqual([...annClient.faults, ...bobClient.faults], []);
});

test('a person who closes normally or logs out is offline at once', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person] });
  await annClient.take('presence', ({ status }) => status === 'offline');
  const bobClient = await connectClient(gateway.url, bob);
  await annClient.take('presence', ({ status }) => status === 'online');
  bobClient.socket.close(1000);
  await annClient.take('presence', ({ status }) => status === 'offline');
  await using again = await connectClient(gateway.url, bob);
  await annClient.take('presence', ({ status }) => status === 'online');
  await given.commands.logOut(bob, given.time.now());
  t.is((await again.closed).code, CLOSE_CODES['session-ended'].code);
  await annClient.take('presence', ({ status }) => status === 'offline');
  t.deepEqual(annClient.faults, []);
});

test('a device is online as long as one of its sessions is connected', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const bobAgain = await given.logInAgain(bob);
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person] });
  await annClient.take('presence', ({ status }) => status === 'offline');
  await using first = await connectClient(gateway.url, bob, { device: 'browser' });
  await using second = await connectClient(gateway.url, bobAgain, { device: 'browser' });
  await annClient.take('presence', ({ status }) => status === 'online');
  await given.commands.logOut(bob, given.time.now());
  await first.closed;
  await delay(10 * TICK_MS);
  t.is(annClient.frames.filter(({ type }) => type === 'presence').length, 2, 'nothing more is told');
  await given.commands.logOut(bobAgain, given.time.now());
  await second.closed;
  await annClient.take('presence', ({ status }) => status === 'offline');
});

test('only friends and members of a shared channel are seen, and nobody over a block', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const [member, stranger, blocked] = await Promise.all([given.person(), given.person(), given.person()]);
  await befriend(given, ann, blocked);
  await given.openGroupChannel(ann, member);
  await given.commands.block({ person: blocked.person, other: ann.person }, given.context(blocked.person));
  await given.untilProjected();
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob, member, stranger, blocked, ann].map(({ person }) => person) });
  const seen = new Set<string>();
  for (let n = 0; n < 3; n++) seen.add((await annClient.take('presence')).person);
  t.deepEqual([...seen].sort(), [bob.person, member.person, ann.person].sort());
  await annClient.roundTrip();
  t.is(
    annClient.frames.filter(
      ({ type, ...rest }) => type === 'presence' && 'person' in rest && [stranger.person, blocked.person].includes(rest.person as typeof ann.person),
    ).length,
    0,
  );
  t.deepEqual(annClient.faults, []);
});

test('a person who is not visible any more is shown offline after a while', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const carl = await given.person();
  await befriend(given, ann, carl);
  await using _bobClient = await connectClient(gateway.url, bob);
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person, carl.person] });
  await annClient.take('presence', ({ person, status }) => person === bob.person && status === 'online');
  await given.commands.block({ person: bob.person, other: ann.person }, given.context(bob.person));
  await given.untilProjected();
  given.elapse(VISIBILITY_RECHECK_MS);
  await until(() => gateway.stats().watchedPeople === 1);
  await annClient.roundTrip();
  t.like(
    annClient.frames.findLast((frame) => frame.type === 'presence' && frame.person === bob.person),
    { status: 'offline', lastActiveAt: null },
  );
  t.deepEqual([...annClient.faults, ...given.failures], []);
});

test('a new watch takes the place of the one before, and a closed connection watches nobody', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person] });
  await annClient.take('presence');
  t.is(gateway.stats().watchedPeople, 1);
  annClient.send({ type: 'watch', people: [] });
  await until(() => gateway.stats().watchedPeople === 0);
  annClient.send({ type: 'watch', people: [bob.person] });
  await until(() => gateway.stats().watchedPeople === 1);
  await annClient[Symbol.asyncDispose]();
  await until(() => gateway.stats().watchedPeople === 0);
  t.deepEqual(given.failures, []);
});

test('whoever watches while the presence store is away is told when it is back, and messages go through all the while', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const channel = await given.openDirectChannel(ann, bob);
  const store = { ...given.presence };
  const away = () => Promise.reject(new PresenceUnavailable('away'));
  Object.assign(given.presence, { keepAlive: away, arrive: away, leave: away, statusOf: away });
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  annClient.send({ type: 'watch', people: [bob.person] });
  await annClient.roundTrip();
  await annClient.sendMessage(channel, 'hello');
  t.like(await bobClient.take('message'), { channel });
  Object.assign(given.presence, store);
  t.like(await annClient.take('presence', ({ status }) => status === 'online'), { person: bob.person });
  t.true(given.failures.every((failure) => failure instanceof PresenceUnavailable));
  t.deepEqual([...annClient.faults, ...bobClient.faults], []);
});

test('a lost gateway is one event, and its people are shown offline', async (t) => {
  const { given, gateway, ann, bob } = await givenFriends();
  await using _ = given;
  const dead = randomUUID();
  const at = given.time.now();
  await given.registry.announce(
    { id: dead, url: 'ws://127.0.0.1:1', region: 'test', connections: 1, capacity: 10, draining: false },
    { at, ttlMs: ANNOUNCED_TTL_MS },
  );
  await given.presence.keepAlive(dead, { ttlMs: PRESENCE_TTL_MS });
  await given.presence.arrive([{ person: bob.person, device: 'phone' as DeviceId, gateway: dead }]);
  await using annClient = await connectClient(gateway.url, ann);
  annClient.send({ type: 'watch', people: [bob.person] });
  await annClient.take('presence', ({ status }) => status === 'online');
  given.elapse(PRESENCE_TTL_MS);
  await annClient.take('presence', ({ status }) => status === 'offline');
  await until(async () => {
    given.elapse(SECOND_MS / 4); // a leap would be a silence of the registry itself
    return (await recordedOf(given, dead)).length > 0;
  });
  given.elapse(60 * SECOND_MS);
  await annClient.roundTrip();
  t.deepEqual(await recordedOf(given, dead), ['chat.gateway-lost.v1']);
  t.deepEqual(given.failures, []);
});

const recordedOf = async ({ log }: GatewayFixture, gateway: string) => {
  const types: string[] = [];
  for await (const { type } of log.readStream(gatewayPresenceStream(gateway))) types.push(type);
  return types;
};

test('a gateway that dies while the registry loses all that it knew is recorded as lost as well, for another one remembers it', async (t) => {
  await using given = await givenGateways();
  await using _ = await given.gateway();
  const dead = randomUUID();
  const announced = { id: dead, url: 'ws://127.0.0.1:1', region: 'test', connections: 1, capacity: 10, draining: false };
  await given.registry.announce(announced, { at: given.time.now(), ttlMs: ANNOUNCED_TTL_MS });
  const remind = given.registry.remind.bind(given.registry);
  const isRemembered = Promise.withResolvers<void>();
  const watched: typeof remind = async (...args) => {
    const answer = await remind(...args);
    if (answer.gateways.some(({ id }) => id === dead)) isRemembered.resolve();
    return answer;
  };
  Object.assign(given.registry, { remind: watched });
  await isRemembered.promise;
  let passedMs = 0;
  Object.assign(given.registry, await startMemoryGatewayRegistry({ monotonicMs: () => performance.now() + passedMs }));
  t.deepEqual(await given.registry.alive(), []);
  await until(async () => {
    given.elapse(SECOND_MS / 4);
    passedMs += SECOND_MS / 4;
    return (await recordedOf(given, dead)).length > 0;
  });
  t.deepEqual(await recordedOf(given, dead), ['chat.gateway-lost.v1']);
  t.deepEqual(given.failures, []);
});

test('a person who stays for a minute is in the log as online, and so is the end of a gateway that stops', async (t) => {
  const { given, gateway, ann } = await givenFriends();
  await using _ = given;
  await using annClient = await connectClient(gateway.url, ann);
  const events = async (key: string) => {
    const found: unknown[] = [];
    for await (const { type, data } of given.log.readStream(presenceStream(key as PersonId))) found.push([type, JSON.parse(Buffer.from(data).toString())]);
    return found as [string, { readonly status?: string; readonly gateway: string }][];
  };
  for (let passed = 0; passed < 70; passed += 10) {
    annClient.send({ type: 'heartbeat' });
    await annClient.roundTrip();
    given.elapse(10 * SECOND_MS);
    await delay(3 * TICK_MS); // the gateway looks at the clock once a tick, and would take two of these leaps for one silence
  }
  await until(async () => (await events(ann.person)).length > 0);
  const [[type, data] = ['', { gateway: '' }]] = await events(ann.person);
  t.deepEqual([type, data.status], ['chat.presence-changed.v1', 'online']);
  await gateway[Symbol.asyncDispose]();
  t.is((await events(data.gateway))[0]?.[0], 'chat.gateway-lost.v1');
  t.deepEqual(given.failures, []);
});
