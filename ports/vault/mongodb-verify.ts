/** Reads all records of the vault in MongoDB, page by page, and opens each. */
import type { MongoConnection } from '../mongodb/connect.ts';
import type { VaultCollection, VaultDocument } from './mongodb-keys.ts';
import { storedRecord } from './mongodb-records.ts';
import { DAMAGE_TOLD_MAX, VaultDamaged, VaultUnavailable, type VaultVerification } from './port.ts';
import type { RecordSeal } from './sealed-records.ts';

const PAGE_RECORDS = 1_000;

type Verified = { readonly connection: MongoConnection; readonly vault: VaultCollection; readonly seal: RecordSeal };

export async function verifyMongoVault({ connection, vault, seal }: Verified, signal?: AbortSignal): Promise<VaultVerification> {
  const damage: string[] = [];
  let records = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    signal?.throwIfAborted();
    const from: string = after;
    const page: readonly VaultDocument[] = await connection.answer(VaultUnavailable, () =>
      vault
        .find({ _id: { $gt: from }, digestKey: { $exists: false } })
        .sort({ _id: 1 })
        .limit(PAGE_RECORDS)
        .toArray(),
    );
    records += page.length;
    damage.push(...page.flatMap((document) => damageOf(document, seal)));
    after = page.length < PAGE_RECORDS ? undefined : page.at(-1)?._id;
  }
  return { records, damage: damage.slice(0, DAMAGE_TOLD_MAX).map((told) => `${vault.namespace}: ${told}`) };
}

function damageOf(document: VaultDocument, seal: RecordSeal): readonly string[] {
  try {
    seal.open(storedRecord(document));
    return [];
  } catch (error) {
    if (error instanceof VaultDamaged) return [error.message];
    throw error;
  }
}
