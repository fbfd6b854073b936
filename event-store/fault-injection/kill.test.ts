import test from 'ava';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { violations, nothingAcknowledged, recordAcknowledgement } from './acknowledged.ts';
import { runAndKill } from './run-writer.ts';

const ROUNDS = 20;
const LOAD_MS_MAX = 250; // a process is killed at some moment within so long of its first append

test('killed with -9 at any moment under load, again and again, the log loses, repeats and reorders nothing', async (t) => {
  t.timeout(240_000);
  const root = temporaryFolder(t);
  const [folder, witness] = [join(root, 'log'), join(root, 'witness')];
  let written = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await runAndKill({ folder, witness, loadMs: Math.random() * LOAD_MS_MAX });
    const promised = nothingAcknowledged();
    for (const line of readFileSync(witness, 'utf8').split('\n')) recordAcknowledgement(promised, line);
    await using store = await openEventStore(folder); // the lock of the dead is gone
    t.deepEqual(await violations(store, promised), [], `round ${round}`);
    await store.verify();
    written = store.head() ?? 0;
  }
  t.true(written > 1_000, 'too little was written to show anything');
});
