import test from 'ava';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { findViolations, nothingAcknowledged, recordAcknowledgement } from './acknowledged.ts';
import { runAndKill } from './run-writer.ts';

const ROUNDS = 20;
const LOAD_MS_MAX = 250; // a process is killed within this time of its first append

test('a log whose process is killed with -9 under load, again and again, loses, repeats and reorders nothing', async (t) => {
  t.timeout(240_000);
  const root = temporaryFolder(t);
  const [folder, report] = [join(root, 'log'), join(root, 'report')];
  let written = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await runAndKill({ folder, report, loadMs: Math.random() * LOAD_MS_MAX });
    const acknowledged = nothingAcknowledged();
    for (const line of readFileSync(report, 'utf8').split('\n')) recordAcknowledgement(acknowledged, line);
    await using store = await openEventStore(folder); // the lock of the killed process is gone
    t.deepEqual(await findViolations(store, acknowledged), [], `round ${round}`);
    await store.verify();
    written = store.head() ?? 0;
  }
  t.true(written > 1_000, 'too little was written to show anything');
});
