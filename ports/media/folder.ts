/**
 * Media in a folder, which several processes may share. A file is written under a name of its own, flushed, and linked to its key: of
 * those who try, one makes the link, and what has the key is whole.
 */
import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  checkKey,
  checkList,
  checkRemove,
  MediaUnavailable,
  type ByteRange,
  type ListedMedia,
  type MediaBytes,
  type MediaStore,
  type StoredMedia,
} from './port.ts';

/** No key begins with a dot. */
const ARRIVING = '.arriving';
/** What arrives for longer was left behind by a process that ended. */
const ARRIVING_MAX_MS = 24 * 3_600_000;

/** The folder is made when something is stored. `readOnly`: it is another’s, and what lies in it is left as it is. */
export async function startMediaFolder(root: string, { readOnly = false }: { readonly readOnly?: boolean } = {}): Promise<MediaStore> {
  const arriving = join(root, ARRIVING);
  if (!readOnly) await orUnavailable(() => removeLeftBehind(arriving));
  const pathOf = (key: string) => {
    checkKey(key);
    return join(root, key);
  };
  return {
    put: (key, bytes) => {
      const to = pathOf(key);
      return orUnavailable(() => put(join(arriving, randomUUID()), { to, bytes }));
    },
    read: (key, range) => {
      const path = pathOf(key);
      return orUnavailable(() => read(path, range));
    },
    remove: (keys) => {
      checkRemove(keys);
      return orUnavailable(() => remove(keys.map(pathOf)));
    },
    list: (folder, options) => {
      const { after, limit } = checkList(folder, options);
      return orUnavailable(async () => {
        const listed: ListedMedia[] = [];
        for await (const file of filesBelow(root, folder, after)) {
          listed.push(file);
          if (listed.length === limit) break;
        }
        return listed;
      });
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function put(arriving: string, { to, bytes }: { readonly to: string; readonly bytes: MediaBytes }): Promise<'stored' | 'exists'> {
  try {
    if ((await statOf(to)) !== undefined) return 'exists';
    await mkdir(dirname(arriving), { recursive: true });
    await write(arriving, bytes);
    await linkInto(arriving, to);
    await flush(dirname(to));
    return 'stored';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists';
    throw error;
  } finally {
    await rm(arriving, { force: true });
  }
}

async function write(path: string, bytes: MediaBytes): Promise<void> {
  if (!(bytes instanceof Uint8Array)) await copyFile(bytes.file, path);
  const file = await open(path, bytes instanceof Uint8Array ? 'wx' : 'r+');
  try {
    if (bytes instanceof Uint8Array) await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whoever removes the last file of a folder removes the folder, perhaps between these two. */
async function linkInto(arriving: string, to: string): Promise<void> {
  for (;;) {
    await mkdir(dirname(to), { recursive: true });
    try {
      return await link(arriving, to);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || (await statOf(arriving)) === undefined) throw error;
    }
  }
}

async function flush(folder: string): Promise<void> {
  try {
    await using opened = await open(folder, 'r');
    await opened.sync();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // removed since
  }
}

async function read(path: string, range: ByteRange | undefined): Promise<StoredMedia | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const { size: bytes } = await file.stat();
  if (range !== undefined && range.from >= bytes) {
    await file.close();
    throw new RangeError(`The range begins at ${range.from}, behind the end of ${bytes} bytes.`);
  }
  const stream = file.createReadStream(range === undefined ? {} : { start: range.from, end: range.to });
  return { bytes, stream };
}

async function remove(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })));
  for (const folder of new Set(paths.map(dirname))) await rmdir(folder).catch(() => undefined); // it has others, or is gone
}

async function* filesBelow(root: string, folder: string, after = ''): AsyncIterable<ListedMedia> {
  for (const name of await namesIn(join(root, folder))) {
    const key = `${folder}/${name}`;
    if (key <= after && !after.startsWith(`${key}/`)) continue;
    const found = await statOf(join(root, key));
    if (found === undefined) continue; // removed since
    if (found.isDirectory()) yield* filesBelow(root, key, after);
    else yield { key, bytes: found.size, storedMs: found.mtimeMs };
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

async function removeLeftBehind(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const found = await statOf(join(folder, name));
    if (found !== undefined && Date.now() - found.mtimeMs > ARRIVING_MAX_MS) await rm(join(folder, name), { force: true });
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function orUnavailable<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new MediaUnavailable('The folder of media can’t be read or written.', { cause: error });
  }
}

const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined);
