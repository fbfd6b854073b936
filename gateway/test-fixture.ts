/** Gateways over real parts, which several gateways may share: the embedded store, the vault, the views with their projections, the commands. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { v7 } from 'uuid';
import { createCommands, type Commands } from '../commands/commands.ts';
import { contextWith, type CommandContext } from '../commands/handling/command-context.ts';
import { createHandling } from '../commands/handling/handle.ts';
import type { ChannelId } from '../domain/shared/ids.ts';
import { DAY_MS, instant, plus, SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import { openTokens, type Tokens } from '../edge/auth/tokens.ts';
import { openEventStore } from '../event-store/open.ts';
import { startMemoryBroadcast } from '../ports/broadcast/memory.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import { startMemoryPresence } from '../ports/presence/memory.ts';
import { startMemoryGatewayRegistry } from '../ports/presence/memory-registry.ts';
import type { GatewayRegistry, Presence } from '../ports/presence/port.ts';
import { startMemoryRateLimit } from '../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { projectors } from '../projections/read-models/projectors.ts';
import { activeViews } from '../projections/view-access/active-views.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { startProjections } from '../projections/rollout/start-projections.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayDependencies, GatewayPorts, GatewayWriting } from './dependencies.ts';
import { startGateway, type Gateway } from './gateway.ts';
import type { Account, Client } from './testing/client.ts';

const SECRET = Buffer.from('the secret of a test');
/** A second passes in 20 ms, so that a ping every 25 s comes within a test. */
export const TICK_MS = 20;
/** A second of real time, so that a busy machine is not taken for a silent client. */
const HELLO_TIMEOUT_MS = 50 * SECOND_MS;
const WAIT_MAX_MS = 20_000;

type Replacements = Partial<GatewayPorts & GatewayWriting & Pick<GatewayDependencies, 'tokens' | 'epoch'>>;

export type GatewayFixture = AsyncDisposable & {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly broadcast: Broadcast;
  readonly presence: Presence;
  readonly registry: GatewayRegistry;
  readonly tokens: Tokens;
  readonly views: TidingsViews;
  readonly commands: Commands;
  /** The commands of another process, whose hints don't reach these gateways. */
  readonly commandsWithoutHints: Commands;
  /** Errors that the gateways reported; no test may leave any that it doesn't expect. */
  readonly failures: unknown[];
  /** The clock of all parts; a test may replace `now`, as when somebody sets the clock. */
  readonly time: { now: () => Instant };
  /** Lets so much time pass, by every clock. */
  elapse(ms: number): void;
  /** `replacements` take the place of real parts. */
  gateway(config?: Partial<GatewayConfig>, replacements?: Replacements): Promise<Gateway>;
  person(): Promise<Account>;
  /** Another session of the same person. */
  logInAgain(account: Account): Promise<Account>;
  /** Accepted by the other. */
  openDirectChannel(one: Account, other: Account): Promise<ChannelId>;
  /** Between strangers: the other has yet to accept it. */
  requestDirectChannel(one: Account, other: Account): Promise<ChannelId>;
  /** Everybody has accepted. */
  openGroupChannel(owner: Account, ...members: readonly Account[]): Promise<ChannelId>;
  /** Past the gateways. */
  postMessage(sender: Account, channel: ChannelId, text: string): Promise<number>;
  context(actor: string): CommandContext;
  /** Resolves when the views have everything that is in the log. */
  untilProjected(): Promise<void>;
};

