/** What is neither an event nor derived from events: keys, credentials, sessions. The only other thing that must be backed up. */
import type { AppId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { SlotTable } from '../event-log/slots.ts';

/** By kind: what is kept under an id. Binary values are base64. */
export type VaultRecords = {
  /** Made at the first start: signing keys, the HMAC key of login names. */
  readonly 'installation-secret': { readonly secret: string };
  /** Id and owner: the subject (a person, an app) whose personal fields it seals. An erased subject keeps the mark, so that no new key is ever made for it. */
  readonly 'subject-key': { readonly keyId: string; readonly key: string } | { readonly erasedAt: Instant };
  /** Id: the installation's one table of which log each slot of streams is on; see `ports/event-log/slots.ts`. */
  readonly 'slot-table': SlotTable;
  /** Id: the person. */
  readonly credential: { readonly person: PersonId; readonly passwordHash: string };
  /** Id: the session. Owner: the person. */
  readonly session: {
    readonly person: PersonId;
    readonly device?: DeviceId;
    readonly createdAt: Instant;
    readonly expiresAt: Instant;
    readonly endedAt?: Instant;
  };
  /** Id: the app key. The newest first; the older one is good until it says. */
  readonly 'app-secret': { readonly app: AppId; readonly secrets: readonly { readonly secret: string; readonly until?: Instant }[] };
  /** Id: the command that changes the app's secret. Kept before it is appended, so that asking twice makes one. Owner: the app. */
  readonly 'app-secret-made': { readonly app: AppId; readonly secret: string };
};

export type VaultKind = keyof VaultRecords;
export type OwnedRecord<Kind extends VaultKind> = { readonly id: string; readonly record: VaultRecords[Kind] };

/**
 * - A write is durable when it resolves (a key must be, before the first event that it seals).
 * - `put` replaces the whole record; without an owner it keeps the one it has.
 * - `putIfAbsent` answers what is kept afterwards, so that two who race to make the same secret end up with one.
 * - `removeOwned` leaves nothing of it on disk: erasing a person is deleting a key.
 */
export type Vault = AsyncDisposable & {
  get<Kind extends VaultKind>(kind: Kind, id: string): Promise<VaultRecords[Kind] | undefined>;
  put<Kind extends VaultKind>(kind: Kind, id: string, record: VaultRecords[Kind], options?: { readonly owner?: string }): Promise<void>;
  putIfAbsent<Kind extends VaultKind>(kind: Kind, id: string, record: VaultRecords[Kind], options?: { readonly owner?: string }): Promise<VaultRecords[Kind]>;
  owned<Kind extends VaultKind>(kind: Kind, owner: string): Promise<readonly OwnedRecord<Kind>[]>;
  remove(kind: VaultKind, id: string): Promise<void>;
  /** Everything of any kind that belongs to this owner. */
  removeOwned(owner: string): Promise<void>;
};
