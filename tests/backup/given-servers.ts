/** The servers of the distributed profile, with two event stores, and the settings of a process there. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configFrom } from '../../app/config/config.ts';
import { createLogger } from '../../app/logger.ts';
import { startTidings } from '../../app/start.ts';
import { startMongoServer } from '../servers/mongodb.ts';
import { startRedisServer } from '../servers/redis.ts';
import { ADMIN_TOKEN, roomyLimits, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';

export async function givenServers() {
  await using starting = new AsyncDisposableStack();
  let owner = starting; // of what is started: the caller’s, in the end
  const folder = starting.use(await temporaryFolder()).path;
  const [mongodb, redis] = [starting.use(await startMongoServer()), starting.use(await startRedisServer())];
  const startStore = async (number: number, port = '0') => {
    const settings = { TIDINGS_EVENT_STORE_PORT: port, TIDINGS_EVENT_STORE_TLS: 'insecure', TIDINGS_EVENT_STORE_IDEMPOTENCY: 'eventstoredb' };
    const store = owner.use(await startTidingsProcess(join(folder, `store-${number}`), settings, ['--role', 'event-store']));
    return { store, url: String(store.lines.find(({ role }) => role === 'event-store')?.['url']) };
  };
  const stores = [await startStore(0), await startStore(1)];
  const keys = join(folder, 'keys');
  await writeFile(keys, `k1 ${randomBytes(32).toString('base64')}\n`);
  const settings = {
    TIDINGS_PROFILE: 'distributed',
    TIDINGS_EVENTSTORE_URLS: stores.map(({ url }) => url).join(','),
    TIDINGS_MONGODB_URL: mongodb.url,
    TIDINGS_REDIS_URL: redis.url,
    TIDINGS_FEED_CACHE_REDIS_URL: redis.url,
    TIDINGS_VAULT_KEY_FILE: keys,
    TIDINGS_MEDIA_FOLDER: join(folder, 'shared-media'),
    TIDINGS_ADMIN_TOKEN: ADMIN_TOKEN,
    TIDINGS_FRONT_PORT: 'off',
    TIDINGS_RATE_LIMITS: roomyLimits(),
    ...Object.fromEntries(['WRITE', 'READ', 'GATEWAY', 'OPS'].map((of) => [`TIDINGS_${of}_PORT`, '0'])),
  };
  const file = join(folder, 'distributed.env');
  await writeFile(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const started = (owner = starting.move());
  return { folder, settings, file, stores, startStore, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

export const startDistributed = (settings: Readonly<Record<string, string>>) => startTidings(configFrom(settings), { logger: createLogger('silent') });
