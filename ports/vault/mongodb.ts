/**
 * The vault in a collection of MongoDB, each record sealed under a key that the server never has. A write is on the journals of a
 * majority when it resolves, and what is read is never rolled back.
 */
import { Binary, MongoServerError } from 'mongodb';
import type { MongoConnection } from '../mongodb/connect.ts';
import { DUPLICATE_KEY, WRITE_CONFLICT } from '../mongodb/outages.ts';
import { openRecordSeal, VAULT_COLLECTION, type VaultCollection, type VaultDocument } from './mongodb-keys.ts';
import { storedRecord } from './mongodb-records.ts';
import { resealOlder, type Resealed } from './mongodb-reseal.ts';
import { verifyMongoVault } from './mongodb-verify.ts';
import { VaultUnavailable, type OwnedRecord, type Vault, type VaultKind, type VaultRecords } from './port.ts';
import type { RecordSeal } from './sealed-records.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** Writers that meet in one record are told so by the server, and try again. */
const WRITE_TRIES_MAX = 20;

export type MongoVaultDependencies = {
  readonly connection: MongoConnection;
  /** With several keys, once all that the others had sealed is sealed under the first one. */
  readonly onResealed?: (resealed: Resealed) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Throws where a key isn't this vault's, with a sentence for the operator, and `VaultUnavailable`. The connection stays the caller's.
 * Every method throws `VaultUnavailable` within the connection's `answerTimeoutMs`.
 */
export async function startMongoVault({ connection, onResealed, onError }: MongoVaultDependencies, keys: SealingKeys): Promise<Vault> {
  const vault: VaultCollection = connection.database.collection<VaultDocument>(VAULT_COLLECTION);
  const seal = await connection.answer(VaultUnavailable, async () => {
    await vault.createIndex({ owner: 1, kind: 1 }, { partialFilterExpression: { owner: { $exists: true } } });
    await vault.createIndex({ key: 1 });
    return await openRecordSeal(vault, keys);
  });
  const pending = new Set<Promise<unknown>>();
  const answer = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const answered = connection.answer(VaultUnavailable, work);
    pending.add(answered);
    return await answered.finally(() => pending.delete(answered));
  };
  const stopping = new AbortController();
  const resealing = resealOlder({ connection, vault, seal, keys }, stopping.signal).then(
    (resealed) => resealed && onResealed?.(resealed),
    (error: unknown) => onError(error),
  );

  return {
    ...createCalls(vault, seal, answer),
    verify: (signal) => verifyMongoVault({ connection, vault, seal }, signal),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled([...pending, resealing]);
    },
  };
}

type AnswerOf = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;
type Owner = { readonly owner?: string };

function createCalls(vault: VaultCollection, seal: RecordSeal, answer: AnswerOf): Omit<Vault, 'verify' | typeof Symbol.asyncDispose> {
  const openAs = <Kind extends VaultKind>(document: VaultDocument) => seal.open(storedRecord(document)) as OwnedRecord<Kind>;
  const fieldsOf = (kind: VaultKind, id: string, record: unknown, { owner }: Owner) => {
    const { _id, sealed, ...rest } = seal.seal(kind, id, record);
    return { _id, fields: { ...rest, sealed: new Binary(sealed), ...(owner === undefined ? {} : { owner: seal.digestOfOwner(owner) }) } };
  };

  return {
    get: async <Kind extends VaultKind>(kind: Kind, id: string) => {
      const document = await answer(() => vault.findOne({ _id: seal.digestOfId(kind, id) }));
      return document === null ? undefined : openAs<Kind>(document).record;
    },
    put: async (kind, id, record, options = {}) => {
      const { _id, fields } = fieldsOf(kind, id, record, options);
      await answer(() => untilWritten(() => vault.updateOne({ _id }, { $set: fields }, { upsert: true })));
    },
    putIfAbsent: async <Kind extends VaultKind>(kind: Kind, id: string, record: VaultRecords[Kind], options: Owner = {}) => {
      const { _id, fields } = fieldsOf(kind, id, record, options);
      const kept = await answer(() => keptOrCreated(vault, _id, fields));
      return kept === 'created' ? record : openAs<Kind>(kept).record;
    },
    owned: async <Kind extends VaultKind>(kind: Kind, owner: string) => {
      const documents = await answer(() => vault.find({ owner: seal.digestOfOwner(owner), kind }).toArray());
      return documents.map((document) => openAs<Kind>(document)).toSorted((one, other) => (one.id < other.id ? -1 : 1));
    },
    remove: async (kind, id) => {
      await answer(() => untilWritten(() => vault.deleteOne({ _id: seal.digestOfId(kind, id) })));
    },
    removeOwned: async (owner) => {
      await answer(() => untilWritten(() => vault.deleteMany({ owner: seal.digestOfOwner(owner) })));
    },
  };
}

/** Not with `findOneAndUpdate`: what it answers of another writer's record may not be on a majority yet. Nearly always the record is there. */
async function keptOrCreated(vault: VaultCollection, _id: string, fields: Partial<VaultDocument>): Promise<VaultDocument | 'created'> {
  for (let tries = 1; tries <= WRITE_TRIES_MAX; tries++) {
    const kept = await vault.findOne({ _id });
    if (kept !== null) return kept;
    const { upsertedCount } = await untilWritten(() => vault.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true }));
    if (upsertedCount === 1) return 'created';
  }
  throw new VaultUnavailable(`The record was created and removed by others ${WRITE_TRIES_MAX} times.`);
}

async function untilWritten<Answer>(write: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      const met = error instanceof MongoServerError && (error.code === DUPLICATE_KEY || error.code === WRITE_CONFLICT);
      if (!met || tries === WRITE_TRIES_MAX) throw error;
    }
  }
}
