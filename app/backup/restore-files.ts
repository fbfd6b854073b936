/** Fills a data folder from a backup: vault, log and media, each so that doing it again after an interruption changes nothing that is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { epochMs, type Instant } from '../../domain/shared/instant.ts';
import { recordsOfCopy } from '../../event-store/maintenance/copy.ts';
import { openRestoringLog } from '../../event-store/maintenance/restore-copy.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { putKept, type KeptRecord } from '../../ports/vault/sqlite-records.ts';
import { copyFile, mediaObjectsIn } from './copy-media.ts';
import { vaultRecordsIn } from './copy-vault.ts';
import { sizeOf, sumOfFile } from './durable-files.ts';
import { markErased } from './erase-again.ts';
import { BackupFailed, MEDIA_FOLDER, type Complete, type Manifest, type Segment } from './manifest.ts';
import { isSame, readSegment, segmentsOf } from './verify-backup.ts';

const PUT_AT_ONCE_MAX = 500;

export type OpenedBackup = { readonly folder: string; readonly manifest: Manifest; readonly complete: Complete };

export const damaged = (file: string): BackupFailed =>
  new BackupFailed(`${file} of the backup is missing, or isn’t what was written: npx tidings backup --verify names everything that isn’t.`);

export type RestoreVaultOptions = {
  readonly erased: ReadonlyMap<string, Instant>;
  /** What else of the backup gets into the folder; absent: all. */
  readonly keeps?: (record: KeptRecord) => boolean;
  readonly signal: AbortSignal | undefined;
};

/** Nothing of an erased subject gets onto the disk but the mark. `marked`: those whose mark the backup has itself. */
export async function restoreVault(
  vaultFile: string,
  { folder, complete: { vault } }: OpenedBackup,
  { erased, keeps = () => true, signal }: RestoreVaultOptions,
): Promise<{ readonly records: number; readonly marked: readonly string[] }> {
  if (!isSame(await sumOfFile(join(folder, vault.file)), vault)) throw damaged(vault.file);
  await using restored = await startSqliteVault(vaultFile);
  const marked: string[] = [];
  let records = 0;
  let page: KeptRecord[] = [];
  const put = async () => {
    signal?.throwIfAborted();
    await Promise.all(page.map((record) => putKept(restored, record)));
    records += page.length;
    page = [];
  };
  for await (const record of vaultRecordsIn(folder, vault)) {
    if (record.kind === 'subject-key' && 'erasedAt' in record.record) marked.push(record.id);
    if ((record.owner !== null && erased.has(record.owner)) || !keeps(record)) continue;
    if (page.push(record) === PUT_AT_ONCE_MAX) await put();
  }
  await put();
  await markErased(restored, erased);
  return { records, marked };
}

export type RestoredLog = { readonly events: number; readonly next: number };

/** Up to and with the last event that is not newer than `to`. */
export async function restoreLog(
  eventsFolder: string,
  { folder, manifest, complete }: OpenedBackup,
  { to, signal, onWritten }: { readonly to: Instant | undefined; readonly signal: AbortSignal | undefined; readonly onWritten: (next: number) => void },
): Promise<RestoredLog> {
  const segments = segmentsOf(manifest, complete);
  const before = to === undefined ? complete.next : await endAt(folder, segments, to);
  if (existsSync(join(eventsFolder, 'current'))) return { events: 0, next: before }; // finished before the restore was interrupted
  await using log = await openRestoringLog(eventsFolder, manifest);
  let events = 0;
  for (const segment of segments) {
    signal?.throwIfAborted();
    if (segment.next <= log.next() || segment.from >= before) continue;
    events += await log.write(await bytesOf(folder, segment), { before });
    onWritten(log.next());
  }
  await log.finish();
  return { events, next: before };
}

/** The position behind the last event that is not newer. */
async function endAt(folder: string, segments: readonly Segment[], to: Instant): Promise<number> {
  const toMs = epochMs(to);
  for (const segment of segments.toReversed()) {
    let end: number | undefined;
    for (const { position, created } of recordsOfCopy(await bytesOf(folder, segment))) if (created <= toMs) end = position + 1;
    if (end !== undefined) return end;
  }
  throw new BackupFailed(`The backup has no event that is as old as ${to}.`);
}

async function bytesOf(folder: string, segment: Segment): Promise<Buffer> {
  const bytes = await readSegment(folder, segment);
  if (bytes === undefined) throw damaged(segment.file);
  return bytes;
}

/** `damaged`: objects that the backup has not as they were; they are left out, for the rest is worth more than none. */
export type RestoredMedia = { readonly objects: number; readonly damaged: readonly string[] };

export async function restoreMedia(
  mediaFolder: string,
  { folder, complete: { media } }: OpenedBackup,
  { signal, onCopied }: { readonly signal: AbortSignal | undefined; readonly onCopied: (objects: number) => void },
): Promise<RestoredMedia | undefined> {
  if (media === undefined) return undefined;
  if (!isSame(await sumOfFile(join(folder, media.file)), media)) throw damaged(media.file);
  let objects = 0;
  const lost: string[] = [];
  for await (const object of mediaObjectsIn(folder, media)) {
    signal?.throwIfAborted();
    const [from, to] = [join(folder, MEDIA_FOLDER, object.key), join(mediaFolder, object.key)];
    if ((await sizeOf(to)) === object.bytes || (isSame(await sumOfFile(from), object) && (await copyFile(from, to)) !== undefined)) onCopied(++objects);
    else lost.push(object.key);
  }
  return { objects, damaged: lost };
}
