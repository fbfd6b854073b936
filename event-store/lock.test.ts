import test, { type ExecutionContext } from 'ava';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { events, temporaryFolder } from './test-fixture.ts';
import { openEventStore } from './open.ts';

/** Opens the store and keeps it open, or prints why it can't. */
const OPENER = `
  const { openEventStore } = await import(${JSON.stringify(join(import.meta.dirname, 'open.ts'))});
  try { globalThis.store = await openEventStore(process.argv[1]); console.log('opened'); setInterval(() => {}, 1000); }
  catch (error) { console.log(error.code); }
`;

async function opener(t: ExecutionContext, folder: string): Promise<{ readonly process: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OPENER, folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  t.teardown(() => child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, said: said.toString().trim() };
}

test('opening a folder that is open fails, in the same process and in another', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    const error = await t.throwsAsync(openEventStore(folder), { code: 'store-locked' });
    t.regex(error.message, new RegExp(`already open, by process ${process.pid}`));
    t.is((await opener(t, folder)).said, 'store-locked');
    t.is((await store.append('a', events(1), 'any')).outcome, 'appended', 'being asked does the holder no harm');
  }
  t.is((await opener(t, folder)).said, 'opened');
});

test('the lock of a process ends when it is killed with -9', async (t) => {
  const folder = temporaryFolder(t);
  const holder = await opener(t, folder);
  await t.throwsAsync(openEventStore(folder), { code: 'store-locked' });
  const gone = once(holder.process, 'exit');
  holder.process.kill('SIGKILL');
  await gone;
  await using store = await openEventStore(folder);
  t.is(store.head(), undefined);
});

test('of processes that race for a folder exactly one opens it', async (t) => {
  for (let round = 0; round < 3; round++) {
    const folder = join(temporaryFolder(t), 'log');
    mkdirSync(folder);
    const said = (await Promise.all(Array.from({ length: 4 }, () => opener(t, folder)))).map((racer) => racer.said);
    t.deepEqual(said.toSorted(), ['opened', 'store-locked', 'store-locked', 'store-locked']);
  }
});
