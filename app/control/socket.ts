/**
 * Where the control socket is. The path of a socket may not be longer than some hundred bytes: if the data folder's path is too long,
 * the socket is in a temporary folder, and a file in the data folder has its path.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** `sockaddr_un.sun_path` has 108 bytes on Linux and 104 on macOS, the closing NUL among them. */
const SOCKET_PATH_BYTES_MAX = 103;
const OWNER_ONLY = 0o600;
const TEMPORARY_PREFIX = 'tidings-control-';
const SOCKET_FILE = 'control.sock';
const POINTER_FILE = 'control.path';

/** For the process that holds the folder's lock: a socket of another process is stale, and is removed. Disposing removes everything again. */
export function prepareSocket(folder: string): Disposable & { readonly path: string } {
  const inFolder = resolve(folder, SOCKET_FILE);
  const pointer = resolve(folder, POINTER_FILE);
  const clear = () => {
    removeTemporary(pathInPointer(folder));
    rmSync(pointer, { force: true });
    rmSync(inFolder, { force: true });
  };
  clear();
  if (fits(inFolder)) return { path: inFolder, [Symbol.dispose]: clear };
  const path = join(mkdtempSync(join(tmpdir(), TEMPORARY_PREFIX)), SOCKET_FILE);
  if (!fits(path)) throw new Error(`The path of the folder for temporary files, ${tmpdir()}, is too long for a socket in it. Set TMPDIR to a shorter one.`);
  writeFileSync(pointer, `${path}\n`, { mode: OWNER_ONLY });
  return { path, [Symbol.dispose]: clear };
}

/** The socket on which a process with this folder open listens; undefined if there can be none. */
export function findSocket(folder: string): string | undefined {
  const path = pathInPointer(folder) ?? resolve(folder, SOCKET_FILE);
  return fits(path) ? path : undefined;
}

const fits = (path: string): boolean => Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX;

function pathInPointer(folder: string): string | undefined {
  try {
    return readFileSync(resolve(folder, POINTER_FILE), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes only a folder that was made here, whatever path the file has. */
function removeTemporary(socket: string | undefined): void {
  if (socket === undefined) return;
  const folder = dirname(resolve(socket));
  if (dirname(folder) === tmpdir() && basename(folder).startsWith(TEMPORARY_PREFIX)) rmSync(folder, { recursive: true, force: true });
}
