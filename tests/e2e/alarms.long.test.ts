/** What `docs/operating.md` tells an operator to watch says so when it happens: readiness, metrics and the lines of the log. */
import { join } from 'node:path';
import test from 'ava';
import { runCli, signUp } from '../../cli/test-fixture.ts';
import { startTidingsProcess, temporaryFolder, type TidingsProcess } from '../start-for-test.ts';
import { mountSmallDisk, whyNoSmallDisk } from './small-disk.ts';
import { TEST_TIMEOUT_MS, waitUntil } from './system-under-test.ts';

const DISK_MIB = 96;

type Check = { readonly name: string; readonly status: string; readonly reason?: string };

async function readinessOf(url: string) {
  const response = await fetch(`${url}/health/ready`);
  const { checks } = (await response.json()) as { readonly checks: readonly Check[] };
  return { status: response.status, failed: checks.filter(({ status }) => status !== 'ok') };
}

const metricOf = async ({ addresses }: TidingsProcess, line: string): Promise<number> => {
  const response = await fetch(`${addresses.ops}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  const found = (await response.text()).split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
};

const noDisk = whyNoSmallDisk();
const withDisk = noDisk === undefined ? test.serial : test.serial.skip;

withDisk(
  `a full disk under the log is told by readiness, metrics and the log, and is over when there is room${noDisk === undefined ? '' : ` (skipped: ${noDisk})`}`,
  async (t) => {
    t.timeout(TEST_TIMEOUT_MS);
    await using folder = await temporaryFolder();
    using disk = mountSmallDisk(folder.path, { mebibytes: DISK_MIB });
    await using tidings = await startTidingsProcess(join(disk.path, 'data'));
    const { write, ops } = tidings.addresses;
    const ann = await signUp(tidings.addresses);
    await ann.post('while there is room');
    await waitUntil('it is ready', async () => (await readinessOf(write)).status === 200);
    const failuresBefore = tidings.lines.filter(({ level }) => level === 'error').length;

    disk.fill();
    // The log writes into the room that its file has left, before it asks the disk for more.
    let refused = 0;
    await waitUntil('a write is refused', async () => {
      await ann.post('x'.repeat(5_000)).catch(() => refused++);
      return refused > 0;
    });
    await waitUntil('readiness tells of the disk', async () => {
      const { failed } = await readinessOf(ops);
      return failed.some(({ name, reason }) => name === 'disk' && reason !== undefined);
    });
    t.is((await readinessOf(write)).status, 503);
    t.true(
      (await readinessOf(write)).failed.every(({ reason }) => reason === undefined),
      'clients are not told why',
    );
    t.is(await metricOf(tidings, 'tidings_health{check="disk"}'), 0);
    t.true((await metricOf(tidings, 'tidings_failures_total{component="write-api"}')) > 0);
    const told = tidings.lines.filter(({ level }) => level === 'error').slice(failuresBefore);
    t.true(
      told.some(({ msg, error }) => msg === 'request failed' && error === 'the event store can’t write'),
      JSON.stringify(told.slice(0, 3)),
    );

    disk.makeRoom();
    await waitUntil('it is ready again', async () => (await readinessOf(write)).status === 200);
    t.not(await ann.post('when there is room again'), '');
    t.is(await metricOf(tidings, 'tidings_health{check="disk"}'), 1);
    t.is(await tidings.stop('SIGTERM'), 0);
  },
);

test.serial('a vendor that refuses our account is told at once by the log and the metrics, and so is its end', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  const { write } = tidings.addresses;
  const behave = async (does: string) => {
    const done = await runCli(folder.path, 'outbox', 'behave', '--channel', 'email', '--does', does);
    t.is(done.code, 0, done.err);
  };
  const operational = (event: string) => metricOf(tidings, `tidings_operational_events_total{component="workers",event="${event}"}`);
  const ann = await signUp(tidings.addresses);
  await behave('refuse-account');
  await ann.give('PUT', '/v1/me/contacts/email', { address: 'ann@example.org' });
  await waitUntil('the breaker opens', async () => (await operational('breaker-opened')) > 0);
  t.like(
    tidings.lines.find(({ msg }) => msg === 'circuit breaker opened'),
    { level: 'warn', vendor: 'outbox-email', because: 'account' },
  );
  t.is((await readinessOf(write)).status, 200, 'what needs no vendor goes on');
  await behave('accept');
  await waitUntil('the breaker closes', async () => (await operational('breaker-closed')) > 0);
  t.like(
    tidings.lines.find(({ msg }) => msg === 'circuit breaker closed'),
    { level: 'info', vendor: 'outbox-email' },
  );
  await waitUntil(
    'what waited is sent',
    async () => (await metricOf(tidings, 'tidings_delivery_attempt_seconds_count{channel="email",vendor="outbox-email",outcome="accepted"}')) > 0,
  );
});
