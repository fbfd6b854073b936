/** The broadcast on one Redis and on three nodes of a cluster: two processes are two connections. */
import { setTimeout as delay } from 'node:timers/promises';
import { testWith } from '../../tests/servers/availability.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { ask, startRedisCluster } from '../../tests/servers/redis.ts';
import { connectRedis } from '../redis/connect.ts';
import { oneRedisInTurn, redisClusterInTurn, type RedisForTests } from '../redis/test-fixture.ts';
import { broadcastContract, type BroadcastEnds } from './contract.ts';
import { groupOf, personKey } from './groups.ts';
import type { Hint } from './port.ts';
import { startRedisBroadcast } from './redis.ts';

const test = testWith('redis-server');
const ann = 'ann' as PersonId;
const bob = 'bob' as PersonId;
const WAIT_MAX_MS = 20_000;

async function openEnds(turns: () => Promise<RedisForTests>): Promise<BroadcastEnds & { readonly server: RedisForTests }> {
  await using starting = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const onListenerError = (error: unknown) => void errors.push(error);
  const server = starting.use(await turns());
  const here = starting.use(await startRedisBroadcast(starting.use(await server.connect()), { onListenerError }));
  const there = starting.use(await startRedisBroadcast(starting.use(await server.connect()), { onListenerError }));
  const started = starting.move();
  return { here, there, errors, server, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MAX_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not so within ${WAIT_MAX_MS} ms.`);
    await delay(5);
  }
}

const [oneRedis, cluster] = [oneRedisInTurn(), redisClusterInTurn()];
broadcastContract('one Redis', () => openEnds(oneRedis), test);
broadcastContract('three nodes of a cluster', () => openEnds(cluster), test);

for (const [name, turns] of [
  ['one Redis', oneRedis],
  ['three nodes of a cluster', cluster],
] as const) {
  test(`${name}: after a flush everybody is known anew within five seconds, and a gap is told`, async (t) => {
    await using ends = await openEnds(turns);
    const { here, there, server } = ends;
    const people = Array.from({ length: 3_000 }, (_, i) => `person-${i}` as PersonId);
    const heard = new Map<PersonId, Hint[]>(people.map((person) => [person, []]));
    const listening = people.map((person) => there.listen(person, (hint) => void heard.get(person)?.push(hint)));
    await Promise.all(listening.map(({ known }) => known));
    let gaps = 0;
    using _ = there.onGap(() => void gaps++);
    for (const url of server.urls) await ask(url, ['FLUSHALL']);
    const flushedAt = performance.now();
    await until(() => gaps > 0);
    await delay(Math.max(0, 5_000 - (performance.now() - flushedAt)));
    here.publish(people, { kind: 'after' });
    await until(() => people.every((person) => heard.get(person)?.length === 1));
    t.deepEqual(new Set([...heard.values()].map(([hint]) => hint?.kind)), new Set(['after']));
  });

  test(`${name}: a person who moves between processes gets every hint from the moment the new one is known`, async (t) => {
    await using ends = await openEnds(turns);
    const { here, there } = ends;
    const publisher = here;
    let from = there.listen(ann, () => undefined);
    for (let n = 0; n < 20; n++) {
      const hints: number[] = [];
      const to = (n % 2 === 0 ? here : there).listen(ann, ({ n: number }) => void hints.push(number as number));
      from[Symbol.dispose]();
      await to.known;
      for (let i = 0; i < 10; i++) publisher.publish([ann], { kind: 'post', n: i });
      await until(() => hints.length === 10);
      t.deepEqual(hints, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      from = to;
    }
  });

  test(`${name}: the channel of a process that is gone is forgotten by who publishes to it`, async (t) => {
    await using ends = await openEnds(turns);
    const { here, server } = ends;
    {
      await using connection = await server.connect();
      await using gone = await startRedisBroadcast(connection);
      await gone.listen(ann, () => undefined).known;
    }
    await using connection = await server.connect();
    const key = personKey(groupOf(connection, ann), ann);
    const channels = async () => (await connection.command(key, ['SMEMBERS', key])) as string[];
    t.is((await channels()).length, 1);
    here.publish([ann], { kind: 'post' });
    await until(async () => (await channels()).length === 0);
    t.deepEqual(await channels(), []);
  });
}

test('a process whose connection was cut is told of a gap, and hears what is published after it', async (t) => {
  await using ends = await openEnds(oneRedis);
  const { here, there, server } = ends;
  const hints: Hint[] = [];
  await there.listen(ann, (hint) => void hints.push(hint)).known;
  let gaps = 0;
  using _ = there.onGap(() => {
    gaps++;
    here.publish([ann], { kind: 'after' });
  });
  await ask(server.urls[0], ['CLIENT', 'KILL', 'TYPE', 'pubsub']);
  await until(() => gaps > 0);
  await until(() => hints.some(({ kind }) => kind === 'after'));
  t.deepEqual(new Set(hints.map(({ kind }) => kind)), new Set(['after']));
});

test('while Redis is away publishing neither waits nor throws, and listeners of the same process hear at once', async (t) => {
  await using ends = await openEnds(oneRedis);
  const { here, there, server } = ends;
  const [own, other]: [Hint[], Hint[]] = [[], []];
  await here.listen(bob, (hint) => void own.push(hint)).known;
  await there.listen(bob, (hint) => void other.push(hint)).known;
  let gaps = 0;
  using _ = there.onGap(() => void gaps++);
  server.hang();
  for (let n = 0; n < 30_000; n++) here.publish([bob], { kind: 'post', n });
  await until(() => own.length === 30_000);
  const waited = performance.now();
  await here.listen(ann, () => undefined).known;
  t.true(performance.now() - waited < 3_000, 'a listener waits no longer for Redis than it must');
  await delay(7_000);
  server.resume();
  await until(() => gaps > 0);
  other.length = 0;
  here.publish([bob], { kind: 'end' });
  await until(() => other.some(({ kind }) => kind === 'end'));
});

test('a node of a cluster that is gone takes only the people along whom it knows, and afterwards all hear again', async (t) => {
  await using nodes = await startRedisCluster({ 'cluster-require-full-coverage': 'no' });
  const urls = nodes.urls as [string, ...string[]];
  const connect = () => connectRedis({ urls, name: 'test', connectTimeoutMs: 5_000, commandTimeoutMs: 2_000, onError: () => undefined });
  await using one = await connect();
  await using other = await connect();
  await using here = await startRedisBroadcast(one);
  await using there = await startRedisBroadcast(other);
  const people = Array.from({ length: 60 }, (_, i) => `person-${i}` as PersonId);
  const heard = new Set<PersonId>();
  await Promise.all(people.map((person) => there.listen(person, () => void heard.add(person)).known));
  await nodes.nodes[0]?.kill();
  const publish = () => here.publish(people, { kind: 'post' });
  await until(async () => {
    publish();
    await delay(50);
    return heard.size > 20;
  });
  t.true(heard.size < people.length);
  await nodes.nodes[0]?.start();
  await until(async () => {
    publish();
    await delay(50);
    return heard.size === people.length;
  });
});
