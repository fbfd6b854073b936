import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { CannotStart } from './cannot-start.ts';
import { FolderInUse, openDataFolder } from './data-folder.ts';

const temporaryFolder = () => mkdtempDisposable(join(tmpdir(), 'tidings-data-'));

/** A folder that can't be made or written, by how it is prepared in a temporary one. */
const FAULTY: Readonly<Record<string, { readonly path: string; readonly reason: RegExp; readonly prepare?: (folder: string) => Promise<unknown> }>> = {
  'a file': { path: 'file', reason: /a file is where a folder is needed/, prepare: (folder) => writeFile(join(folder, 'file'), '') },
  'a folder below a file': { path: 'file/a/b', reason: /a file is where a folder is needed/, prepare: (folder) => writeFile(join(folder, 'file'), '') },
  'a dangling symbolic link': { path: 'link', reason: /symbolic link to nothing/, prepare: (folder) => symlink('/nowhere/at/all', join(folder, 'link')) },
  'a folder below a symbolic link to itself': {
    path: 'loop/a',
    reason: /symbolic link to nothing/,
    prepare: (folder) => symlink('loop', join(folder, 'loop')),
  },
  'a name with a NUL': { path: 'a\0b', reason: /a character that no path may have/ },
  'a name that is too long': { path: 'long'.repeat(100), reason: /its name is too long/ },
  'a folder with a lock that is a folder': { path: '.', reason: /no file can be made in it/, prepare: (folder) => mkdir(join(folder, 'lock')) },
  'a folder with a lock of something else': {
    path: '.',
    reason: /the file lock in it is none of Tidings/,
    prepare: (folder) => writeFile(join(folder, 'lock'), 'not a database '.repeat(500)),
  },
  'a relative path below a file': { path: '../../../../../../../../../../../dev/null/a', reason: /a file is where a folder is needed/ },
};

for (const [what, { path, reason, prepare }] of Object.entries(FAULTY)) {
  test(`${what} is refused as the data folder with a sentence that says why`, async (t) => {
    await using folder = await temporaryFolder();
    await prepare?.(folder.path);
    const error = t.throws(() => openDataFolder(join(folder.path, path)), { instanceOf: CannotStart, message: reason });
    t.regex(error.message, /Name another with --data or TIDINGS_DATA\.$/);
  });
}

const testOnLinux = process.platform === 'linux' ? test : test.skip;

for (const [path, reason] of [
  ['/proc/tidings', /no folder can be made there/],
  ['/proc/tidings/data', /no folder can be made there/],
  ['/proc/self', /no file can be made in it/],
  ['/sys/tidings/data', /permission is missing|read-only|no folder can be made there/],
] as const) {
  testOnLinux(`${path} is refused as the data folder at once`, (t) => {
    t.throws(() => openDataFolder(path), { instanceOf: CannotStart, message: reason });
  });
}

const testAsUser = process.getuid?.() === 0 ? test.skip : test; // root may write everywhere

testAsUser('a folder without permission to write is refused as the data folder, or as a parent of it', async (t) => {
  await using folder = await temporaryFolder();
  const closed = join(folder.path, 'closed');
  await mkdir(closed, { mode: 0o500 });
  t.throws(() => openDataFolder(closed), { instanceOf: CannotStart, message: /no file can be made in it|read-only/ });
  t.throws(() => openDataFolder(join(closed, 'data')), { instanceOf: CannotStart, message: /permission is missing/ });
});

test('makes a missing folder with its parents, and keeps a second process out until it is closed', async (t) => {
  await using folder = await temporaryFolder();
  const deep = join(folder.path, 'a', 'b', 'data');
  {
    using _opened = openDataFolder(deep);
    t.throws(() => openDataFolder(deep), { instanceOf: FolderInUse });
  }
  using _again = openDataFolder(deep);
  t.throws(() => openDataFolder(deep), { instanceOf: FolderInUse });
});
