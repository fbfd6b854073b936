/** Between a sealed record and its document in MongoDB. */
import { damagedRecord } from './damaged-record.ts';
import type { VaultDocument } from './mongodb-keys.ts';
import type { SealedRecord } from './sealed-records.ts';

/** Throws `VaultDamaged` where a field is missing or of another type. */
export function storedRecord({ _id, kind, key, sealed }: VaultDocument): Omit<SealedRecord, 'owner'> {
  if (typeof kind !== 'string' || typeof key !== 'string' || sealed?._bsontype !== 'Binary') throw damagedRecord(String(kind));
  return { _id, kind, key, sealed: sealed.value() };
}
