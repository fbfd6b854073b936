/** Backup and restore, killed by kill -9 in their middle: the command line, the system, the restore; each goes on, and nothing is missing. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import test from 'ava';
import { parsed, runCli, signUp, startCli, waitUntil } from '../../cli/test-fixture.ts';
import { openEventStore } from '../../event-store/open.ts';
import { EVENT_WORDS } from '../../ports/event-log/words.ts';
import { startTidingsForTest, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';

const FILLED = 6_000;
const FILLED_AT_ONCE = 200;
const FILLED_CHARACTERS = 1_500;
const RESTORES_KILLED = 4;

/** So that there is a middle. Nothing reads these events. */
async function fill(data: string): Promise<void> {
  await using store = await openEventStore(join(data, 'events'), { words: EVENT_WORDS });
  for (let done = 0; done < FILLED; done += FILLED_AT_ONCE) {
    const events = Array.from({ length: FILLED_AT_ONCE }, () => ({
      id: v7(),
      type: 'filled',
      data: Buffer.from(JSON.stringify({ text: Buffer.from(crypto.getRandomValues(new Uint8Array(FILLED_CHARACTERS))).toString('base64') })),
      metadata: Buffer.from('{}'),
    }));
    await store.append(`filler-${done}`, events, 'no-stream');
  }
}

async function eventsOf(data: string): Promise<readonly string[]> {
  await using store = await openEventStore(join(data, 'events'), { words: EVENT_WORDS });
  return (await Array.fromAsync(store.readAll())).map(({ position, stream, revision, id }) => `${position} ${stream} ${revision} ${id}`);
}

const begunIn = (backup: string) => existsSync(join(backup, 'log')) && readdirSync(join(backup, 'log')).some((name) => name.endsWith('.arriving'));

test('killed in its middle, a backup and a restore go on, and the restored log is the one that was backed up', async (t) => {
  t.timeout(400_000);
  await using folder = await temporaryFolder();
  const [data, backup, elsewhere] = ['data', 'backup', 'elsewhere'].map((name) => join(folder.path, name)) as [string, string, string];
  {
    await using tidings = await startTidingsForTest(data);
    await (await signUp(tidings.addresses)).post('a text');
  }
  await fill(data);

  const slowly = ['backup', backup, '--megabytes-per-second', '1'];
  for (const killed of ['the command line', 'the system'] as const) {
    await using tidings = await startTidingsProcess(data);
    const running = startCli(data, slowly);
    await waitUntil(() => begunIn(backup));
    if (killed === 'the system') {
      await tidings.stop('SIGKILL');
      t.is((await running.ended).code, 3, killed);
    } else {
      running.kill('SIGKILL');
      await running.ended;
      // The process notices that nobody listens, and gives the folder back.
      await waitUntil(() => !begunIn(backup));
    }
    t.regex((await runCli(data, 'restore', backup, '--reason', 'a test')).err, /has no backup|No run has ended/, killed);
  }
  {
    await using _tidings = await startTidingsProcess(data);
    const result = await runCli(data, 'backup', backup, '--json');
    t.is(result.code, 0, result.err);
    t.true(Number(parsed(result)[0]?.['events']) > FILLED);
  }
  t.is((await runCli(data, 'backup', backup, '--verify')).code, 0);

  const restore = ['restore', backup, '--reason', 'a test', '--json'];
  let killed = 0;
  for (let turn = 0; turn < RESTORES_KILLED; turn++) {
    const running = startCli(elsewhere, restore);
    await waitUntil(() => existsSync(join(elsewhere, 'restoring.json')) || running.hasEnded());
    await delay(turn * 150);
    running.kill('SIGKILL');
    if ((await running.ended).code !== 0) killed += 1;
    else break;
  }
  t.true(killed > 0, 'no restore was killed');
  if (existsSync(join(elsewhere, 'restoring.json'))) t.is((await runCli(elsewhere, ...restore)).code, 0);
  const [before, after] = [await eventsOf(data), await eventsOf(elsewhere)];
  const known = new Set(after);
  // What the system wrote after the backup has ended is not in it: checkpoints, and no more.
  t.deepEqual(
    before.filter((event) => !known.has(event) && !event.includes('checkpoint-')),
    [],
  );
  t.true(after.length > FILLED);
  t.is(after.filter((event) => event.includes(' restores-log ')).length, 1, 'one restore, one epoch');
  await using _restored = await startTidingsForTest(elsewhere);
});
