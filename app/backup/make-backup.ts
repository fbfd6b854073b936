/**
 * Makes a backup of an embedded system that goes on with its work, or adds to one what is new: log, media, and the vault last, so that no
 * event of it has a key that is missing. A run that was interrupted is no harm: the next one goes on with the log where it ended.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStoreReader } from '../../event-store/store.ts';
import type { LogEpoch } from '../../ports/event-log/port.ts';
import { readSqliteRecords, type KeptRecord } from '../../ports/vault/sqlite-records.ts';
import { copyLogInto, copyOfStore, SEGMENT_BYTES, type CopiedLog } from './copy-log.ts';
import { copyMediaInto, removeUnlisted } from './copy-media.ts';
import { copyVaultInto } from './copy-vault.ts';
import { ARRIVING, isMissing } from './durable-files.ts';
import { addToErasedList } from './erased-list.ts';
import { lockBackup } from './lock-backup.ts';
import { BackupFailed, endOfLog, ERASED_LIST_FILE, LOG_FOLDER, newManifest, readManifest, writeManifest, type Manifest } from './manifest.ts';
import { paceOf } from './pace.ts';

/** Of what is backed up. */
export type BackupSource = {
  readonly eventStore: EventStoreReader;
  readonly vaultFile: string;
  /** Undefined where media is in a bucket. */
  readonly mediaFolder: string | undefined;
  /** The fingerprint of the vault, as the log knows it. */
  readonly installation: string;
  readonly epoch: LogEpoch;
  readonly clock: () => Instant;
};

/** The same, wherever its log and its vault are kept. */
export type CopySource = Omit<BackupSource, 'eventStore' | 'vaultFile'> & {
  /** Of the log; undefined where it isn't known. */
  readonly head: () => number | undefined;
  /** Throws `BackupFailed` where the backup is of another log. */
  readonly copyLog: (before: Manifest) => CopiedLog;
  readonly readVault: (signal: AbortSignal | undefined) => AsyncIterable<readonly KeptRecord[]>;
};

/** Where what runs beside it hardly notices; a disk has some hundreds. */
export const BACKUP_BYTES_PER_SECOND = 8 * 1_048_576;

export type BackupOptions = {
  readonly folder: string;
  /** In place of the one in the folder. */
  readonly erasedList?: string | undefined;
  /** `replay`: of the vault only what a replay has, so that whatever is left of this backup can't be more than one. */
  readonly vault?: 'replay' | undefined;
  readonly bytesPerSecondMax?: number | undefined;
  readonly segmentBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
};

/** `next` and `head`: how far the log was copied, of how much. `bytes`: of the log in this run. */
export type BackupProgress = { readonly next: number; readonly head: number; readonly bytes: number; readonly objects: number; readonly records: number };
/** `events` and `bytes`: of the log, that this run has added. `objects`: null where media is in a bucket. `erasedAdded`: to the list. */
export type BackupResult = {
  readonly events: number;
  readonly bytes: number;
  readonly next: number;
  readonly records: number;
  readonly objects: number | null;
  readonly erasedAdded: number;
};

/** Throws `BackupFailed`, and `EventStoreError` or `VaultDamaged` where what is copied isn't what was written. */
export const makeBackup = ({ eventStore, vaultFile, ...source }: BackupSource, options: BackupOptions): Promise<BackupResult> =>
  copyInto(
    {
      ...source,
      head: () => eventStore.head(),
      copyLog: (before) => copyOfStore(before, eventStore),
      readVault: (signal) => readSqliteRecords(vaultFile, signal),
    },
    options,
  );

/** Throws as `makeBackup` does, and what its source throws. */
export async function copyInto(source: CopySource, options: BackupOptions): Promise<BackupResult> {
  const {
    folder,
    signal,
    vault: only,
    onProgress = () => undefined,
    erasedList = join(folder, ERASED_LIST_FILE),
    bytesPerSecondMax = BACKUP_BYTES_PER_SECOND,
    segmentBytes = SEGMENT_BYTES,
  } = options;
  using _lock = await lockBackup(folder);
  await removeArriving(folder);
  const before = (await readManifest(folder)) ?? newManifest({ installation: source.installation, epoch: source.epoch, begun: source.clock() });
  assertSameInstallation(before, source);
  const pace = paceOf(bytesPerSecondMax, signal);
  let progress: BackupProgress = { next: endOfLog(before), head: (source.head() ?? -1) + 1, bytes: 0, objects: 0, records: 0 };
  const tell = (now: Partial<BackupProgress>) => onProgress((progress = { ...progress, ...now }));

  const copied = await copyLogInto(before, source.copyLog(before), {
    folder,
    segmentBytes,
    pace,
    onCopied: ({ next, bytes }) => tell({ next, bytes: progress.bytes + bytes }),
  });
  const media =
    source.mediaFolder === undefined ? undefined : await copyMediaInto(source.mediaFolder, { folder, before: before.complete?.media, pace, onCopied: tell });
  const { vault, erased } = await copyVaultInto(source.readVault(signal), { folder, before: before.complete?.vault, only, pace, onCopied: tell });
  const erasedAdded = await addToErasedList(erasedList, { installation: source.installation, subjects: erased });
  const complete = { at: source.clock(), next: endOfLog(copied), vault, ...(media !== undefined && { media }), erased: erased.length };
  await writeManifest(folder, { ...copied, complete });
  // What the old copies alone have, such as the keys of erased people, is to be gone.
  for (const old of [before.complete?.vault.file, before.complete?.media?.file])
    if (old !== undefined && old !== vault.file && old !== media?.file) await rm(join(folder, old), { force: true });
  if (media !== undefined) await removeUnlisted(folder, media);
  const events = copied.segments.slice(before.segments.length).reduce((sum, segment) => sum + segment.events, 0);
  return { events, bytes: progress.bytes, next: complete.next, records: vault.records, objects: media?.objects ?? null, erasedAdded };
}

/** Left behind by a run that was killed. */
async function removeArriving(folder: string): Promise<void> {
  for (const below of ['', LOG_FOLDER]) {
    const names = await readdir(join(folder, below)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names) if (name.endsWith(ARRIVING)) await rm(join(folder, below, name), { force: true });
  }
}

function assertSameInstallation({ installation, epoch }: Manifest, source: Pick<CopySource, 'installation' | 'epoch'>): void {
  if (installation !== source.installation) throw new BackupFailed('The backup in this folder is of another installation. Name another folder.');
  if (epoch !== source.epoch) throw new BackupFailed('The log was restored since the backup in this folder was begun. Name an empty folder.');
}
