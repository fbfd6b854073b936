/** The dependencies of all commands. */
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { Codec } from '../ports/event-log/codec.ts';
import type { Keyring } from '../ports/event-log/keyring.ts';
import type { EventLog } from '../ports/event-log/port.ts';
import type { FeedCache } from '../ports/feed-cache/port.ts';
import type { Vault } from '../ports/vault/port.ts';
import type { CommandHandling } from './handling/handle.ts';

/** Hashing is slow on purpose, and runs off the event loop. */
export type Passwords = {
  hash(password: string): Promise<string>;
  /** `undefined` takes as long as a wrong password, so that nobody learns which names there are. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
};

export type CommandDependencies = CommandHandling & {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly vault: Vault;
  readonly keyring: Keyring;
  readonly broadcast: Broadcast;
  readonly feedCache: Pick<FeedCache, 'invalidate'>;
  readonly passwords: Passwords;
  /** Keys the HMAC of login names. */
  readonly loginSecret: Uint8Array;
};
