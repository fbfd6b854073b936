/**
 * Whether the keys of the file are those of this vault. One document of the collection has the key of the digests, sealed under every
 * key that has sealed records: who has the wrong key is refused before reading or writing anything.
 */
import { randomBytes } from 'node:crypto';
import { Binary, MongoServerError, type Collection } from 'mongodb';
import { DUPLICATE_KEY } from '../mongodb/outages.ts';
import { createRecordSeal, type RecordSeal } from './sealed-records.ts';
import { openBytes, sealBytes, type SealingKey, type SealingKeys } from './sealing-keys.ts';

/** `key`: the id of the sealing key. A record has everything but `digestKey`, which the one document `digest-key` has. */
export type VaultDocument = {
  readonly _id: string;
  readonly kind?: string;
  readonly owner?: string;
  readonly key?: string;
  readonly sealed?: Binary;
  readonly digestKey?: Readonly<Record<string, Binary>>;
};
export type VaultCollection = Collection<VaultDocument>;
export const VAULT_COLLECTION = 'vault';

const DIGEST_KEY = 'digest-key';
const DIGEST_KEY_BYTES = 32;

/** Throws where a key isn't the vault's, or records are sealed under a key that is not among these; the message says which and what to do. */
export async function openRecordSeal(vault: VaultCollection, keys: SealingKeys): Promise<RecordSeal> {
  const [newest] = keys;
  let digestKey = openDigestKey(await createDigestKey(vault, newest), keys);
  await refuseUnknownKeys(vault, keys);
  const field = `digestKey.${newest.id}`;
  const added = await vault.updateOne({ _id: DIGEST_KEY, [field]: { $exists: false } }, { $set: { [field]: sealDigestKey(newest, digestKey) } });
  // Another process may have added a key with this id, and other bytes, a moment before.
  if (added.modifiedCount === 0) digestKey = openDigestKey(await vault.findOne({ _id: DIGEST_KEY }), keys);
  await forgetUnknownKeys(vault, keys);
  return createRecordSeal(keys, digestKey);
}

async function createDigestKey(vault: VaultCollection, newest: SealingKey): Promise<VaultDocument | null> {
  const kept = await vault.findOne({ _id: DIGEST_KEY });
  if (kept !== null) return kept;
  if ((await vault.findOne({ kind: { $exists: true } })) !== null)
    throw new Error('The vault has records, but not the document that finds them. Restore its newest backup, whole.');
  const digestKey = { [newest.id]: sealDigestKey(newest, randomBytes(DIGEST_KEY_BYTES)) };
  try {
    await vault.updateOne({ _id: DIGEST_KEY }, { $setOnInsert: { digestKey } }, { upsert: true });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error; // another process has just created it
  }
  return await vault.findOne({ _id: DIGEST_KEY });
}

const sealDigestKey = (key: SealingKey, digestKey: Uint8Array): Binary => new Binary(sealBytes(key, DIGEST_KEY, digestKey));

function openDigestKey(kept: VaultDocument | null, keys: SealingKeys): Uint8Array {
  const sealed = new Map(Object.entries(kept?.digestKey ?? {}));
  let digestKey: Uint8Array | undefined;
  for (const key of keys) {
    const bytes = sealed.get(key.id);
    if (bytes === undefined) continue;
    const opened = openBytes(key, DIGEST_KEY, bytes.value());
    if (opened === undefined || (digestKey !== undefined && !opened.equals(digestKey)))
      throw new Error(`The key ${key.id} of the key file isn’t the one that this vault was sealed with. Bring back the file that was used until now.`);
    digestKey = opened;
  }
  if (digestKey !== undefined) return digestKey;
  throw new Error(`The vault is sealed under ${listed([...sealed.keys()])}, and the key file has none of these keys. Add it to the file.`);
}

async function refuseUnknownKeys(vault: VaultCollection, keys: SealingKeys): Promise<void> {
  const record = await vault.findOne({ key: { $exists: true, $nin: keys.map(({ id }) => id) } });
  if (record !== null)
    throw new Error(`Records of the vault are sealed under the key ${record.key}, which the key file lacks. Add it after the first key: they are sealed anew.`);
}

/** No record is sealed under them any more, and whoever still has such a key is to learn nothing by it. */
async function forgetUnknownKeys(vault: VaultCollection, keys: SealingKeys): Promise<void> {
  const kept = await vault.findOne({ _id: DIGEST_KEY });
  const unknown = Object.keys(kept?.digestKey ?? {}).filter((id) => keys.every((key) => key.id !== id));
  if (unknown.length > 0) await vault.updateOne({ _id: DIGEST_KEY }, { $unset: Object.fromEntries(unknown.map((id) => [`digestKey.${id}`, ''])) });
}

const listed = (ids: readonly string[]): string => (ids.length === 1 ? `the key ${ids[0]}` : `the keys ${ids.join(', ')}`);
