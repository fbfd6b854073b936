/** Long operations at Ctrl-C, and when the process stops. */
import test from 'ava';
import { startControlServer } from '../app/control/server.ts';
import type { ControlOperations } from '../app/control/protocol.ts';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { startCli } from './test-fixture.ts';

test('Ctrl-C cancels a rebuild in the process that runs it, and exits with 130', async (t) => {
  await using folder = await temporaryFolder();
  const { operations, begun, cancelled } = endlessRebuild();
  await using _control = await startControlServer(operations, { folder: folder.path });
  const rebuilding = startCli(folder.path, ['projections', 'rebuild', 'inbox']);
  await begun;
  rebuilding.kill('SIGINT');
  await cancelled;
  const { code, err, out } = await rebuilding.ended;
  t.is(code, 130);
  t.is(err, 'Interrupted.\n');
  t.deepEqual(out, []);
});

test('a rebuild that the stopping process cancels exits with 1 and says so', async (t) => {
  await using folder = await temporaryFolder();
  const { operations, begun } = endlessRebuild();
  const control = await startControlServer(operations, { folder: folder.path });
  const rebuilding = startCli(folder.path, ['projections', 'rebuild', 'inbox']);
  await begun;
  await control[Symbol.asyncDispose]();
  const { code, err } = await rebuilding.ended;
  t.is(code, 1);
  t.regex(err, /The rebuild of inbox was cancelled; nothing has changed/);
});

function endlessRebuild(): { readonly operations: ControlOperations; readonly begun: Promise<void>; readonly cancelled: Promise<void> } {
  const begun = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const operations: ControlOperations = {
    'rebuild-projection': async function* (_request, signal) {
      yield { is: 'progress', runner: 'inbox@1.1', state: 'catching-up', lagEvents: 5, logEvents: 10 };
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      cancelled.resolve();
      yield { is: 'result', outcome: 'cancelled' };
    },
  };
  return { operations, begun: begun.promise, cancelled: cancelled.promise };
}
