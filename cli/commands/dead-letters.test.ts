import { randomUUID } from 'node:crypto';
import test from 'ava';
import { posts } from '../../projections/read-models/posts.ts';
import { startTidingsForTest, temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCli, waitUntil } from '../test-fixture.ts';

const STREAM = 'post-of-nobody';
const RUNNER = `posts@${posts.version}`;

test('lists, retries and skips an event that a projection can’t apply', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const garbage = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
  t.like(await tidings.adapters.log.append(STREAM, [garbage], 'no-stream'), { outcome: 'appended' });
  const letters = async (...args: readonly string[]) => parsed(await runCli(folder.path, 'dead-letters', 'list', '--json', ...args));
  await waitUntil(async () => (await letters('--projection', 'posts')).length > 0);
  t.like((await letters('--projection', 'posts'))[0], { projection: 'posts', runner: RUNNER, stream: STREAM, revision: 0, waiting: 0 });

  const retried = await runCli(folder.path, 'dead-letters', 'retry', 'posts', STREAM, '--json');
  t.is(retried.code, 1);
  t.like(parsed(retried)[0], { projection: 'posts', stream: STREAM, revision: 0, outcome: 'failed-again' });
  t.regex(retried.err, /1 still waits/);

  t.regex((await runCli(folder.path, 'dead-letters', 'skip', 'posts', '--all')).err, /with --reason/, 'what is skipped is lost');
  const skipped = await runCli(folder.path, 'dead-letters', 'skip', 'posts', '--all', '--reason', 'a test');
  t.is(skipped.code, 0);
  t.deepEqual(skipped.out, [`${RUNNER} ${STREAM}@0: resolved, and all that waited behind it.`]);
  t.deepEqual(await letters('--projection', 'posts'), []);
});

test('a request without a running process is in the log, and a reactor acts on it when it runs again', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using tidings = await startTidingsForTest(folder.path);
    const garbage = { id: randomUUID(), type: 'feed.post-published.v1', data: Buffer.from('{'), metadata: Buffer.from('{}') };
    await tidings.adapters.log.append(STREAM, [garbage], 'no-stream');
    await waitUntil(async () => (await runCli(folder.path, 'dead-letters', 'list', '--projection', 'feed-fan-out', '--json')).out.length > 0);
  }
  const ofProjector = await runCli(folder.path, 'dead-letters', 'skip', 'posts', STREAM, '--json', '--reason', 'a test');
  t.like(parsed(ofProjector)[0], { outcome: 'resolved' });
  const ofReactor = await runCli(folder.path, 'dead-letters', 'skip', 'feed-fan-out', STREAM, '--json', '--reason', 'a test');
  t.is(ofReactor.code, 0);
  t.like(parsed(ofReactor)[0], { outcome: 'requested' });
  await using _tidings = await startTidingsForTest(folder.path);
  await waitUntil(async () => (await runCli(folder.path, 'dead-letters', 'list', '--projection', 'feed-fan-out', '--json')).out.length === 0);
});