export async function givenGateways(): Promise<GatewayFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-gateway-'));
  const stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  let elapsedMs = 0;
  const monotonicMs = () => performance.now() + elapsedMs;
  const log = stack.use(startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true })));
  const vault = stack.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const views = stack.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const broadcast = stack.use(await startMemoryBroadcast({ onListenerError: (error) => void given.failures.push(error) }));
  const feedCache = stack.use(await startMemoryFeedCache({ feedsMax: 10 }));
  const presence = stack.use(await startMemoryPresence({ monotonicMs, clock: () => given.time.now() }));
  const registry = stack.use(await startMemoryGatewayRegistry({ monotonicMs }));
  const rateLimit = stack.use(await startMemoryRateLimit());
  const keyring = openKeyring(vault);
  const time = { now: () => instant(Date.now()) };
  const clock = () => time.now();
  const codec = createCodec(keyring, clock);
  const handling = createHandling({ log, codec });
  const contextFor = contextWith(SECRET);
  // Passwords are not hashed: that is slow, and tested in `edge/auth/passwords.test.ts`.
  const passwords = { hash: (password: string) => Promise.resolve(password), verify: () => Promise.resolve(true) };
  const commands = createCommands({ handling, log, codec, vault, keyring, broadcast, feedCache, logins: { passwords, secret: SECRET } });
  const otherBroadcast = stack.use(await startMemoryBroadcast({ onListenerError: () => undefined }));
  const commandsWithoutHints = createCommands({
    handling: createHandling({ log, codec }),
    log,
    codec,
    vault,
    keyring,
    broadcast: otherBroadcast,
    feedCache,
    logins: { passwords, secret: SECRET },
  });
  const tokens = await openTokens({ vault, clock, monotonicMs });
  const projections = stack.use(
    await startProjections(
      { log, views, decode: (stored) => codec.decodeAll(stored), clock, appendOperations: appendOperationsTo(log, codec, clock) },
      {
        projections: projectors.filter(({ name }) => ['inbox', 'channels', 'messages', 'friends', 'relationships', 'preferences'].includes(name)),
        batchIntervalMs: 0,
      },
    ),
  );
  const gateways = stack.use(new AsyncDisposableStack());

  const context = (actor: string): CommandContext => {
    const made = contextFor({ actor, type: 'given', key: v7(), fresh: true, body: {}, at: clock() });
    if (made.outcome === 'refused') throw new Error(made.refusal.code);
    return made.context;
  };
  const untilOpened = async (opening: ReturnType<Commands['openDirectChannel']>) => {
    const { id, handled } = await opening;
    if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
    await given.untilProjected();
    return id;
  };

  const logIn = async (person: Account['person']): Promise<Account> => {
    const session = randomUUID();
    const at = clock();
    const expiresAt = plus(at, DAY_MS);
    await vault.put('session', session, { person, createdAt: at, expiresAt }, { owner: person });
    return { person, session, token: await tokens.issue({ person, session, expiresAt }) };
  };

  const given: GatewayFixture = {
    log,
    codec,
    broadcast,
    presence,
    registry,
    tokens,
    views: activeViews({ views, versions: projections.versions }),
    commands,
    commandsWithoutHints,
    failures: [],
    time,
    elapse: (ms) => {
      const before = time.now;
      time.now = () => plus(before(), ms);
      elapsedMs += ms;
    },
    context,
    gateway: async (config = {}, replacements = {}) =>
      gateways.use(
        await startGateway(
          {
            ports: { log, views: given.views, broadcast, presence, registry, rateLimit, ...replacements },
            writing: { commands, contextFor, loadState: handling.loadState, codec, ...replacements },
            tokens: replacements.tokens ?? tokens,
            ...(replacements.epoch === undefined ? {} : { epoch: replacements.epoch }),
            clock,
            monotonicMs,
            reports: { reportError: (error) => void given.failures.push(error) },
          },
          { id: randomUUID(), host: '127.0.0.1', port: 0, region: 'test', tickMs: TICK_MS, helloTimeoutMs: HELLO_TIMEOUT_MS, ...config },
        ),
      ),
    person: async () => {
      const name = randomUUID();
      const { id: person, handled } = await commands.signUp({ loginName: name, name, password: 'a password' }, context(`login:${name}`));
      if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
      return logIn(person);
    },
    logInAgain: ({ person }) => logIn(person),
    openDirectChannel: async ({ person }, { person: other }) => {
      await commands.openDirectChannel({ person, other }, context(person));
      return untilOpened(commands.openDirectChannel({ person: other, other: person }, context(other))); // accepts it
    },
    requestDirectChannel: ({ person }, { person: other }) => untilOpened(commands.openDirectChannel({ person, other }, context(person))),
    openGroupChannel: async ({ person }, ...members) => {
      // Friends are members at once, so that nothing is told of their joining; afterwards they are what they were.
      const others = members.map((member) => member.person);
      const strangers: Account['person'][] = [];
      for (const other of others) {
        const { id: request, handled } = await commands.requestFriend({ person, other }, context(person));
        if (handled.outcome === 'refused') continue; // they are friends already
        strangers.push(other);
        await commands.acceptFriend({ person: other, request }, context(other));
      }
      const opening = commands.openGroupChannel({ person, members: others }, context(person));
      const channel = await untilOpened(opening);
      for (const other of strangers) await commands.removeFriend({ person, other }, context(person));
      return channel;
    },
    postMessage: async ({ person: sender }, channel, text) => {
      const handled = await commands.postMessage({ channel, sender, text, clientId: v7() }, context(sender));
      if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
      return handled.revision;
    },
    untilProjected: async () => {
      const head = await log.head(log.logs[0] ?? '');
      if (head === undefined) return;
      await until(async () =>
        (await projections.status()).every(
          ({ position, state }) => state === 'live' && position !== undefined && Number(position.slice(2)) >= Number(head.slice(2)),
        ),
      );
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
  return given;
}

/** Every frame was valid by the document, and the gateways reported no error. */
export function assertNoFaults(t: Pick<ExecutionContext, 'deepEqual'>, given: GatewayFixture, ...clients: readonly Client[]): void {
  t.deepEqual(
    clients.flatMap(({ faults }) => faults),
    [],
  );
  t.deepEqual(given.failures, []);
}

/** Polls the condition until it holds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + WAIT_MAX_MS; !(await condition()); await delay(5)) {
    if (performance.now() > end) throw new Error(`The condition did not hold within ${WAIT_MAX_MS} ms: ${String(condition)}`);
  }
}

const appendOperationsTo =
  (log: EventLog, codec: Codec, clock: () => Instant): Parameters<typeof startProjections>[0]['appendOperations'] =>
  async (stream, event) => {
    for (;;) {
      let expected: number | 'no-stream' = 'no-stream';
      for await (const { revision } of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) expected = revision;
      const metadata = { $correlationId: 'test', actor: 'system:test', at: clock(), command: 'test', request: 'test' };
      const appended = await log.append(stream, [await codec.encode(stream, { id: randomUUID(), event, metadata })], expected);
      if (appended.outcome === 'appended') return;
    }
  };
