/**
 * Where the control socket is. A socket's path may not be longer than some hundred bytes: where the folder's own is, the socket
 * lies in a folder of its own among the temporary ones, and a file beside the data says where.
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

/** For the process that holds the folder's lock: what another left here is stale, and is removed. Disposing leaves nothing. */
export function prepareSocket(folder: string): Disposable & { readonly path: string } {
  const usual = resolve(folder, SOCKET_FILE);
  const pointer = resolve(folder, POINTER_FILE);
  const clear = () => {
    removeTemporary(pointedTo(folder));
    rmSync(pointer, { force: true });
    rmSync(usual, { force: true });
  };
  clear();
  if (fits(usual)) return { path: usual, [Symbol.dispose]: clear };
  const path = join(mkdtempSync(join(tmpdir(), TEMPORARY_PREFIX)), SOCKET_FILE);
  if (!fits(path)) throw new Error(`The folder for temporary files, ${tmpdir()}, has too long a name for a socket in it.`);
  writeFileSync(pointer, `${path}\n`, { mode: OWNER_ONLY });
  return { path, [Symbol.dispose]: clear };
}

/** Where a process that has the folder open listens; undefined where there can be none. */
export function findSocket(folder: string): string | undefined {
  const path = pointedTo(folder) ?? resolve(folder, SOCKET_FILE);
  return fits(path) ? path : undefined;
}

const fits = (path: string): boolean => Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX;

function pointedTo(folder: string): string | undefined {
  try {
    return readFileSync(resolve(folder, POINTER_FILE), 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only what was made here, whatever the file says. */
function removeTemporary(socket: string | undefined): void {
  if (socket === undefined) return;
  const folder = dirname(resolve(socket));
  if (dirname(folder) === tmpdir() && basename(folder).startsWith(TEMPORARY_PREFIX)) rmSync(folder, { recursive: true, force: true });
}
