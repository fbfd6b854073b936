/** A record as a server keeps it: sealed, under digests of its id and its owner, which say nothing to who has no key. */
import { createHmac } from 'node:crypto';
import { damagedRecord } from './damaged-record.ts';
import { openBytes, sealBytes, type SealingKeys } from './sealing-keys.ts';

/** `_id` and `owner` are digests under a key that is itself kept sealed. `key`: the id of the sealing key. */
export type SealedRecord = { readonly _id: string; readonly kind: string; readonly owner?: string; readonly key: string; readonly sealed: Uint8Array };
export type OpenedRecord = { readonly id: string; readonly record: unknown };

export type RecordSeal = {
  digestOfId(kind: string, id: string): string;
  digestOfOwner(owner: string): string;
  /** Under the first of the keys. */
  seal(kind: string, id: string, record: unknown): Pick<SealedRecord, '_id' | 'kind' | 'key' | 'sealed'>;
  /** Throws `VaultDamaged` where what is stored isn't what was sealed in this place, or none of the keys opens it. */
  open(stored: Omit<SealedRecord, 'owner'>): OpenedRecord;
  /** The same record under the first of the keys. Throws as `open` does. */
  resealed(stored: Omit<SealedRecord, 'owner'>): Pick<SealedRecord, 'key' | 'sealed'>;
};

/** `digestKey` stays when sealing keys change, for the digests must stay. */
export function createRecordSeal(keys: SealingKeys, digestKey: Uint8Array): RecordSeal {
  const [newest] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));
  const digest = (...parts: readonly string[]) => createHmac('sha256', digestKey).update(JSON.stringify(parts)).digest('base64url');
  const digestOfId = (kind: string, id: string) => digest('id', kind, id);

  const openText = ({ _id, kind, key, sealed }: Omit<SealedRecord, 'owner'>): Buffer => {
    const sealingKey = byId.get(key);
    const plain = sealingKey && openBytes(sealingKey, placeOf(_id), sealed);
    if (plain === undefined) throw damagedRecord(kind);
    return plain;
  };

  return {
    digestOfId,
    digestOfOwner: (owner) => digest('owner', owner),
    seal: (kind, id, record) => {
      const _id = digestOfId(kind, id);
      return { _id, kind, key: newest.id, sealed: sealBytes(newest, placeOf(_id), Buffer.from(JSON.stringify({ id, record }))) };
    },
    open: (stored) => {
      const opened = JSON.parse(openText(stored).toString()) as OpenedRecord;
      // What opens was sealed for this place; only the kind beside it may have been changed.
      if (digestOfId(stored.kind, opened.id) !== stored._id) throw damagedRecord(stored.kind);
      return opened;
    },
    resealed: (stored) => ({ key: newest.id, sealed: sealBytes(newest, placeOf(stored._id), openText(stored)) }),
  };
}

const placeOf = (id: string): string => `record ${id}`;
