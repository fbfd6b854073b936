/** The log goes away under a running process, and comes back: readiness and metrics tell it, on every listener that needs the log. */
import test from 'ava';
import { startTidingsForTest, startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { TEST_TIMEOUT_MS, waitUntil } from './system-under-test.ts';

const STORE = { TIDINGS_EVENT_STORE_TLS: 'insecure' };

const addressOf = ({ lines }: TidingsProcess, wanted: string) => String(lines.find(({ role }) => role === wanted)?.['url']);

async function readiness(url: string) {
  const response = await fetch(`${url}/health/ready`);
  const { checks } = (await response.json()) as { readonly checks: readonly { readonly name: string; readonly status: string; readonly reason?: string }[] };
  return { status: response.status, checks: Object.fromEntries(checks.map((check) => [check.name, check])) };
}

test('a process of the event store alone has health and metrics, and a process without its log says so', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using storeFolder = await temporaryFolder();
  await using store = await startTidingsProcess(storeFolder.path, { ...STORE, TIDINGS_EVENT_STORE_PORT: '0' }, ['--role', 'event-store']);
  const connectionString = addressOf(store, 'event-store');
  t.is((await readiness(addressOf(store, 'operations'))).status, 200);
  t.regex(await (await fetch(`${addressOf(store, 'operations')}/metrics`)).text(), /^tidings_health\{check="log"\} 1$/m);

  await using tidings = await startTidingsForTest(folder.path, { TIDINGS_EVENTSTORE_URLS: connectionString });
  const { write, read, ops } = tidings.addresses;
  const gateway = (tidings.urls.gateway ?? '').replace(/^ws/, 'http');
  for (const url of [write, read, gateway, ops]) await waitUntil(`${url} is ready`, async () => (await readiness(url)).status === 200);
  for (const url of [write, read, gateway]) t.is((await fetch(`${url}/metrics`)).status, 404, url);

  await store.stop('SIGKILL');
  await waitUntil('the log is away', async () => (await readiness(write)).status === 503);
  t.is((await readiness(gateway)).status, 503);
  const told = await readiness(ops);
  t.is(told.checks['log']?.status, 'failed');
  t.not(told.checks['log']?.reason, undefined);
  t.is((await readiness(write)).checks['log']?.reason, undefined, 'clients are not told why');
  t.is(told.checks['vault']?.status, 'ok');
  const metrics = await fetch(`${ops}/metrics`);
  t.is(metrics.status, 200);
  t.regex(await metrics.text(), /^tidings_health\{check="log"\} 0$/m);

  const { port } = new URL(connectionString.replace(/^esdb:/, 'http:'));
  await using _again = await startTidingsProcess(storeFolder.path, { ...STORE, TIDINGS_EVENT_STORE_PORT: port }, ['--role', 'event-store']);
  await waitUntil('the log is back', async () => (await readiness(write)).status === 200);
});
