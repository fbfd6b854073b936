/** The folder with all files of an installation: its lock, and the secrets made at the first start. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
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

/** Locks the folder for this process, and makes it if it is missing; the lock ends with the process, however that ends. Throws `FolderInUse`, `CannotStart`. */
export function openDataFolder(folder: string): DataFolder {
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
  let lock: DatabaseSync | undefined;
  try {
    makeFolder(resolve(folder));
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`${folder} is no folder`), { code: 'ENOTDIR' });
    lock = new DatabaseSync(join(folder, 'lock'));
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (codeOf(error) === SQLITE_BUSY) throw new FolderInUse(`Another Tidings process has ${folder} open.`, { cause: error });
    throw new CannotStart(
      `The data folder ${JSON.stringify(folder)} can’t be opened for writing: ${reasonOf(error)}. Name another with --data or TIDINGS_DATA.`,
      { cause: error },
    );
  }
}

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
  name: 'request-hashes' | 'login-names' | 'same-texts' | 'admin-token' | 'media-keys' | 'media-urls',
): Promise<Buffer> {
  const kept = await vault.putIfAbsent('installation-secret', name, { secret: randomBytes(SECRET_BYTES).toString('base64') });
  return Buffer.from(kept.secret, 'base64');
}
