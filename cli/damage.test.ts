/** What an operator does about events, views and a vault that are damaged. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startTidingsForTest, temporaryFolder } from '../tests/start-for-test.ts';
import { parsed, runCli, signUp, waitUntil } from './test-fixture.ts';

/** Flips a bit wherever a file of the folder has these bytes. Answers in how many places. */
async function flipBitsIn(folder: string, searched: Buffer): Promise<number> {
  let places = 0;
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    for (let at = bytes.indexOf(searched); at >= 0; at = bytes.indexOf(searched, at + 1)) {
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      places++;
    }
    if (places > 0) await writeFile(join(folder, name), bytes);
  }
  return places;
}

/** The log packs an id's characters as base64 does; the last two aren't a whole group. */
const asPacked = (id: string): Buffer => Buffer.from(id.slice(0, -2), 'base64url');

/** A stopped installation with a post; answers the post's id. */
async function givenPost(folder: string): Promise<string> {
  await using tidings = await startTidingsForTest(folder);
  const ann = await signUp(tidings.addresses);
  const post = await ann.post('A post.');
  await waitUntil(async () => (await ann.read(`/v1/posts/${post}`)) === 200);
  await ann.post('Another one.');
  return post;
}

test('an event of the log that is damaged is named, and set aside with its reason in the log', async (t) => {
  await using folder = await temporaryFolder();
  const post = await givenPost(folder.path);
  t.true((await flipBitsIn(join(folder.path, 'events'), asPacked(post))) > 0);
  const verified = await runCli(folder.path, 'store', 'verify');
  t.is(verified.code, 1, verified.err);
  const [, position = ''] = /The record at position (\d+) is damaged/.exec(verified.out.join('\n')) ?? [];
  t.not(position, '');

  const done = await runCli(folder.path, 'log', 'set-aside', position, '--reason', 'a bit flipped on the disk', '--json');
  t.is(done.code, 0, done.err);
  t.like(parsed(done)[0], { position: Number(position) });
  t.is((await runCli(folder.path, 'store', 'verify')).code, 0);
  const again = await runCli(folder.path, 'log', 'set-aside', position, '--reason', 'once more');
  t.is(again.code, 1);
  t.regex(again.err, /intact, or was removed before/);
});

test('a position of another log, and an event without a reason, are refused', async (t) => {
  await using folder = await temporaryFolder();
  await givenPost(folder.path);
  t.is((await runCli(folder.path, 'log', 'set-aside', '7.1', '--reason', 'x')).code, 2);
  t.is((await runCli(folder.path, 'log', 'set-aside', '1')).code, 2);
  const intact = await runCli(folder.path, 'log', 'set-aside', '0.1', '--reason', 'x');
  t.is(intact.code, 1);
  t.regex(intact.err, /Only damaged records can be set aside/);
});

test('verifying finds damage of the views and of the vault, and counts what is whole', async (t) => {
  await using folder = await temporaryFolder();
  const post = await givenPost(folder.path);
  const whole = await runCli(folder.path, 'store', 'verify', '--json');
  t.is(whole.code, 0, whole.err);
  const [counts = {}] = parsed(whole);
  t.true(Number(counts['events']) > 0 && Number(counts['documents']) > 0 && Number(counts['records']) > 0);
  t.deepEqual(counts['damage'], []);

  for (const [file, text] of [
    ['views.sqlite', `"post":"${post}"`],
    ['vault.sqlite', '"passwordHash"'],
  ] as const) {
    const path = join(folder.path, file);
    const bytes = await readFile(path);
    const at = bytes.indexOf(text);
    t.true(at > 0, file);
    bytes.writeUInt8(bytes.readUInt8(at + 3) ^ 1, at + 3);
    await writeFile(path, bytes);
  }
  const damaged = await runCli(folder.path, 'store', 'verify');
  t.is(damaged.code, 1);
  t.regex(damaged.out.join('\n'), /views\.sqlite: the document .* isn’t what was written/);
  t.regex(damaged.out.join('\n'), /vault\.sqlite: A record of the vault, of the kind credential/);
  t.regex(damaged.err, /When something is damaged/);
});
