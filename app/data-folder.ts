/** Where an embedded installation keeps what it keeps, who may open it, and the secrets it made for itself at its first start. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CannotStart } from './cannot-start.ts';
import type { Vault } from '../ports/vault/port.ts';

/** For `umask`: what is kept is personal, so whatever a process of ours writes is for its owner alone. */
export const OWNER_ONLY = 0o077;

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

/** Takes the folder for this process, and makes it where there is none; the lock goes with the process, however it ends. Throws `FolderInUse`, `CannotStart`. */
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
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(folder, 'lock'));
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
      throw new FolderInUse(`Another Tidings process is at work on ${folder}.`, { cause: error });
    }
    throw new CannotStart(`The data folder ${folder} can’t be opened for writing. --data or TIDINGS_DATA names another.`, { cause: error });
  }
}

/** The operator's token where none was configured: made once, and left where only the owner of the folder can read it. */
export async function ensureAdminToken(vault: Vault, { adminToken }: DataFolder): Promise<string> {
  const token = (await installationSecret(vault, 'admin-token')).toString('base64url');
  writeFileSync(adminToken, `${token}\n`, { mode: 0o600 });
  return token;
}

/** The same at every start, in every process. */
export async function installationSecret(vault: Vault, name: 'request-hashes' | 'login-names' | 'admin-token'): Promise<Buffer> {
  const kept = await vault.putIfAbsent('installation-secret', name, { secret: randomBytes(SECRET_BYTES).toString('base64') });
  return Buffer.from(kept.secret, 'base64');
}
