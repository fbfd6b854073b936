import test, { type ExecutionContext } from 'ava';
import { fstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { events, revisions, temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { withDiskFault, type DiskFault } from './disk-faults.ts';

const named = (folder: string): string => readFileSync(join(folder, 'current'), 'utf8').trim();
const dataFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mdb'));

test.serial('whatever call fails during compaction, the log continues in the current file or refuses writes, and loses nothing', async (t) => {
  for (const carriedOut of [false, true]) {
    const failed = new Set<string | undefined>();
    for (let at = 0; !failed.has(undefined); at++) failed.add(await compactWithFault(t, { isAt: (nth) => nth === at, carriedOut }));
    for (const call of ['writeSync', 'fsyncSync', 'renameSync', 'rmSync']) t.true(failed.has(call), call);
  }
});

const noFlush = process.platform === 'win32' ? ' (skipped: folders can’t be flushed there)' : '';
const flushed = noFlush === '' ? test.serial : test.serial.skip;

flushed(`the old file is kept until the folder is flushed${noFlush}`, async (t) => {
  const folder = temporaryFolder(t);
  const atFolder: DiskFault = { isAt: (_nth, call, [file]) => call === 'fsyncSync' && fstatSync(file as number).isDirectory(), carriedOut: false };
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(3), 'any');
    await withDiskFault(atFolder, () => t.throwsAsync(store.scavenge({ compact: true }), { code: 'write-failed', message: /in doubt/ }));
  }
  await withDiskFault(atFolder, () => t.throwsAsync(openEventStore(folder), { code: 'EIO' }));
  t.deepEqual(dataFiles(folder), ['log-1.mdb', 'log-2.mdb']);
  await using store = await openEventStore(folder);
  t.deepEqual(dataFiles(folder), ['log-2.mdb']);
  t.deepEqual(revisions(store, 'a'), [0, 1, 2]);
});

/** Compacts with one failing call, appends, opens again; returns the call that failed, if one did. */
async function compactWithFault(t: ExecutionContext, fault: DiskFault): Promise<string | undefined> {
  const folder = temporaryFolder(t);
  let acknowledged = 3;
  let compacted = true;
  let call: string | undefined;
  {
    await using store = await openEventStore(folder);
    await store.append('a', events(acknowledged), 'any');
    call = await withDiskFault(fault, () => store.scavenge({ compact: true }).catch(() => (compacted = false)));
    if (compacted || named(folder) === 'log-1.mdb') {
      await store.append('a', events(1), acknowledged - 1);
      acknowledged++;
      if (!compacted) t.deepEqual(dataFiles(folder), ['log-1.mdb'], `the copy is removed when ${call} fails`);
    } else await t.throwsAsync(store.append('a', events(1), acknowledged - 1), { code: 'write-failed', message: /in doubt/ }, `${call} fails`);
  }
  await using store = await openEventStore(folder);
  await store.verify();
  t.is((revisions(store, 'a') as number[]).length, acknowledged, `${call} fails`);
  return call;
}
