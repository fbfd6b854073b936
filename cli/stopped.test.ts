/** The command line on a folder that no process has open. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';
import { parsed, runCli, signUp, startCli, waitUntil } from './test-fixture.ts';

const STRANGER = '0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c';

test('opens the folder if no process runs, and closes it again', async (t) => {
  await using folder = await temporaryFolder();
  await givenStopped(folder.path);
  const projections = parsed(await runCli(folder.path, 'projections', 'list', '--json'));
  t.true(projections.every(({ state, active }) => state === 'stopped' && active === true));
  t.true(['posts', 'feed-fan-out'].every((wanted) => projections.some(({ name }) => name === wanted)));
  const [post] = parsed(await runCli(folder.path, 'log', 'read', '--types', 'feed.*', '--reveal', '--json', '--reason', 'a test'));
  t.like(post, { data: { text: 'Before the night.' } });
  t.is((await runCli(folder.path, 'projections', 'rebuild', 'posts')).code, 0);
  t.is((await runCli(folder.path, 'store', 'verify')).code, 0);
  t.is((await runCli(folder.path, 'deliveries', '--person', STRANGER)).code, 0);
  t.is((await runCli(folder.path, 'explain-push', STRANGER, STRANGER)).code, 0);
  t.like(
    parsed(await runCli(folder.path, 'projections', 'list', '--json')).find((line) => line['name'] === 'posts' && line['active'] === true),
    { build: 1 },
  );
  t.false(existsSync(join(folder.path, 'control.sock')));
  await using _again = await startTidingsForTest(folder.path);
});

test('verifies and scavenges a folder of the role event-store alone, and answers nothing else there', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using store = await startTidingsProcess(folder.path, { TIDINGS_EVENT_STORE_PORT: '0' }, ['--role', 'event-store']);
    await store.stop('SIGTERM');
  }
  const verified = await runCli(folder.path, 'store', 'verify', '--json');
  t.is(verified.code, 0, verified.err);
  t.is((await runCli(folder.path, 'store', 'scavenge')).code, 0);
  t.not((await runCli(folder.path, 'projections', 'list')).code, 0);
  t.false(existsSync(join(folder.path, 'vault.sqlite')));
});

test('refuses to follow the log or to set the outbox’s behaviour without a running process', async (t) => {
  await using folder = await temporaryFolder();
  await givenStopped(folder.path);
  for (const args of [
    ['log', 'tail'],
    ['outbox', 'behave', '--channel', 'push', '--does', 'hang'],
  ]) {
    const { code, err } = await runCli(folder.path, ...args);
    t.is(code, 3);
    t.regex(err, /No Tidings runs on .*, and this needs one/);
  }
});

test('a socket of a killed process hinders neither the command line nor the next process', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using tidings = await startTidingsProcess(folder.path);
    await signUp(tidings.addresses);
    await tidings.stop('SIGKILL');
  }
  t.true(existsSync(join(folder.path, 'control.sock')));
  t.is((await runCli(folder.path, 'projections', 'list')).code, 0);
  await using killed = await startTidingsProcess(folder.path);
  await killed.stop('SIGKILL');
  await using _again = await startTidingsProcess(folder.path);
  t.is((await runCli(folder.path, 'log', 'read', '--limit', '1')).code, 0);
});

test('reaches a process on a folder with a path too long for a socket', async (t) => {
  await using folder = await temporaryFolder();
  const deep = join(folder.path, 'a-folder-with-a-long-name'.repeat(6));
  await using tidings = await startTidingsForTest(deep);
  await (await signUp(tidings.addresses)).post('From deep within.');
  t.false(existsSync(join(deep, 'control.sock')));
  const { code, out } = await runCli(deep, 'log', 'read', '--types', 'feed.*', '--json', '--reveal', '--reason', 'a test');
  t.is(code, 0);
  t.like(parsed({ out })[0], { data: { text: 'From deep within.' } });
});

test('following the log exits with 3 when the process stops', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  const ann = await signUp(tidings.addresses);
  const tail = startCli(folder.path, ['log', 'tail', '--json']);
  await waitUntil(async () => {
    await ann.post('Is it on?');
    return tail.out.length > 0;
  });
  t.is(await tidings.stop('SIGTERM'), 0);
  const { code, err } = await tail.ended;
  t.is(code, 3);
  t.regex(err, /The process stopped/);
});

async function givenStopped(folder: string): Promise<void> {
  await using tidings = await startTidingsForTest(folder);
  await (await signUp(tidings.addresses)).post('Before the night.');
}
