/** The role event-store as an operator starts and stops it. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';

const STOP_MS_MAX = 5_000;
const ALONE = ['--role', 'event-store'];

test.serial('stops within 5 seconds with 0 though a client has connected and says nothing', async (t) => {
  await using folder = await temporaryFolder();
  await using store = await startTidingsProcess(folder.path, { TIDINGS_EVENT_STORE_PORT: '0' }, ALONE);
  const url = String(store.lines.find(({ role }) => role === 'event-store')?.['url']);
  const silent = connect(Number(new URL(url.replace(/^esdb:/, 'http:')).port), '127.0.0.1');
  silent.on('error', () => {}).resume();
  await once(silent, 'connect');
  const startedMs = performance.now();
  t.is(await store.stop('SIGTERM'), 0);
  t.true(performance.now() - startedMs < STOP_MS_MAX);
});

test.serial('advertises the configured address, and its certificate is valid for it', async (t) => {
  await using folder = await temporaryFolder();
  const settings = { TIDINGS_EVENT_STORE_PORT: '0', TIDINGS_EVENT_STORE_ADVERTISED_URL: 'esdb://store.example.org:2113' };
  await using _ = await startTidingsProcess(folder.path, settings, ALONE);
  const certificate = new X509Certificate(await readFile(join(folder.path, 'event-store.pem')));
  t.is(certificate.checkHost('store.example.org'), 'store.example.org');
});
