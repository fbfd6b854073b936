import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runCli } from './test-fixture.ts';

const COMMANDS = [
  'log read',
  'log tail',
  'log export',
  'log set-aside',
  'sql',
  'state',
  'view',
  'replay',
  'projections diff',
  'projections list',
  'projections rebuild',
  'dead-letters list',
  'dead-letters retry',
  'dead-letters skip',
  'retention',
  'store scavenge',
  'store verify',
  'backup',
  'restore',
  'migrate',
  'outbox list',
  'outbox behave',
  'deliveries',
  'funnel',
  'queues',
  'lists list',
  'lists import',
  'lists campaigns',
  'lists pause',
  'lists resume',
  'lists cancel',
  'schedules list',
  'schedules occurrences',
  'schedules preview',
  'schedules pause',
  'schedules resume',
  'schedules cancel',
  'webhooks list',
  'webhooks replay',
  'senders list',
  'senders check',
  'routing show',
  'routing set',
  'routing plug-out',
  'routing plug-in',
  'explain-push',
  'import people',
  'import mastodon',
  'import follows',
  'operators add',
  'operators list',
  'operators role',
  'operators rotate',
  'operators remove',
  'audit',
  'trace',
  'completion',
];

test('the help of every command has an example', async (t) => {
  for (const command of COMMANDS) {
    const { code, out } = await runCli('nowhere', ...command.split(' '), '--help');
    t.is(code, 0, command);
    t.regex(out.join('\n'), new RegExp(`Example[s]?:\\n +\\$ .*npx tidings ${command}`), command);
  }
});

test('the help of the program names every command or its group', async (t) => {
  const { code, out } = await runCli('nowhere', '--help');
  t.is(code, 0);
  for (const group of new Set(COMMANDS.map((command) => command.split(' ')[0]))) t.regex(out.join('\n'), new RegExp(`^ {2}${group} `, 'm'));
});

const WRONG: readonly (readonly [args: string, says: RegExp])[] = [
  ['nonsense', /unknown command 'nonsense'/],
  ['log nonsense', /unknown command 'nonsense'/],
  ['log read --nonsense', /unknown option '--nonsense'/],
  ['log read --limit 0', /at least 1/],
  ['log read --limit many', /whole number/],
  ['log read --from there', /revision such as 12, or a position/],
  ['log read --from 3', /Without --stream, --from takes a position/],
  ['log read --stream channel-7 --from 0.3', /With --stream, --from takes a revision/],
  ['log read --backwards --from 0.3', /cannot be used with option '--from/],
  ['log read --types chat.nonsense', /No event type is called so/],
  ['log export', /required option '--out <file>' not specified/],
  ['projections rebuild', /missing required argument 'name'/],
  ['dead-letters retry', /missing required argument 'projection'/],
  ['dead-letters retry inbox', /Name a stream, or say --all/],
  ['dead-letters skip inbox channel-7 --all', /Name a stream, or say --all/],
  ['outbox behave --channel fax --does hang', /Allowed choices are push, sms, email/],
  ['outbox behave --channel push --does accept-slowly', /This needs --latency-ms/],
  ['outbox behave --channel push --does hang --chance 2', /number from 0 to 1/],
  ['deliveries --status lost', /Allowed choices are planned, deferred/],
  ['deliveries --app shop', /id of an app/],
  ['deliveries --from yesterday', /day such as 2026-11-29/],
  ['funnel --by recipient', /Allowed choices are day, source, category, template, channel/],
  ['funnel --until 2026-02-30', /day such as 2026-11-29/],
  ['funnel --template receipt', /id of a template/],
  ['funnel --source chat --app 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a10', /an app or a source, and not both/],
  ['queues --over 0', /at least 1/],
  ['lists import', /missing required argument 'list'/],
  ['lists import crew ids.txt', /id of a list/],
  ['lists pause crew', /id of a notification/],
  ['webhooks list --status lost', /Allowed choices are queued, sent, dead/],
  ['webhooks replay', /Name a message or an app, or say --all/],
  ['webhooks replay c56a4180-65aa-42ec-a945-5fd21dec0538 --all', /Name a message or an app, or say --all/],
  ['deliveries --person ann', /id of a person/],
  ['explain-push', /missing required argument 'person'/],
  ['explain-push 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a10 harbour', /id of a channel/],
  ['explain-push 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a10 2f1b6a52-53f5-5a0e-9c51-0d7f4f4b9a11 newest', /whole number/],
  ['import mastodon archive.zip', /required option '--as <login name>' not specified/],
  ['operators add ann', /required option '--role <role>' not specified/],
  ['operators add ann --role king', /Allowed choices are viewer, support, moderator, admin/],
  ['audit --day yesterday', /day such as 2026-11-29/],
  ['log set-aside 4711', /Say with --reason/],
  ['schedules pause daily', /id of a schedule/],
  ['schedules preview FREQ=DAILY --zone UTC', /required option '--start <time>' not specified/],
  ['schedules preview FREQ=DAILY --start today --zone UTC', /date and a time/],
  ['completion powershell', /Allowed choices are bash, zsh, fish/],
];

test('wrong arguments end with 2 and a sentence that says what is wrong', async (t) => {
  for (const [args, says] of WRONG) {
    const { code, err, out } = await runCli('nowhere', ...args.split(' '));
    t.is(code, 2, args);
    t.regex(err, says, args);
    t.deepEqual(out, [], args);
  }
});

test('a folder that is no data folder ends with 3, and stays as it was', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-none-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const inside = join(folder, 'data');
  const { code, err } = await runCli(inside, 'projections', 'list');
  t.is(code, 3);
  t.regex(err, /is no data folder of Tidings/);
  await t.throwsAsync(rm(inside), { code: 'ENOENT' });
});

test('prints its version', async (t) => {
  const { code, out } = await runCli('nowhere', '--version');
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { readonly version: string };
  t.is(code, 0);
  t.deepEqual(out, [manifest.version]);
});
