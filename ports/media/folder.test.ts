import test from 'ava';
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import { mediaContract, textIn } from './contract.ts';
import { startMediaFolder } from './folder.ts';
import { MediaUnavailable } from './port.ts';

mediaContract('folder', async () => {
  const folder = await temporaryFolder();
  return { start: () => startMediaFolder(folder.path), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
});

test('what a process that was killed left half written has no key, and goes after a day', async (t) => {
  await using folder = await temporaryFolder();
  await using first = await startMediaFolder(folder.path);
  await first.put('objects/whole', new Uint8Array(3));
  const left = join(folder.path, '.arriving', 'left');
  await writeFile(left, 'half');
  await using _again = await startMediaFolder(folder.path);
  t.deepEqual(await readdir(join(folder.path, '.arriving')), ['left'], 'another process may be writing it');
  await utimes(left, 0, 0);
  await using _reader = await startMediaFolder(folder.path, { readOnly: true });
  t.deepEqual(await readdir(join(folder.path, '.arriving')), ['left'], 'who only reads leaves it there');
  await using third = await startMediaFolder(folder.path);
  t.deepEqual(await readdir(join(folder.path, '.arriving')), []);
  t.deepEqual(
    (await third.list('objects')).map(({ key }) => key),
    ['objects/whole'],
  );
});

test('a folder that is gone is an outage, and nothing else', async (t) => {
  await using folder = await temporaryFolder();
  await using store = await startMediaFolder(join(folder.path, 'media'));
  await rm(join(folder.path, 'media'), { recursive: true, force: true });
  await writeFile(join(folder.path, 'media'), 'no folder');
  await t.throwsAsync(store.put('objects/a', new Uint8Array(1)), { instanceOf: MediaUnavailable });
  await t.throwsAsync(textIn(store, 'objects/a'), { instanceOf: MediaUnavailable });
});
