/** Seals records anew that an older key of the file has sealed, beside all other work, so that the older key can be destroyed. */
import { setTimeout as delay } from 'node:timers/promises';
import { Binary } from 'mongodb';
import type { MongoConnection } from '../mongodb/connect.ts';
import { VaultUnavailable } from './port.ts';
import type { VaultCollection } from './mongodb-keys.ts';
import { storedRecord } from './mongodb-records.ts';
import type { RecordSeal } from './sealed-records.ts';
import type { SealingKeys } from './sealing-keys.ts';

const PAGE_RECORDS = 500;
const TRY_AGAIN_MS = 5_000;

/** `damaged`: records that do not open, which stay as they are. */
export type Resealed = { readonly key: string; readonly records: number; readonly damaged: number };

export type Resealing = { readonly connection: MongoConnection; readonly vault: VaultCollection; readonly seal: RecordSeal; readonly keys: SealingKeys };

/** undefined where there is no older key, or the signal aborted. Goes on after outages. */
export async function resealOlder({ connection, vault, seal, keys }: Resealing, signal: AbortSignal): Promise<Resealed | undefined> {
  const [newest, ...older] = keys;
  const [olderIds, tally] = [older.map(({ id }) => id), { records: 0, damaged: 0 }];
  let after = '';
  while (olderIds.length > 0 && !signal.aborted) {
    try {
      const last = await connection.answer(VaultUnavailable, () => resealPage({ vault, seal, olderIds, after }, tally));
      if (last === undefined) return { key: newest.id, ...tally };
      after = last;
    } catch (error) {
      if (!(error instanceof VaultUnavailable)) throw error;
      await delay(TRY_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

type Page = Pick<Resealing, 'vault' | 'seal'> & { readonly olderIds: readonly string[]; readonly after: string };

/** The last record's id; undefined where there was none. A record that was written meanwhile is left alone: the newest key has sealed it. */
async function resealPage({ vault, seal, olderIds, after }: Page, tally: { records: number; damaged: number }): Promise<string | undefined> {
  const page = await vault
    .find({ key: { $in: [...olderIds] }, _id: { $gt: after } })
    .sort({ _id: 1 })
    .limit(PAGE_RECORDS)
    .toArray();
  const updates = page.flatMap((document) => {
    try {
      const { key, sealed } = seal.resealed(storedRecord(document));
      const unchanged = { _id: document._id, ...(document.sealed === undefined ? {} : { sealed: document.sealed }) };
      return [{ updateOne: { filter: unchanged, update: { $set: { key, sealed: new Binary(sealed) } } } }];
    } catch {
      tally.damaged++;
      return [];
    }
  });
  if (updates.length > 0) tally.records += (await vault.bulkWrite(updates, { ordered: false })).modifiedCount;
  return page.at(-1)?._id;
}
