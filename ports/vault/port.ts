/** The vault: keys, credentials and sessions, which are neither events nor derived from events. Beside the log, the only store that must be backed up. */
import { Outage } from '../outage.ts';
import type { KeyScope } from '../../domain/notifications/apps/events.ts';
import type { CodePurpose } from '../../domain/people/one-time-code.ts';
import type { FactorKind } from '../../domain/people/factor-kinds.ts';
import type { AppId, DeviceId, EndpointId, OperatorId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

/** By kind: the record kept under an id. Binary values are base64. */
export type VaultRecords = {
  /** Created at the first start: the HMAC keys of login names and of requests, the operator's token. */
  readonly 'installation-secret': { readonly secret: string };
  /** Id and owner: the subject (a person, an app) whose personal fields it seals. The mark of an erased subject stays, so that no new key is ever created for it. */
  readonly 'subject-key': { readonly keyId: string; readonly key: string } | { readonly erasedAt: Instant };
  /**
   * The key of the oldest day whose texts can still be opened; those of later days derive from it. `day`: since 1970, in UTC. Id: the
   * channel. Owner: one of many names that share the ratchets. It is never removed, for the next text would begin another one.
   */
  readonly 'channel-ratchet': { readonly ratchet: string; readonly day: number; readonly key: string };
  /**
   * Id: the installation's one table that says which log each slot of streams is on; see `ports/event-log/slots.ts`. Slots up to (not
   * including) `until` are on `log`, in order. `categories`: those with a log of their own, whatever their slot.
   */
  readonly 'slot-table': {
    readonly ranges: readonly { readonly until: number; readonly log: number }[];
    readonly categories?: Readonly<Record<string, number>>;
  };
  /** Id: the person. */
  readonly credential: { readonly person: PersonId; readonly passwordHash: string };
  /** A device on which the person has logged in. Id: the digest of the secret that it keeps. Owner: the person. */
  readonly 'known-device': { readonly person: PersonId; readonly device?: DeviceId; readonly createdAt: Instant };
  /** Id: the session. Owner: the person. */
  readonly session: {
    readonly person: PersonId;
    readonly device?: DeviceId;
    /** What the person calls the device. */
    readonly deviceName?: string;
    readonly createdAt: Instant;
    readonly expiresAt: Instant;
    readonly endedAt?: Instant;
  };
  /** When the session was used last, as far as that is recorded. Apart from the session, for it may end at the same moment. Owner: the person. */
  readonly 'session-use': { readonly usedAt: Instant };
  /** Signs tokens. Id: its number, from 1. Owner: `token-keys`. */
  readonly 'token-key': { readonly secret: string; readonly createdAt: Instant };
  /** A code that was sent, or is about to be. Id: the code's. `hash` is absent until it is drawn for the message. Owner: the person. */
  readonly 'one-time-code': {
    readonly person: PersonId;
    readonly purpose: CodePurpose;
    readonly endpoint: EndpointId;
    readonly expiresAt: Instant;
    readonly hash?: string;
  };
  /**
   * A try at a code or a login ticket, or its use, which is the caller's whose nonce is kept. Id: the code's or ticket's, a colon, and
   * the number of the try or `used`; or a factor's, a colon, and the time step whose code was used. Owner: the person.
   */
  readonly 'code-try': { readonly nonce: string };
  /** A second factor, or one that is being added: then the log knows nothing of it. Id: the factor. Owner: the person. */
  readonly 'second-factor': { readonly person: PersonId; readonly name: string; readonly createdAt: Instant } & SecondFactorSecret;
  readonly 'second-factor-setup': { readonly person: PersonId; readonly name: string; readonly expiresAt: Instant } & SecondFactorSetup;
  /** Good for one login in place of a second factor. Id: the digest of the code, with the person. Owner: the person. */
  readonly 'recovery-code': { readonly person: PersonId };
  /**
   * The password was right, and a second factor is still asked for. Id: the digest of the ticket. Owner: the person. `replaces`: the
   * session that the new one takes the place of; absent at a login. `challenge`: of a WebAuthn ceremony.
   */
  readonly 'login-ticket': {
    readonly person: PersonId;
    readonly device?: DeviceId;
    readonly deviceName?: string;
    readonly replaces?: string;
    readonly challenge?: string;
    readonly expiresAt: Instant;
  };
  /** Id: the app key. The newest first; an older one is valid until `until`. */
  readonly 'app-secret': { readonly app: AppId; readonly secrets: readonly { readonly secret: string; readonly until?: Instant }[] };
  /** Id: the token's, which the event that made it names. `hash`: the SHA-256 of its secret. Owner: the operator. */
  readonly 'operator-token': { readonly operator: OperatorId; readonly hash: string; readonly createdAt: Instant };
  /** A key beside the app's secret, which may do less. Id: the app, a colon, the key. Owner: the app. */
  readonly 'app-key': { readonly app: AppId; readonly secret: string; readonly scopes: readonly KeyScope[] };
  /** Signs what is sent to the app's webhook. Id: the app. The newest first; an older one signs too until `until`. `madeBy`: the command. Owner: the app. */
  readonly 'webhook-secret': {
    readonly app: AppId;
    readonly secrets: readonly { readonly secret: string; readonly madeBy: string; readonly until?: Instant }[];
  };
  /** The app was disabled: its signatures are refused. Id and owner: the app. */
  readonly 'app-disabled': { readonly at: Instant };
  /** Id: the command that changes the app's secret. Stored before the append, so that a repeated command gets the same secret. Owner: the app. */
  readonly 'app-secret-made': { readonly app: AppId; readonly secret: string };
};

/** `secret`: in base32. `publicKey`: COSE. `counter`: of the signatures that the authenticator has made, where it counts them. */
type SecondFactorSecret =
  | { readonly kind: Extract<FactorKind, 'totp'>; readonly secret: string }
  | {
      readonly kind: Extract<FactorKind, 'webauthn'>;
      readonly credential: string;
      readonly publicKey: string;
      readonly counter: number;
      readonly transports: readonly string[];
    };

type SecondFactorSetup =
  { readonly kind: Extract<FactorKind, 'totp'>; readonly secret: string } | { readonly kind: Extract<FactorKind, 'webauthn'>; readonly challenge: string };

/** What is stored isn't what was written. It is never answered: whoever reads it gets this error, whose message names the file and a remedy. */
export class VaultDamaged extends Outage {
  override readonly name = 'VaultDamaged';
}

/** The vault can’t be reached, or doesn’t answer in time. A write may or may not have happened. */
export class VaultUnavailable extends Outage {
  override readonly name = 'VaultUnavailable';
}

/** `damage`: a sentence for each thing that isn't as it was written, at most so many. It names no record's id. */
export type VaultVerification = { readonly records: number; readonly damage: readonly string[] };
export const DAMAGE_TOLD_MAX = 100;

export type VaultKind = keyof VaultRecords;
export type OwnedRecord<Kind extends VaultKind> = { readonly id: string; readonly record: VaultRecords[Kind] };

/**
 * - A write is durable when it resolves (a key must be, before the first event that it seals).
 * - `put` replaces the whole record; without an owner the record keeps its owner.
 * - `putIfAbsent` answers the record that is kept afterwards, so that callers that race to create a secret get the same one.
 * - `removeOwned` lets nobody read the records again, not after a crash either: erasing a person is deleting a key. Where it rejects,
 *   some may be left. When the last bytes of them leave the disks is the adapter's: at once from SQLite's file; where a server keeps
 *   them they are sealed, and go when its logs have moved on (`docs/operating.md` says when).
 */
export type Vault = AsyncDisposable & {
  get<Kind extends VaultKind>(kind: Kind, id: string): Promise<VaultRecords[Kind] | undefined>;
  put<Kind extends VaultKind>(kind: Kind, id: string, record: VaultRecords[Kind], options?: { readonly owner?: string }): Promise<void>;
  putIfAbsent<Kind extends VaultKind>(kind: Kind, id: string, record: VaultRecords[Kind], options?: { readonly owner?: string }): Promise<VaultRecords[Kind]>;
  owned<Kind extends VaultKind>(kind: Kind, owner: string): Promise<readonly OwnedRecord<Kind>[]>;
  remove(kind: VaultKind, id: string): Promise<void>;
  /** All records, of any kind, that belong to this owner. */
  removeOwned(owner: string): Promise<void>;
  /** Reads and checks everything, beside all other work. Rejects when the signal aborts. */
  verify(signal?: AbortSignal): Promise<VaultVerification>;
};
