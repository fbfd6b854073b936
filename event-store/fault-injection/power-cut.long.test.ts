import test, { type ExecutionContext } from 'ava';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../test-fixture.ts';
import { isEventStoreError } from '../errors.ts';
import { openEventStore } from '../open.ts';
import { ReplayedDisk, readIoJournal } from './disk-replay.ts';
import { compileIoRecorder, whyNoIoRecorder } from './io-recorder.ts';
import { findViolations, nothingAcknowledged, recordAcknowledgement } from './acknowledged.ts';
import { runAndKill } from './run-writer.ts';

const LOAD_MS = 1_000;
const CUTS = 60; // moments of one run at which the power fails and the store is opened again

const reason = whyNoIoRecorder();
const powerTest = reason === undefined ? test.serial : test.serial.skip;
const skipped = reason === undefined ? '' : ` (skipped: ${reason})`;

powerTest(`after a power cut at any moment nothing is missing that was acknowledged or seen by a subscriber${skipped}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'sync', () => false);
  t.deepEqual(
    cuts.filter(({ violations }) => violations.length > 0),
    [],
  );
  t.true(cuts.at(-1)!.acknowledged > 100, 'the run was too short to show anything');
});

powerTest(`after a power cut that keeps a part of the unflushed pages nothing is missing either${skipped}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'sync', () => Math.random() < 0.5);
  t.deepEqual(
    cuts.filter(({ violations }) => violations.length > 0),
    [],
  );
});

powerTest(`a store opened with noSync loses acknowledged events, so this test can detect a loss${skipped}`, async (t) => {
  t.timeout(240_000);
  const cuts = await cutPower(t, 'noSync', () => false);
  t.true(cuts.some(({ violations }) => violations.some((fault) => fault.includes('was acknowledged up to'))));
});

type Cut = { readonly moment: number; readonly acknowledged: number; readonly violations: readonly string[] };

async function cutPower(t: ExecutionContext, mode: 'sync' | 'noSync', survives: () => boolean): Promise<Cut[]> {
  const root = temporaryFolder(t);
  const journal = join(root, 'journal');
  const report = join(root, 'report');
  const env = { LD_PRELOAD: compileIoRecorder(root), POWER_CUT_JOURNAL: journal, POWER_CUT_REPORT: report };
  await runAndKill({ folder: join(root, 'log'), report, loadMs: LOAD_MS, mode, env });
  const entries = readIoJournal(journal);
  const ready = entries.findIndex((entry) => entry.kind === 'report' && entry.text === 'ready\n');
  t.true(ready >= 0, 'the writer was not ready in time');
  const moments = new Set(Array.from({ length: CUTS }, () => ready + 1 + Math.floor(Math.random() * (entries.length - ready - 1)))).add(entries.length - 1);

  const disk = new ReplayedDisk();
  const acknowledged = nothingAcknowledged();
  const cuts: Cut[] = [];
  for (const [moment, entry] of entries.entries()) {
    disk.feed(entry);
    if (entry.kind === 'report') recordAcknowledgement(acknowledged, entry.text.trimEnd());
    if (!moments.has(moment)) continue;
    const folder = join(root, `cut-${moment}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'current'), 'log-1.mdb\n');
    writeFileSync(join(folder, 'log-1.mdb'), disk.image(survives));
    cuts.push({ moment, acknowledged: acknowledged.seen, violations: await violationsAfter(folder, acknowledged) });
  }
  return cuts;
}

async function violationsAfter(folder: string, acknowledged: ReturnType<typeof nothingAcknowledged>): Promise<string[]> {
  try {
    await using store = await openEventStore(folder);
    const violations = await findViolations(store, acknowledged);
    await store.verify();
    return violations;
  } catch (error) {
    if (isEventStoreError(error)) return [error.message];
    throw error;
  }
}
