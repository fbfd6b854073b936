import { setTimeout as delay } from 'node:timers/promises';
import { testWith } from '../../tests/servers/availability.ts';
import { startRedisServer } from '../../tests/servers/redis.ts';
import { connectBull } from './bull-connections.ts';

const BACK_WITHIN_MS = 10_000;

testWith('redis-server')('a connection that was made while the server hung, and was cut for its silence, is made again', async (t) => {
  await using redis = await startRedisServer();
  using connections = await connectBull({ url: redis.url, name: 'test', connectTimeoutMs: 5_000, commandTimeoutMs: 300, onError: () => undefined });
  const { client } = connections;
  let cuts = 0;
  const cutTwice = new Promise<void>((resolve) => client.on('close', () => void (++cuts === 2 && resolve())));
  const asking = setInterval(() => void client.ping().catch(() => undefined), 100);
  redis.hang();
  await cutTwice;
  redis.resume();
  clearInterval(asking);
  for (const until = performance.now() + BACK_WITHIN_MS; performance.now() < until; await delay(50)) {
    if ((await client.ping().catch(() => undefined)) === 'PONG') return void t.is(await client.client('GETNAME'), 'test');
  }
  t.fail(`It is ${client.status} and does not answer.`);
});
