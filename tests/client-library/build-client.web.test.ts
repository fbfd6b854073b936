import test from 'ava';
import { spawnSync } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../start-for-test.ts';
import { buildClient } from './build-client.ts';
import { generateReference } from './generate-reference.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** What a page loads before it shows anything. */
const ENTRY_MAX_BYTES = 40 * 1_024;

test('the reference is made of the sources: otherwise run npm run client:reference', async (t) => {
  t.true((await readFile(join(ROOT, 'docs/clients/reference.md'), 'utf8')) === (await generateReference()), 'docs/clients/reference.md is stale');
});

test('what would be published is small, needs nothing of Node, and is typed for whoever imports it', async (t) => {
  t.timeout(120_000);
  await using folder = await temporaryFolder();
  const built = join(folder.path, 'node_modules/tidings-client');
  const sizes = await buildClient(built);
  for (const [name, bytes] of Object.entries(sizes)) {
    t.true(bytes <= ENTRY_MAX_BYTES, `${name}: ${bytes} bytes`);
    t.notRegex(await readFile(join(built, `${name}.js`), 'utf8'), /from ?["']node:|require\(/);
  }
  await symlink(join(ROOT, 'node_modules/openapi-fetch'), join(folder.path, 'node_modules/openapi-fetch'));
  const consumer = join(folder.path, 'consumer.mts');
  await writeFile(
    consumer,
    `import { openTidings, type Tidings } from 'tidings-client';
import { createTidingsApp } from 'tidings-client/app';
const tidings: Tidings = await openTidings({ url: '/', token: 'a token', device: 'd', storedAs: 'p' });
const { data } = await tidings.read.GET('/v1/me/feed', { params: { query: { limit: 20 } } });
const next: string | null | undefined = data?.next;
// @ts-expect-error there is no such path
await tidings.read.GET('/v1/me/feeds', {});
export const all = [next, createTidingsApp];
`,
  );
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck', '--types', ''];
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags, consumer], {
    encoding: 'utf8',
    cwd: folder.path,
  });
  t.is(status, 0, stdout);
});
