/** The command line on a folder that no process has open, or none any more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';
import { parsed, runCli, signUp, startCli, waitUntil } from './test-fixture.ts';

const STRANGER = '0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c';

test('opens the folder itself where no process runs, and leaves it free', async (t) => {
  await using folder = await temporaryFolder();
  await givenStopped(folder.path);
  const projections = parsed(await runCli(folder.path, 'projections', 'list', '--json'));
  t.true(projections.every(({ state, active }) => state === 'stopped' && active === true));
  t.true(['posts', 'feed-fan-out'].every((wanted) => projections.some(({ name }) => name === wanted)));
  const [post] = parsed(await runCli(folder.path, 'log', 'read', '--types', 'feed.*', '--reveal', '--json'));
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

test('does not follow the log where none writes to it, nor tell an outbox that nobody fills', async (t) => {
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

test('a socket that a killed process left is no hindrance, neither to the command line nor to the next process', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using house = await startTidingsProcess(folder.path);
    await signUp(house.addresses);
    await house.stop('SIGKILL');
  }
  t.true(existsSync(join(folder.path, 'control.sock')));
  t.is((await runCli(folder.path, 'projections', 'list')).code, 0);
  await using killed = await startTidingsProcess(folder.path);
  await killed.stop('SIGKILL');
  await using _again = await startTidingsProcess(folder.path);
  t.is((await runCli(folder.path, 'log', 'read', '--limit', '1')).code, 0);
});

test('a folder whose name is too long for a socket is reached all the same', async (t) => {
  await using folder = await temporaryFolder();
  const deep = join(folder.path, 'a-folder-with-a-long-name'.repeat(6));
  await using house = await startTidingsForTest(deep);
  await (await signUp(house.addresses)).post('From deep within.');
  t.false(existsSync(join(deep, 'control.sock')));
  const { code, out } = await runCli(deep, 'log', 'read', '--types', 'feed.*', '--json', '--reveal');
  t.is(code, 0);
  t.like(parsed({ out })[0], { data: { text: 'From deep within.' } });
});

test('following the log ends with 3 when the process stops', async (t) => {
  await using folder = await temporaryFolder();
  await using house = await startTidingsProcess(folder.path);
  const ann = await signUp(house.addresses);
  const tail = startCli(folder.path, ['log', 'tail', '--json']);
  await waitUntil(async () => {
    await ann.post('Is it on?');
    return tail.out.length > 0;
  });
  t.is(await house.stop('SIGTERM'), 0);
  const { code, err } = await tail.ended;
  t.is(code, 3);
  t.regex(err, /The process stopped/);
});

async function givenStopped(folder: string): Promise<void> {
  await using house = await startTidingsForTest(folder);
  await (await signUp(house.addresses)).post('Before the night.');
}
