/** The folder with all files of an installation: its lock, and the secrets made at the first start. */
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CannotStart } from './cannot-start.ts';
import type { Vault } from '../ports/vault/port.ts';

/** For `umask`: the files hold personal data, so every file that a process of ours writes is for its owner alone. */
export const OWNER_ONLY = 0o077;

const FOLDER_MODE = 0o700;
const SECRET_BYTES = 32;
const SQLITE_BUSY = 5;
export const LOCK_FILE = 'lock';

export type DataFolder = Disposable & {
  readonly events: string;
  readonly vault: string;
  readonly views: string;
  readonly outbox: string;
  readonly adminToken: string;
};

/** Another process has the folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** Says that the folder is no installation, or not yet. */
export const RESTORING_FILE = 'restoring.json';
/** Says that the installation is on servers now. */
export const MOVED_FILE = 'moved.json';
/** Says that the folder shows an installation as it was, and is to be looked at only. */
export const REPLAYED_FILE = 'replayed.json';

/** In a replay, until its log and keys are its own: the copy of the installation that it is made of. */
export const REPLAY_SOURCE = 'source';

/** `replay`: one with `REPLAYED_FILE`, which nothing but a process that only reads may open. */
export type FolderKind = 'installation' | 'replay';

/** Locks the folder for this process, and makes it if it is missing; the lock ends with the process, however that ends. Throws `FolderInUse`, `CannotStart`. */
export function openDataFolder(folder: string, kind: FolderKind = 'installation'): DataFolder {
  const opened = openAnyDataFolder(folder);
  try {
    refuseUnfinished(folder);
    refuseOtherKind(folder, kind);
    // It knows what came after the replay's moment; who made the replay may have been killed before it went.
    if (kind === 'replay') rmSync(join(folder, REPLAY_SOURCE), { recursive: true, force: true });
    return opened;
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
}

function refuseUnfinished(folder: string): void {
  if (existsSync(join(folder, RESTORING_FILE)))
    throw new CannotStart(`A restore into ${folder} was interrupted. Run npx tidings restore again, as before: it goes on where it was.`);
  if (existsSync(join(folder, MOVED_FILE)))
    throw new CannotStart(`What was in ${folder} is on servers now: start with the settings that name them. Two of one installation would split.`);
}

export const isReplay = (folder: string): boolean => existsSync(join(folder, REPLAYED_FILE));

/** A replay that went to work would do once more what the installation has done since. */
function refuseOtherKind(folder: string, kind: FolderKind): void {
  if (isReplay(folder) === (kind === 'replay')) return;
  throw new CannotStart(
    kind === 'replay'
      ? `${folder} is no replay: --read-only is for a folder that npx tidings replay has made.`
      : `${folder} is a replay, to be looked at only: start with --read-only.`,
  );
}

/** Also one that a restore is filling. */
export function openAnyDataFolder(folder: string): DataFolder {
  const lock = lockFolder(folder);
  return {
    events: join(folder, 'events'),
    vault: join(folder, 'vault.sqlite'),
    views: join(folder, 'views.sqlite'),
    outbox: join(folder, 'outbox'),
    adminToken: join(folder, 'admin-token'),
    [Symbol.dispose]: () => lock.close(),
  };
}

function lockFolder(folder: string): DatabaseSync {
  try {
    makeFolder(resolve(folder));
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`${folder} is no folder`), { code: 'ENOTDIR' });
    return takeLock(join(folder, LOCK_FILE));
  } catch (error) {
    if (isLockTaken(error)) throw new FolderInUse(`Another Tidings process has ${folder} open.`, { cause: error });
    throw new CannotStart(
      `The data folder ${JSON.stringify(folder)} can’t be opened for writing: ${reasonOf(error)}. Name another with --data or TIDINGS_DATA.`,
      { cause: error },
    );
  }
}

/** It ends with the process, however that ends. Throws SQLite's error; `isLockTaken` tells whether another holds it. */
export function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

export const isLockTaken = (error: unknown): boolean => codeOf(error) === SQLITE_BUSY;

/** One folder after the other: Node's recursive `mkdir` never returns for a path under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder)); // ends at the root, which exists
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (!existsSync(folder)) throw error; // another process has just made it
  }
}

/** By the error's code, or by SQLite's number for it. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file is where a folder is needed',
  EEXIST: 'a symbolic link to nothing is in its place',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name has a character that no path may have',
  8: 'the file lock in it is read-only',
  14: 'no file can be made in it',
  26: 'the file lock in it is none of Tidings’',
};

const reasonOf = (error: unknown): string => REASONS[String(codeOf(error))] ?? 'the system refuses it';

function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error) return error.errcode;
  return 'code' in error ? error.code : undefined;
}

/** For an installation without a configured operator's token: makes one at the first start, and writes it where only the owner of the folder can read it. */
export async function ensureAdminToken(vault: Vault, dataFolder: Pick<DataFolder, 'adminToken'> | undefined): Promise<string> {
  const token = (await installationSecret(vault, 'admin-token')).toString('base64url');
  if (dataFolder !== undefined) writeFileSync(dataFolder.adminToken, `${token}\n`, { mode: 0o600 });
  return token;
}

/** The same at every start, in every process. */
export async function installationSecret(
  vault: Vault,
  name: 'request-hashes' | 'login-names' | 'same-texts' | 'search-terms' | 'admin-token' | 'media-keys' | 'media-urls' | 'operator-sessions',
): Promise<Buffer> {
  const kept = await vault.putIfAbsent('installation-secret', name, { secret: randomBytes(SECRET_BYTES).toString('base64') });
  return Buffer.from(kept.secret, 'base64');
}
