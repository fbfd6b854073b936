/** Records of the vault in MongoDB, of kinds whose owners follow from their ids: of a record's owner the server keeps a digest alone. In pages, each a moment. */
import type { MongoConnection } from '../mongodb/connect.ts';
import { openRecordSeal, VAULT_COLLECTION, type VaultDocument } from './mongodb-keys.ts';
import { storedRecord } from './mongodb-records.ts';
import { VaultUnavailable, type VaultKind, type VaultRecords } from './port.ts';
import type { SealingKeys } from './sealing-keys.ts';
import type { KeptRecord } from './sqlite-records.ts';

const PAGE_RECORDS = 1_000;

type Kept = { readonly connection: MongoConnection; readonly keys: SealingKeys };
/** By the kinds that are read: whose a record is that has an owner. */
export type OwnersByKind = { readonly [Kind in VaultKind]?: (id: string) => string | null };

/** Every record is read that was there when it began and is there still. Throws `VaultUnavailable`, and `VaultDamaged` at a record that doesn't open. */
export async function* readMongoRecords(
  { connection, keys }: Kept,
  owners: OwnersByKind,
  signal?: AbortSignal,
): AsyncGenerator<readonly KeptRecord[], void, undefined> {
  const vault = connection.database.collection<VaultDocument>(VAULT_COLLECTION);
  const seal = await connection.answer(VaultUnavailable, () => openRecordSeal(vault, keys));
  const kinds = Object.keys(owners);
  const opened = (document: VaultDocument): KeptRecord => {
    const stored = storedRecord(document);
    const { id, record } = seal.open(stored);
    const kind = stored.kind as VaultKind;
    const owner = document.owner === undefined ? null : (owners[kind]?.(id) ?? null);
    return { kind, id, owner, record: record as VaultRecords[VaultKind] };
  };
  for (let after: string | undefined = ''; after !== undefined;) {
    signal?.throwIfAborted();
    const from: string = after;
    const page: readonly VaultDocument[] = await connection.answer(VaultUnavailable, () =>
      vault
        .find({ _id: { $gt: from }, kind: { $in: kinds } })
        .sort({ _id: 1 })
        .limit(PAGE_RECORDS)
        .toArray(),
    );
    yield page.map(opened);
    after = page.length < PAGE_RECORDS ? undefined : page.at(-1)?._id;
  }
}
