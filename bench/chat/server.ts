/** The gateway on the embedded profile, in one process: durable log, views and their projections, commands. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { v7 } from 'uuid';
import { createCommands } from '../../commands/commands.ts';
import { contextWith } from '../../commands/handling/context.ts';
import { createHandling } from '../../commands/handling/handle.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import { openTokens } from '../../edge/auth/tokens.ts';
import { openEventStore } from '../../event-store/open.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startMemoryGatewayRegistry, startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { activeViews } from '../../projections/query/read-views.ts';
import { startProjections } from '../../projections/rollout/run.ts';
import { answer } from './serve-parent.ts';

const CHAT_PROJECTORS = ['inbox', 'channels', 'messages', 'friends', 'relationships'];
/** Views may be so far behind: what is said is folded in batches, not one by one. */
const SIGNING_UP_AT_ONCE_MAX = 64;

export type BenchAccount = { readonly person: PersonId; readonly token: string };
export type BenchChannel = { readonly channel: ChannelId; readonly members: readonly BenchAccount[] };

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-chat-'));
const stack = new AsyncDisposableStack();
stack.defer(() => rm(folder, { recursive: true, force: true }));
const fail = (error: unknown) => console.error(error);
const log = stack.use(startEmbeddedLog(await openEventStore(join(folder, 'events'))));
const vault = stack.use(await startSqliteVault(join(folder, 'vault.sqlite')));
const views = stack.use(await startSqliteViews(join(folder, 'views.sqlite')));
const broadcast = stack.use(await startMemoryBroadcast({ onListenerError: fail }));
const feedCache = stack.use(await startMemoryFeedCache({ feedsMax: 10 }));
const keyring = openKeyring(vault);
const codec = createCodec(keyring);
const clock = () => instant(Date.now());
const secret = Buffer.from('a benchmark');
const contextFor = contextWith(secret);
const passwords = { hash: (password: string) => Promise.resolve(password), verify: () => Promise.resolve(true) };
const handling = createHandling({ log, codec });
const commands = createCommands({ ...handling, log, codec, vault, keyring, broadcast, feedCache, passwords, loginSecret: secret });
const tokens = await openTokens({ vault, clock });
const projections = stack.use(
  await startProjections(
    {
      log,
      views,
      decode: (stored) => codec.decodeAll(stored),
      clock,
      appendOperations: async (stream, event) => {
        let expected: number | 'no-stream' = 'no-stream';
        for await (const { revision } of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) expected = revision;
        const metadata = { $correlationId: 'bench', actor: 'system:bench', at: clock(), command: 'bench', request: 'bench' };
        await log.append(stream, [await codec.encode(stream, { id: randomUUID(), event, metadata })], expected);
      },
    },
    { projections: projectors.filter(({ name }) => CHAT_PROJECTORS.includes(name)) },
  ),
);
const gateway = stack.use(
  await startGateway(
    {
      tokens,
      log,
      codec,
      views: activeViews({ views, versions: projections.versions }),
      broadcast,
      presence: stack.use(await startMemoryPresence()),
      registry: stack.use(await startMemoryGatewayRegistry()),
      rateLimit: stack.use(await startMemoryRateLimit()),
      commands,
      current: handling.current,
      contextFor,
      clock,
      metrics: new Registry(),
      failed: fail,
    },
    { id: randomUUID(), host: '127.0.0.1', port: 0, region: 'bench' },
  ),
);

const context = (actor: string) => {
  const made = contextFor({ actor, type: 'bench', key: v7(), fresh: true, body: {}, at: clock() });
  if (made.outcome === 'refused') throw new Error(made.refusal.code);
  return made.context;
};

async function session(person: PersonId): Promise<BenchAccount> {
  const id = randomUUID();
  const expiresAt = plus(clock(), DAY_MS);
  await vault.put('session', id, { person, createdAt: clock(), expiresAt }, { owner: person });
  return { person, token: await tokens.issue({ person, session: id, expiresAt }) };
}

async function signUp(): Promise<BenchAccount> {
  const name = randomUUID();
  const { id } = await commands.signUp({ loginName: name, name, password: 'none' }, context(`login:${name}`));
  return session(id);
}

async function manyAtOnce<Made>(count: number, make: (n: number) => Promise<Made>): Promise<readonly Made[]> {
  const made: Made[] = [];
  let next = 0;
  const work = async () => {
    for (let n = next++; n < count; n = next++) made[n] = await make(n);
  };
  await Promise.all(Array.from({ length: SIGNING_UP_AT_ONCE_MAX }, work));
  return made;
}

async function settle(): Promise<void> {
  while ((await projections.status()).some(({ state }) => state !== 'live')) await delay(20);
}

answer(
  {
    url: () => gateway.url,
    stats: () => gateway.stats(),
    /** People who are logged in, and of whom nothing else is known. */
    accounts: ({ count }: { readonly count: number }) => manyAtOnce(count, () => session(randomUUID() as PersonId)),
    channels: async ({ count, size }: { readonly count: number; readonly size: number }) => {
      const people = await manyAtOnce(count * size, signUp);
      return manyAtOnce(count, async (n): Promise<BenchChannel> => {
        const members = people.slice(n * size, (n + 1) * size);
        const [owner, ...others] = members.map(({ person }) => person);
        if (owner === undefined || others[0] === undefined) throw new Error('a channel needs two people');
        const { id } =
          size === 2
            ? await commands.openDirectChannel({ person: owner, other: others[0] }, context(owner))
            : await commands.openGroupChannel({ person: owner, members: others }, context(owner));
        return { channel: id, members };
      });
    },
    settle,
    /** Collecting by hand has the heap grow differently afterwards: only where memory is measured. */
    collect: async () => {
      await settle();
      globalThis.gc?.();
      await delay(200);
      globalThis.gc?.();
    },
  },
  () => stack.disposeAsync(),
);
