/** A schedule of an app, as an operator sees it, pauses it and ends it. */
import test from 'ava';
import { callApi } from '../../tests/client/call-api.ts';
import { signRequest } from '../../tests/client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCli, waitUntil } from '../test-fixture.ts';

const NOBODY = '2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsProcess(folder));

const post = async (path: string, headers: Readonly<Record<string, string>>, body: object) =>
  (await callApi(async () => tidings.addresses.write, path, { method: 'POST', headers, body })).body as Readonly<Record<string, string>>;
const { id: app = '', secret = '' } = await post('/v1/apps', { authorization: `Bearer ${ADMIN_TOKEN}` }, { name: 'Shop' });
const asApp = (path: string, body: object) => post(path, signRequest({ id: app, secret }, 'POST', path, { body }), body);
const start = '2030-01-01T09:00:00';
const { id: list = '' } = await asApp('/v1/lists', { name: 'Crew' });
const { id: schedule = '' } = await asApp('/v1/schedules', {
  rule: 'FREQ=DAILY',
  start,
  zone: 'Europe/Berlin',
  notification: { list, category: 'pills', content: { body: 'Two' } },
});

test.after.always(() => stack.disposeAsync());

const schedules = async () => parsed(await runCli(folder, 'schedules', 'list', '--app', app, '--json'));

test.serial('a schedule is listed with what comes next, paused, resumed and cancelled', async (t) => {
  await waitUntil(async () => (await schedules()).length === 1);
  const next = { local: start, at: '2030-01-01T08:00:00.000Z' };
  t.like((await schedules())[0], { schedule, app, status: 'active', recipientCount: null, next, requested: 0 });
  t.regex((await runCli(folder, 'schedules')).out[0] ?? '', /^SCHEDULE +STATUS +NEXT +RULE +ZONE +REQUESTED +SKIPPED +APP$/);
  for (const [to, status] of [
    ['pause', 'paused'],
    ['resume', 'active'],
    ['cancel', 'cancelled'],
  ] as const) {
    t.deepEqual((await runCli(folder, 'schedules', to, schedule)).out, ['Done.']);
    await waitUntil(async () => (await schedules())[0]?.['status'] === status);
  }
  t.deepEqual((await runCli(folder, 'schedules', 'cancel', schedule)).out, ['It was so already.']);
  t.regex((await runCli(folder, 'schedules', 'resume', schedule)).err, /The schedule is over/);
  t.regex((await runCli(folder, 'schedules', 'pause', NOBODY)).err, /no such schedule/);
  t.deepEqual(parsed(await runCli(folder, 'schedules', 'occurrences', schedule, '--json')), []);
});

test.serial('a preview tells when a rule comes round, and what is wrong with it', async (t) => {
  const preview = (...args: readonly string[]) => runCli(folder, 'schedules', 'preview', ...args, '--start', '2030-03-30T02:30', '--json');
  t.deepEqual(parsed(await preview('FREQ=DAILY', '--zone', 'Europe/Berlin', '--limit', '2')), [
    { local: '2030-03-30T02:30:00', at: '2030-03-30T01:30:00.000Z' },
    { local: '2030-03-31T02:30:00', at: '2030-03-31T01:30:00.000Z' }, // clocks show 03:30
  ]);
  t.regex((await preview('FREQ=HOURLY', '--zone', 'Europe/Berlin')).err, /FREQ=HOURLY is none of DAILY/);
  t.regex((await preview('FREQ=DAILY', '--zone', 'W. Europe Standard Time')).err, /not an IANA time zone/);
});
