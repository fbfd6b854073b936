/** For tests: commands over a real store and a real vault in a temporary folder. Several handlers may share one log, as several processes would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { ContactKind } from '../domain/people/notification-channels.ts';
import type { TemplateTexts, TemplateVersion } from '../domain/notifications/templates/events.ts';
import type { AppId, CodeId, EndpointId, PersonId } from '../domain/shared/ids.ts';
import { instant, type Instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import type { EventStoreOptions } from '../event-store/store.ts';
import type { AdvisoryLocks } from '../ports/advisory-locks/port.ts';
import type { Broadcast, Hint } from '../ports/broadcast/port.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring, type Keyring } from '../ports/event-log/keyring.ts';
import type { EventLog, StoredEvent } from '../ports/event-log/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startMemoryFeedCache } from '../ports/feed-cache/memory.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { Vault } from '../ports/vault/port.ts';
import { createCommands, type Commands } from './commands.ts';
import { contextWith, type CommandContext } from './handling/command-context.ts';
import type { Passwords } from './handling/dependencies.ts';
import { createHandling, type CommandHandling } from './handling/handle.ts';
import type { RecentCommands } from './handling/recent-commands.ts';
import type { CommandResult } from './handling/results.ts';
import type { Admit } from './moderation/admission.ts';

const SECRET = Buffer.from('the secret of a test');

export type Process = CommandHandling & { readonly commands: Commands };

export type OwnParts = {
  readonly passwords?: Passwords;
  readonly vault?: Vault;
  readonly admit?: (handling: CommandHandling) => Admit;
  readonly recentCommands?: RecentCommands;
  readonly locks?: AdvisoryLocks;
};

export type CommandsFixture = AsyncDisposable & {
  readonly folder: string;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly feedCache: FeedCache;
  /** The hints that were published. */
  readonly hints: readonly Hint[];
  /** Another process on the same log, with caches of its own. */
  process(log?: EventLog, own?: OwnParts): Process;
  context(actor: string, options?: { readonly key?: string; readonly at?: Instant; readonly body?: unknown; readonly type?: string }): CommandContext;
  now: Instant;
};

/** `idempotency: 'eventstoredb'`: the log recognises as few repeated appends as EventStoreDB does. */
export async function givenCommands({ idempotency = 'full' }: Pick<EventStoreOptions, 'idempotency'> = {}): Promise<CommandsFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-commands-'));
  const log = startEmbeddedLog(await openEventStore(join(folder, 'events'), { idempotency }));
  const vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const keyring = openKeyring(vault);
  const codec = createCodec(keyring, () => given.now);
  const hints: Hint[] = [];
  const broadcast: Broadcast = {
    publish: (_, hint) => void hints.push(hint),
    listen: () => ({ known: Promise.resolve(), [Symbol.dispose]: () => undefined }),
    onGap: () => ({ [Symbol.dispose]: () => undefined }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  // That hashing is slow is proved by the tests of `edge/auth/passwords.ts`.
  const passwords = {
    hash: (password: string) => Promise.resolve(`hash of ${password}`),
    verify: (password: string, hash: string | undefined) => Promise.resolve(hash === `hash of ${password}`),
  };
  const feedCache = await startMemoryFeedCache({ feedsMax: 10 });
  const contextFor = contextWith(SECRET);

  const given: CommandsFixture = {
    folder,
    log,
    codec,
    keyring,
    vault,
    feedCache,
    hints,
    now: instant(Date.now()),
    process: (ownLog = log, own = {}) => {
      const handling = createHandling({ log: ownLog, codec, recentCommands: own.recentCommands, ...(own.locks !== undefined && { locks: own.locks }) });
      const logins = { passwords: own.passwords ?? passwords, secret: SECRET };
      const commands = createCommands({
        handling,
        log: ownLog,
        codec,
        vault: own.vault ?? vault,
        keyring,
        broadcast,
        feedCache,
        logins,
        ...(own.admit !== undefined && { admit: own.admit(handling) }),
      });
      return { ...handling, commands };
    },
    context: (actor, { key = v7(), at = given.now, body = {}, type = 'test' } = {}) => {
      const made = contextFor({ actor, type, key, body, at, ...(actor.startsWith('app:') ? { app: actor.slice(4) as AppId } : {}) });
      if (made.outcome === 'refused') throw new Error(made.refusal.code);
      return made.context;
    },
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return given;
}

export async function signUp(given: CommandsFixture, { commands }: Process, name: string): Promise<PersonId> {
  const { id, handled } = await commands.signUp({ loginName: name, name, password: 'a long password' }, given.context(`login:${name}`));
  if (handled.outcome !== 'appended') throw new Error(JSON.stringify(handled));
  return id;
}

export async function befriend(given: CommandsFixture, { commands }: Process, [person, other]: readonly [PersonId, PersonId]): Promise<void> {
  const { id: request } = await commands.requestFriend({ person, other }, given.context(person));
  const accepted = await commands.acceptFriend({ person: other, request }, given.context(other));
  if (accepted.outcome !== 'appended') throw new Error(JSON.stringify(accepted));
}

export async function eventsIn(given: CommandsFixture, stream: string): Promise<readonly StoredEvent[]> {
  const events = [];
  for await (const event of given.log.readStream(stream)) events.push(event);
  return events;
}

export const codeOf = (handled: CommandResult) => (handled.outcome === 'refused' ? handled.refusal.code : handled.outcome);

/** The contact is confirmed with a code, as if its message had been read. */
export async function confirmedContact(
  { vault, context }: Pick<CommandsFixture, 'vault' | 'context'>,
  { commands }: Pick<Process, 'commands'>,
  { person, kind, address }: { readonly person: PersonId; readonly kind: ContactKind; readonly address: string },
): Promise<EndpointId> {
  const { id } = await commands.setContact({ person, kind, address }, context(person));
  const [waiting] = (await vault.owned('one-time-code', person)).filter(({ record }) => record.endpoint === id);
  const asked = context(person);
  const code = (await commands.drawCode({ code: waiting?.id as CodeId }, asked.at)) ?? '';
  const confirmed = await commands.confirmContact({ person, kind, code }, asked);
  if (confirmed.outcome !== 'appended') throw new Error(JSON.stringify(confirmed));
  return id;
}

/** The texts of a template in one language. */
export const inEnglish = (texts: TemplateTexts): Pick<TemplateVersion, 'defaultLocale' | 'locales'> => ({ defaultLocale: 'en', locales: { en: texts } });
