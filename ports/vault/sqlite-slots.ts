/**
 * How the vault's records are stored in SQLite so that a removed key is surely gone. SQLite overwrites deleted rows, but a row that
 * moves from page to page may leave a copy behind. So the rows with secrets never move: each is a slot of a fixed length, new
 * slots are only appended, a removed record is overwritten in place, and its slot is used again for a record of the same length.
 */
import { crc32 } from 'node:zlib';
import type { FileKind } from '../sqlite/open.ts';
import type { Statements } from '../sqlite/statements.ts';
import { damagedRecord, VAULT_REMEDY } from './damaged-record.ts';
import { VaultDamaged } from './port.ts';

export const VAULT_FILE: FileKind = {
  name: 'the vault',
  applicationId: 0x54_44_47_4b, // TDGK
  version: 2,
  olderVersions: [1], // whose records have no sums
  remedy: VAULT_REMEDY,
  Damaged: VaultDamaged,
};

export const VAULT_TABLES = `
  CREATE TABLE IF NOT EXISTS slots (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS free_slots (length INTEGER NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (length, slot)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, slot INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS records_by_owner ON records (owner, kind) WHERE owner IS NOT NULL`;

export type VaultWrite =
  | { readonly kind: 'put' | 'put-if-absent'; readonly recordKind: string; readonly id: string; readonly owner: string | null; readonly record: string }
  | { readonly kind: 'remove'; readonly of: string; readonly id: string }
  | { readonly kind: 'remove-owned'; readonly owner: string };

/** `kept`: the record that is stored afterwards, for a put. `overwrote`: whether older bytes were overwritten, which the write-ahead log still has. */
export type VaultWriteResult = { readonly kept: string | undefined; readonly overwrote: boolean };

/** Records of about the same length can use each other's slots. */
const SLOT_STEP_BYTES = 64;
const SPACE = 0x20; // JSON ignores it

type Slot = { readonly slot: number; readonly length: number };

export function applyWrite(statements: Statements, change: VaultWrite): VaultWriteResult {
  switch (change.kind) {
    case 'put-if-absent': {
      const kept = readRecord(statements, change.recordKind, change.id);
      return kept === undefined ? put(statements, change) : { kept, overwrote: false };
    }
    case 'put':
      return put(statements, change);
    case 'remove':
      return remove(statements, slotsIn(statements.all(`SELECT slot, length(bytes) ${FROM_RECORDS} WHERE kind = ? AND id = ?`, change.of, change.id)), () =>
        statements.run('DELETE FROM records WHERE kind = ? AND id = ?', change.of, change.id),
      );
    case 'remove-owned':
      return remove(statements, slotsIn(statements.all(`SELECT slot, length(bytes) ${FROM_RECORDS} WHERE owner = ?`, change.owner)), () =>
        statements.run('DELETE FROM records WHERE owner = ?', change.owner),
      );
  }
}

export function readRecord(statements: Statements, of: string, id: string): string | undefined {
  const [stored] = statements.first(`SELECT CAST(bytes AS TEXT) ${FROM_RECORDS} WHERE kind = ? AND id = ?`, of, id) ?? [];
  return stored === undefined ? undefined : recordIn({ kind: of, id }, stored);
}

export function readOwnedRecords(statements: Statements, of: string, owner: string): readonly { readonly id: string; readonly record: string }[] {
  const rows = statements.all(`SELECT id, CAST(bytes AS TEXT) ${FROM_RECORDS} WHERE owner = ? AND kind = ? ORDER BY id`, owner, of);
  return rows.map(([id, stored]) => ({ id: id as string, record: recordIn({ kind: of, id: id as string }, stored) }));
}

const FROM_RECORDS = 'FROM records JOIN slots USING (slot)';

const slotsIn = (rows: readonly (readonly unknown[])[]): readonly Slot[] => rows.map(([slot, length]) => ({ slot: slot as number, length: length as number }));

function put(statements: Statements, { recordKind, id, owner, record }: Extract<VaultWrite, { kind: 'put' | 'put-if-absent' }>): VaultWriteResult {
  const bytes = padded(withSum({ kind: recordKind, id }, record));
  const [before] = slotsIn(statements.all(`SELECT slot, length(bytes) ${FROM_RECORDS} WHERE kind = ? AND id = ?`, recordKind, id));
  const fits = before?.length === bytes.length;
  const slot = fits ? before.slot : freeSlot(statements, bytes.length);
  if (slot === undefined) statements.run('INSERT INTO slots (bytes) VALUES (?)', bytes);
  else statements.run('UPDATE slots SET bytes = ? WHERE slot = ?', bytes, slot);
  statements.run(
    `INSERT INTO records VALUES (?, ?, ?, coalesce(?, last_insert_rowid()))
     ON CONFLICT (kind, id) DO UPDATE SET owner = coalesce(excluded.owner, owner), slot = excluded.slot`,
    recordKind,
    id,
    owner,
    slot ?? null,
  );
  if (before !== undefined && !fits) blank(statements, before);
  return { kept: record, overwrote: before !== undefined };
}

function remove(statements: Statements, slots: readonly Slot[], deleteRecords: () => void): VaultWriteResult {
  for (const slot of slots) blank(statements, slot);
  if (slots.length > 0) deleteRecords();
  return { kept: undefined, overwrote: slots.length > 0 };
}

function freeSlot(statements: Statements, length: number): number | undefined {
  const [slot] = statements.first('SELECT slot FROM free_slots WHERE length = ? LIMIT 1', length) ?? [];
  if (slot === undefined) return undefined;
  statements.run('DELETE FROM free_slots WHERE length = ? AND slot = ?', length, slot);
  return slot as number;
}

/** A row that keeps its length is overwritten in place. */
function blank(statements: Statements, { slot, length }: Slot): void {
  statements.run('UPDATE slots SET bytes = ? WHERE slot = ?', Buffer.alloc(length, SPACE), slot);
  statements.run('INSERT INTO free_slots VALUES (?, ?)', length, slot);
}

type RecordKey = { readonly kind: string; readonly id: string };

/** A record is followed by the checksum of its key and itself. It stands in the slot, so that nothing of it outlives the record. */
const withSum = (key: RecordKey, record: string): string => `${record}${SUM_MARK}${sumOf(key, record)}`;

const SUM_MARK = '#';
const STORED = new RegExp(`^(?<record>.*\\})${SUM_MARK}(?<sum>[0-9a-f]{8})$`, 's');

const sumOf = ({ kind, id }: RecordKey, record: string): string => crc32(`${kind}\n${id}\n${record}`).toString(16).padStart(8, '0');

/** Throws `VaultDamaged`. A record that was written before there were sums ends with its brace, and can't be checked. */
export function recordIn(key: RecordKey, stored: unknown): string {
  const text = typeof stored === 'string' ? stored.trimEnd() : '';
  if (text.endsWith('}')) return text;
  const { record, sum } = STORED.exec(text)?.groups ?? {};
  if (record === undefined || sum !== sumOf(key, record)) throw damagedRecord(key.kind);
  return record;
}

function padded(record: string): Buffer {
  const bytes = Buffer.from(record);
  const length = Math.ceil(bytes.length / SLOT_STEP_BYTES) * SLOT_STEP_BYTES;
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length, SPACE)]);
}
