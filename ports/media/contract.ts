import test, { type ExecutionContext } from 'ava';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import type { ByteRange, MediaStore } from './port.ts';

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

const bytes = (text: string) => new TextEncoder().encode(text);

export async function textIn(store: MediaStore, key: string, range?: ByteRange): Promise<string | undefined> {
  const found = await store.read(key, range);
  return found === undefined ? undefined : (await buffer(found.stream)).toString();
}

/** An empty place, in which any number of stores are started, as several processes do. */
export type MediaPlace = AsyncDisposable & { readonly start: () => Promise<MediaStore> };

/** Each adapter's test file is one call. `addTest`: ava's `test`, or one that skips where a server is missing. */
export function mediaContract(adapter: string, open: () => Promise<MediaPlace>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, store: MediaStore, start: MediaPlace['start']) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using place = await open();
      await using store = await place.start();
      await body(t, store, place.start);
    });

  check('reads what was stored, whole or in part, and how much there is', async (t, store) => {
    t.is(await store.put('objects/ab/abc', bytes('0123456789')), 'stored');
    t.is(await textIn(store, 'objects/ab/abc'), '0123456789');
    t.is(await textIn(store, 'objects/ab/abc', { from: 2, to: 4 }), '234');
    t.is(await textIn(store, 'objects/ab/abc', { from: 8, to: 99 }), '89');
    const found = await store.read('objects/ab/abc', { from: 0, to: 0 });
    t.is(found?.bytes, 10);
    found?.stream.destroy();
    await t.throwsAsync(store.read('objects/ab/abc', { from: 10, to: 10 }), { instanceOf: RangeError });
  });

  check('knows nothing of a key that nothing was stored under', async (t, store) => {
    t.is(await store.read('objects/ab/none'), undefined);
    t.is(await store.read('objects/ab/none', { from: 0, to: 1 }), undefined);
    t.deepEqual(await store.list('objects'), []);
    await store.remove(['objects/ab/none']);
  });

  check('stores a file, and one that is empty', async (t, store) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'picture');
    await writeFile(file, 'a picture');
    t.is(await store.put('objects/file', { file, bytes: 9 }), 'stored');
    t.is(await textIn(store, 'objects/file'), 'a picture');
    t.is(await store.put('objects/empty', bytes('')), 'stored');
    t.is(await textIn(store, 'objects/empty'), '');
  });

  check('changes nothing that is there', async (t, store) => {
    await store.put('objects/one', bytes('first'));
    t.is(await store.put('objects/one', bytes('second')), 'exists');
    t.is(await textIn(store, 'objects/one'), 'first');
  });

  check('lets one of several who store under one key at once be the first, also of several processes', async (t, store, start) => {
    await using other = await start();
    for (const key of ['uploads/x/1', 'uploads/x/2', 'uploads/x/3']) {
      const outcomes = await Promise.all([0, 1, 2, 3].map((n) => (n % 2 === 0 ? store : other).put(key, bytes(`${n}`))));
      t.is(outcomes.filter((outcome) => outcome === 'stored').length, 1);
      t.is(await textIn(store, key), String(outcomes.indexOf('stored')));
      t.is(await textIn(other, key), String(outcomes.indexOf('stored')));
    }
  });

  check('lists a folder in the order of its keys, with their sizes and times, by pages', async (t, store) => {
    const keys = ['list/a/1', 'list/a/2', 'list/b/1', 'list/c'];
    for (const key of [...keys].reverse()) await store.put(key, bytes(key));
    await store.put('listed/elsewhere', bytes('x'));
    const listed = await store.list('list');
    t.deepEqual(
      listed.map(({ key, bytes: size }) => [key, size]),
      keys.map((key) => [key, key.length]),
    );
    t.true(listed.every(({ storedMs }) => Math.abs(Date.now() - storedMs) < 3_600_000));
    const page = async (after?: string) => (await store.list('list', { limit: 2, ...(after !== undefined && { after }) })).map(({ key }) => key);
    t.deepEqual([await page(), await page('list/a/2'), await page('list/c')], [keys.slice(0, 2), keys.slice(2), []]);
    t.deepEqual(
      (await store.list('list/a')).map(({ key }) => key),
      keys.slice(0, 2),
    );
  });

  check('removes what it is told to, and nothing else, however often', async (t, store) => {
    for (const key of ['remove/a', 'remove/b', 'remove/c']) await store.put(key, bytes(key));
    for (let n = 0; n < 2; n++) await store.remove(['remove/a', 'remove/c', 'remove/never']);
    t.deepEqual(
      (await store.list('remove')).map(({ key }) => key),
      ['remove/b'],
    );
    t.is(await store.put('remove/a', bytes('again')), 'stored');
    t.is(await textIn(store, 'remove/a'), 'again');
  });

  check('takes no key that names another place', async (t, store) => {
    for (const key of ['../secret', '/etc/passwd', 'a//b', 'a/./b', '', '.arriving/x', 'a/b/c/d/e', 'a b']) {
      await t.throwsAsync(async () => store.put(key, bytes('x')), { message: /is no key/ });
      await t.throwsAsync(async () => store.read(key), { message: /is no key/ });
      await t.throwsAsync(async () => store.remove([key]), { message: /is no key/ });
    }
  });
}
