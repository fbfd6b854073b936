/**
 * Restores a backup into an empty data folder: to go on from, or as a replay, to look at and nothing else. Until it has ended a mark in the folder lets nothing else open it; a restore that was
 * interrupted goes on. The log gets another epoch, and whoever was erased since the backup is erased again, before anything is served.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { recordActionsWith } from '../../commands/operators/audit.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { AdaptersConfig } from '../adapters/adapters.ts';
import type { KeptRecord } from '../../ports/vault/sqlite-records.ts';
import { startEmbeddedAdapters } from '../adapters/embedded.ts';
import type { Config } from '../config/config.ts';
import { createCore } from '../core.ts';
import { openAnyDataFolder, RESTORING_FILE, type DataFolder, type FolderKind } from '../data-folder.ts';
import { recordRestore } from '../start-checks/log-epoch.ts';
import { adoptVault } from '../start-checks/vault-identity.ts';
import { flushFolder, writeWhole } from './durable-files.ts';
import { eraseAgain } from './erase-again.ts';
import { readErasedList, type ErasedList } from './erased-list.ts';
import { lockForReading } from './lock-backup.ts';
import { BackupFailed, ERASED_LIST_FILE, readComplete, type Complete, type Manifest } from './manifest.ts';
import { isKeptInReplay, writeReplayed } from './replayed.ts';
import { restoreLog, restoreMedia, restoreVault, type OpenedBackup, type RestoredMedia } from './restore-files.ts';

const now = (): Instant => instant(Date.now());

export type RestoreOptions = {
  readonly backup: string;
  readonly as?: FolderKind;
  readonly to?: Instant | undefined;
  /** Everybody logs in anew: the backup doesn't know which of its sessions have ended since. */
  readonly endSessions?: boolean;
  /** In place of the one in the backup's folder; null: there is none, and the operator knows what that means. */
  readonly erasedList?: string | null | undefined;
  readonly reason: string;
  readonly failureReporter: (component: string) => (error: unknown) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RestoreProgress) => void;
};

export type RestoreProgress = { readonly next: number; readonly of: number; readonly records: number; readonly objects: number };
/** `erasedAgain`: people whom the restored log knew, and who were erased since. */
export type RestoreResult = {
  readonly at: string;
  readonly next: number;
  readonly records: number;
  readonly media: RestoredMedia | undefined;
  readonly erasedAgain: number;
  readonly restoredAt: Instant;
};

/** Throws `BackupFailed`, `CannotStart`, `FolderInUse`. */
export async function restoreBackup(config: Pick<Config, 'dataFolder'> & AdaptersConfig, options: RestoreOptions): Promise<RestoreResult> {
  const { backup: folder, as = 'installation', to, endSessions = false, signal, onProgress = () => undefined } = options;
  if (config.eventStoreUrls.length > 0) throw new BackupFailed('With TIDINGS_EVENTSTORE_URLS the log is in those clusters: restore their own backups.');
  using _backup = lockForReading(folder);
  const opened: OpenedBackup = { folder, ...(await readComplete(folder)) };
  if (opened.complete.vault.only === 'replay' && as !== 'replay')
    throw new BackupFailed(`${folder} was copied for a replay: of the vault it has what opens the log, and nobody could log in.`);
  const { subjects: erased } = await erasedListOf(opened, options.erasedList);
  using dataFolder = openAnyDataFolder(config.dataFolder);
  const { restoredAt } = await beginIn(config.dataFolder, {
    installation: opened.manifest.installation,
    next: opened.complete.next,
    to: to ?? null,
    as,
    endSessions,
  });

  let progress: RestoreProgress = { next: 0, of: opened.complete.next, records: 0, objects: 0 };
  const tell = (change: Partial<RestoreProgress>) => onProgress((progress = { ...progress, ...change }));
  const { records, marked } = await restoreVault(dataFolder.vault, opened, {
    erased: new Map(erased.map(({ subject, erasedAt }) => [subject, erasedAt])),
    ...(endSessions && { keeps: isKeptWithoutSessions }),
    ...(as === 'replay' && { keeps: isKeptInReplay }),
    signal,
  });
  tell({ records });
  const { next } = await restoreLog(dataFolder.events, opened, { to, signal, onWritten: (written) => tell({ next: written }) });
  const media =
    config.media.bucket === undefined && as !== 'replay'
      ? await restoreMedia(config.media.folder, opened, { signal, onCopied: (objects) => tell({ objects }) })
      : undefined;
  const erasedAgain = await settle(
    { config, dataFolder },
    { ...options, as, erased: new Set([...erased.map(({ subject }) => subject), ...marked]), restoredAt, of: opened },
  );
  if (as === 'replay') await writeReplayed(config.dataFolder, { at: opened.complete.at, to, next });
  await rm(join(config.dataFolder, RESTORING_FILE));
  await flushFolder(config.dataFolder);
  return { at: opened.complete.at, next, records, media, erasedAgain, restoredAt };
}

