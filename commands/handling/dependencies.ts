/** The dependencies of commands. Each command's type names the ones it uses; `createCommands` binds all of them. */
import type { SessionLifetimes } from '../../domain/people/session.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { Keyring } from '../../ports/event-log/keyring.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import type { ToldMessages } from '../../ports/broadcast/hints.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { CommandHandling } from './handle.ts';

/** Whose turn it is that hashing takes: networks and their addresses take turns, and people on a device that has logged in before have a lane of their own. */
export type HashingShare = { readonly lane: 'known-device' | 'anybody'; readonly address: string };
export const NO_ADDRESS: HashingShare = { lane: 'anybody', address: '' };

/** Hashing is slow on purpose, and runs off the event loop. */
export type Passwords = {
  hash(password: string, share: HashingShare): Promise<string>;
  /** Takes as long for `undefined` as for a wrong password, so that nobody learns which names exist. */
  verify(password: string, hash: string | undefined, share: HashingShare): Promise<boolean>;
};

/** Where WebAuthn ceremonies run: the domain that keys are made for (the relying party), and the pages that may ask for them. */
export type WebAuthnSite = { readonly rpId: string; readonly isAllowedOrigin: (origin: string) => boolean };
export const LOCAL_PAGES: WebAuthnSite = { rpId: 'localhost', isAllowedOrigin: (origin) => /^https?:\/\/localhost(:\d{1,5})?$/.test(origin) };

export type Logins = {
  readonly passwords: Passwords;
  /** Keys the HMAC of login names. */
  readonly secret: Uint8Array;
  readonly sessions?: SessionLifetimes;
  /** Pages of this machine, where it is absent. */
  readonly webAuthn?: WebAuthnSite;
};

export type CommandsDependencies = {
  readonly handling: CommandHandling;
  readonly log: EventLog;
  readonly codec: Codec;
  readonly vault: Vault;
  readonly keyring: Keyring;
  readonly broadcast: Broadcast;
  /** Absent where nobody asks what was told. */
  readonly told?: ToldMessages;
  readonly feedCache: Pick<FeedCache, 'invalidate'>;
  readonly logins: Logins;
  /** What the domain says, where it is absent. */
  readonly groups?: { readonly announcementMembersMax: number };
  /** Nothing that is said from now on stays longer, whatever its channel says; for ever, where it is absent. */
  readonly messagesKeptSeconds?: number | undefined;
};

/** For a command that uses these parts and command handling. */
export type Uses<Part extends Exclude<keyof CommandsDependencies, 'handling'> = never> = CommandHandling & Pick<CommandsDependencies, Part>;
