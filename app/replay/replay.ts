/**
 * Makes a replay: an installation as it was, in a folder of its own, to be looked at. It is a backup restored up to a moment, without what
 * anybody could log in, send or sign with, and with all views built. What was interrupted goes on when it is run again.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { addToErasedList, type ErasedList } from '../backup/erased-list.ts';
import { BackupFailed, ERASED_LIST_FILE, readComplete, readManifest } from '../backup/manifest.ts';
import { readReplayed, type Replayed } from '../backup/replayed.ts';
import { erasedListOf, NEVER_FILLED_TWICE, restoreBackup } from '../backup/restore-backup.ts';
import type { Config } from '../config/config.ts';
import { REPLAY_SOURCE, REPLAYED_FILE, RESTORING_FILE } from '../data-folder.ts';
import { buildViews, type BuildProgress, type BuiltViews } from './build-views.ts';
import { readOnlyConfig } from './read-only-config.ts';

type Source = { readonly folder: string; readonly erasedList: string | undefined };

export type ReplayOptions = {
  /** Of the replay. */
  readonly folder: string;
  /** Only what had happened by then, by the clock of the event store; absent: all there is. */
  readonly to?: Instant | undefined;
  /** A backup that there is. Without, `backUp` makes one in the folder, which goes when it has served. */
  readonly backup?: Source | undefined;
  /** Of the log, and of the vault what a replay has. */
  readonly backUp: (own: { readonly folder: string; readonly erasedList: string }) => Promise<void>;
  /** By the installation, as it is now; asked where no backup is named. */
  readonly listErased: () => Promise<ErasedList>;
  readonly reason: string;
  readonly failureReporter: (component: string) => (error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  readonly onRestored?: (part: number) => void;
  readonly onBuilt?: (progress: BuildProgress) => void;
};
export type ReplayResult = Replayed & BuiltViews;

/** Throws `BackupFailed`, `CannotStart`, `FolderInUse`. */
export async function replay(given: Config, options: ReplayOptions): Promise<ReplayResult> {
  const { folder, to, backup, listErased, failureReporter, signal, onBuilt } = options;
  // Whatever it is made of, it is a folder.
  const config = readOnlyConfig({ ...given, servers: undefined, dataFolder: folder });
  if (to !== undefined && to > instant(Date.now())) throw new BackupFailed(`What is so at ${to} isn’t known yet: name a time that is over.`);
  const isRestoring = existsSync(join(folder, RESTORING_FILE));
  if (isRestoring || (await readReplayed(folder)) === undefined) await (isRestoring ? resume(config, options) : begin(config, options));
  const replayed = await readReplayed(folder);
  if (replayed === undefined) throw new Error(`${folder} was restored, and is no replay.`);
  if (replayed.to !== (to ?? null)) throw new BackupFailed(`${folder} is a replay ${timeOf(replayed.to)} already. Name an empty folder.`);
  // Also of a replay that is there already, and once more after a long copy.
  const erased =
    backup === undefined ? await listErased() : await erasedListOf({ folder: backup.folder, ...(await readComplete(backup.folder)) }, backup.erasedList);
  const built = await buildViews(config, { erased, failureReporter, signal, ...(onBuilt !== undefined && { onProgress: onBuilt }) });
  return { ...replayed, ...built };
}

const timeOf = (to: string | null): string => (to === null ? 'of everything' : `up to ${to}`);

const ownSource = (folder: string) => ({ folder: join(folder, REPLAY_SOURCE), erasedList: join(folder, REPLAY_SOURCE, ERASED_LIST_FILE) });

async function begin(config: Config, options: ReplayOptions): Promise<void> {
  const { folder, to, backup, backUp } = options;
  const found = NEVER_FILLED_TWICE.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) throw new BackupFailed(`${folder} isn’t empty: it has ${found}. Replay into an empty folder.`);
  const own = ownSource(folder);
  if (backup === undefined) await backUp(own);
  const source = backup ?? own;
  try {
    await assertKnows(source.folder, to);
    await restore(config, source, options);
  } catch (error) {
    // The next run would end in the same way.
    if (error instanceof BackupFailed) await removeBegun(folder);
    throw error;
  }
}

/** One that was begun is of the backup that there was then, and of nobody who was erased since. */
async function resume(config: Config, options: ReplayOptions): Promise<void> {
  const { folder, backup, listErased } = options;
  const own = ownSource(folder);
  if (backup === undefined) {
    if ((await readManifest(own.folder)) === undefined)
      throw new BackupFailed(`${folder} has what was begun of a backup, and was interrupted: name it with --backup, or delete what is in the folder.`);
    await addToErasedList(own.erasedList, await listErased());
  }
  await restore(config, backup ?? own, options);
}

async function restore(config: Config, source: Source, { to, reason, failureReporter, signal, onRestored }: ReplayOptions): Promise<void> {
  await restoreBackup(config, {
    backup: source.folder,
    erasedList: source.erasedList,
    as: 'replay',
    to,
    reason,
    failureReporter,
    ...(signal !== undefined && { signal }),
    onProgress: ({ next, of }) => onRestored?.(next / Math.max(1, of)),
  });
}

/** What a run has made in a folder that had nothing of it. */
async function removeBegun(folder: string): Promise<void> {
  if (existsSync(join(folder, REPLAYED_FILE))) return;
  const databases = ['vault.sqlite', 'views.sqlite'].flatMap((name) => ['', '-wal', '-shm'].map((ending) => name + ending));
  for (const name of [REPLAY_SOURCE, 'events', ...databases, RESTORING_FILE]) await rm(join(folder, name), { recursive: true, force: true });
}

/** Nobody would see that a replay ends before its time. */
async function assertKnows(backup: string, to: Instant | undefined): Promise<void> {
  const { complete } = await readComplete(backup);
  if (to !== undefined && to > complete.at) throw new BackupFailed(`What was so at ${to} isn’t known: the log was copied at ${complete.at}.`);
}