/** The newest there is: it grows after the backup. Throws `BackupFailed` where it is none of this backup. */
export async function erasedListOf({ folder, manifest, complete }: OpenedBackup, erasedList: string | null | undefined): Promise<ErasedList> {
  if (erasedList === null) return { installation: manifest.installation, subjects: [] };
  const path = erasedList ?? join(folder, ERASED_LIST_FILE);
  const list = await readErasedList(path);
  if (list === undefined)
    throw new BackupFailed(
      `The list of erased subjects, ${path}, is missing: people who were erased since the backup would come back. Name it with --erased-list; if it is lost for good, say --without-erased-list.`,
    );
  assertListOf(manifest, complete, { path, ...list });
  return list;
}

function assertListOf(
  { installation }: Manifest,
  { erased }: Complete,
  list: { readonly path: string; readonly installation: string; readonly subjects: readonly unknown[] },
): void {
  if (list.installation !== installation) throw new BackupFailed(`${list.path} is the list of another installation.`);
  if (list.subjects.length < erased)
    throw new BackupFailed(
      `${list.path} names ${list.subjects.length} erased subjects, and the backup knows ${erased}: it is an old copy. Name the newest one with --erased-list.`,
    );
}

/** What an empty data folder has none of. */
export const NEVER_FILLED_TWICE = ['events', 'vault.sqlite', 'views.sqlite', 'media'];

/** What is a login, and no more: whoever can log in still can. */
const SESSION_KINDS: ReadonlySet<string> = new Set(['session', 'session-use', 'login-ticket']);
const isKeptWithoutSessions = ({ kind }: Pick<KeptRecord, 'kind'>): boolean => !SESSION_KINDS.has(kind);

const begun = z.object({
  installation: z.string(),
  next: z.number(),
  to: z.string().nullable(),
  as: z.enum(['installation', 'replay']).default('installation'),
  endSessions: z.boolean().default(false),
  restoredAt: z.string(),
});
type Begun = Omit<z.infer<typeof begun>, 'restoredAt'>;

/** The moment of the restore is that at which it was begun: one that goes on begins no further epoch. */
async function beginIn(folder: string, asked: Begun): Promise<{ readonly restoredAt: Instant }> {
  const path = join(folder, RESTORING_FILE);
  if (existsSync(path)) {
    const { restoredAt, ...before } = begun.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (
      before.installation !== asked.installation ||
      before.next !== asked.next ||
      before.to !== asked.to ||
      before.as !== asked.as ||
      before.endSessions !== asked.endSessions
    )
      throw new BackupFailed(
        `${folder} has a restore of another backup, to another time or with other options, that was interrupted. Delete what is in it to begin anew.`,
      );
    return { restoredAt: restoredAt as Instant };
  }
  for (const name of NEVER_FILLED_TWICE)
    if (existsSync(join(folder, name))) throw new BackupFailed(`${folder} isn’t empty: it has ${name}. Restore into an empty folder, which --data names.`);
  const restoredAt = now();
  await writeWhole(path, ({ write }) => write(Buffer.from(JSON.stringify({ ...asked, restoredAt }))));
  return { restoredAt };
}

type Restored = { readonly config: AdaptersConfig; readonly dataFolder: DataFolder };
type SettleOptions = Pick<RestoreOptions, 'reason' | 'failureReporter'> & {
  readonly as: FolderKind;
  readonly erased: ReadonlySet<string>;
  readonly restoredAt: Instant;
  readonly of: OpenedBackup;
};

/** Begins the epoch, writes to the audit, and erases who was erased. Answers how many people the log knew. */
async function settle({ config, dataFolder }: Restored, { as, reason, failureReporter, erased, restoredAt, of }: SettleOptions): Promise<number> {
  await using starting = new AsyncDisposableStack();
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock: now, failureReporter }, config));
  const core = await createCore(adapters, now);
  await adoptVault(core);
  await recordRestore(core, restoredAt);
  const action = as === 'replay' ? 'replay-log' : 'restore-backup';
  await recordActionsWith(core, now)({ action, by: LOCAL_OPERATOR, reason, of: { position: of.complete.next } });
  return await eraseAgain(core, erased);
}
