import test, { type ExecutionContext } from 'ava';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test-fixture.ts';
import { isEventStoreError } from '../errors.ts';
import { openEventStore } from '../open.ts';
import { ReplayedDisk, readIoJournal } from './disk-replay.ts';
import { compileIoRecorder, whyNoIoRecorder } from './io-recorder.ts';
import { violations, nothingAcknowledged, recordAcknowledgement } from './acknowledged.ts';
import { runAndKill } from './run-writer.ts';

const LOAD_MS = 1_000;
const CUTS = 60; // moments of one run at which the power goes, in each of which the store is opened again

const reason = whyNoIoRecorder();
const powerTest = reason === undefined ? test.serial : test.serial.skip;
const note = reason === undefined ? '' : ` (skipped: ${reason})`;

powerTest(`the power goes at any moment: nothing acknowledged and nothing seen by a subscriber is missing${note}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'sync', () => false);
  t.deepEqual(
    cuts.filter(({ faults }) => faults.length > 0),
    [],
  );
  t.true(cuts.at(-1)!.promised > 100, 'the run was too short to show anything');
});

powerTest(`the power goes and a part of what was not flushed is on the disk: nothing is missing either${note}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'sync', () => Math.random() < 0.5);
  t.deepEqual(
    cuts.filter(({ faults }) => faults.length > 0),
    [],
  );
});

powerTest(`a store opened with noSync loses what it acknowledged, so that this test can tell${note}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'noSync', () => false);
  t.true(cuts.some(({ faults }) => faults.some((fault) => fault.includes('was acknowledged up to'))));
});

type Cut = { readonly moment: number; readonly promised: number; readonly faults: readonly string[] };

async function cutPower(t: ExecutionContext, mode: 'sync' | 'noSync', survives: () => boolean): Promise<Cut[]> {
  const root = temporaryFolder(t);
  const journal = join(root, 'journal');
  const witness = join(root, 'witness');
  const env = { LD_PRELOAD: compileIoRecorder(root), POWER_CUT_JOURNAL: journal, POWER_CUT_WITNESS: witness };
  await runAndKill({ folder: join(root, 'log'), witness, loadMs: LOAD_MS, mode, env });
  const notes = readIoJournal(journal);
  const ready = notes.findIndex((entry) => entry.kind === 'witness' && entry.text === 'ready\n');
  t.true(ready >= 0, 'the writer was not ready in time');
  const moments = new Set(Array.from({ length: CUTS }, () => ready + 1 + Math.floor(Math.random() * (notes.length - ready - 1)))).add(notes.length - 1);

  const disk = new ReplayedDisk();
  const promised = nothingAcknowledged();
  const cuts: Cut[] = [];
  for (const [moment, entry] of notes.entries()) {
    disk.feed(entry);
    if (entry.kind === 'witness') recordAcknowledgement(promised, entry.text.trimEnd());
    if (!moments.has(moment)) continue;
    const folder = join(root, `cut-${moment}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'current'), 'log-1.mdb\n');
    writeFileSync(join(folder, 'log-1.mdb'), disk.image(survives));
    cuts.push({ moment, promised: promised.seen, faults: await faultsIn(folder, promised) });
  }
  return cuts;
}

async function faultsIn(folder: string, promised: ReturnType<typeof nothingAcknowledged>): Promise<string[]> {
  try {
    await using store = await openEventStore(folder);
    const faults = await violations(store, promised);
    await store.verify();
    return faults;
  } catch (error) {
    if (isEventStoreError(error)) return [error.message];
    throw error;
  }
}
