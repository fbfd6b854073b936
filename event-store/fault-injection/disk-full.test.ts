import test, { type ExecutionContext } from 'ava';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../test-fixture.ts';
import { openEventStore } from '../open.ts';
import { compileIoRecorder, whyNoIoRecorder } from './io-recorder.ts';
import { findViolations, callerEvent, callerStream, nothingAcknowledged } from './acknowledged.ts';

const FILLER = fileURLToPath(import.meta.resolve('./disk-filler.ts'));
const LIMIT_KIB = 2_048;
const BALLAST_BYTES = 1_048_576;

const reason = whyNoIoRecorder();
const noting = reason === undefined ? test : test.skip;

type Told = {
  readonly refusals: readonly string[];
  readonly acknowledged: readonly number[];
  readonly readable: number;
  readonly later?: string;
  readonly last: number;
};

const noShell = process.platform === 'win32' ? ' (skipped: no ulimit there)' : '';
const limited = noShell === '' ? test : test.skip;
const noMount = whyNoMount();
const mounted = noMount === undefined ? test : test.skip;

limited(`when the file can’t grow, appends fail with a clear error, reads continue, and nothing acknowledged is lost${noShell}`, async (t) => {
  const folder = temporaryFolder(t);
  // Without the trap the kernel would end the process with SIGXFSZ instead of refusing the write.
  const script = `trap '' XFSZ; ulimit -f ${LIMIT_KIB * 2}; exec "$0" "$@"`; // dash counts blocks of 512 bytes
  const filler = spawn('sh', ['-c', script, process.execPath, FILLER, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const told = JSON.parse(await outputOf(filler)) as Told;
  checkFull(t, told);

  await using store = await openEventStore(folder);
  t.is(store.head(), told.last);
  t.deepEqual(await findViolations(store, expectedAfter(told)), []);
  await appendMore(t, folder, told, store);
});

mounted(
  `when the disk is full appends fail, and when there is space again they succeed, in the same process${noMount === undefined ? '' : ` (skipped: ${noMount})`}`,
  async (t) => {
    const root = temporaryFolder(t);
    const mount = join(root, 'disk');
    mkdirSync(mount);
    t.is(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]).status, 0);
    t.teardown(() => spawnSync('umount', ['-l', mount]));
    const ballast = join(mount, 'ballast');
    writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
    const folder = join(mount, 'log');
    const filler = spawn(process.execPath, [FILLER, folder, 'retry'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const output = outputOf(filler);
    await once(filler.stdout, 'data');
    rmSync(ballast);
    filler.stdin.write('there is room\n');
    const told = JSON.parse((await output).replace('full\n', '')) as Told;
    checkFull(t, told);
    t.is(told.later, 'appended');

    await using store = await openEventStore(folder);
    t.deepEqual(await findViolations(store, expectedAfter(told)), []);
  },
);

noting(`when a flush fails its appends are refused, and nothing acknowledged is lost${reason === undefined ? '' : ` (skipped: ${reason})`}`, async (t) => {
  const root = temporaryFolder(t);
  const env = { ...process.env, LD_PRELOAD: compileIoRecorder(root), POWER_CUT_FAIL_FLUSHES_FROM: '500' };
  const folder = join(root, 'log');
  const told = JSON.parse(await outputOf(spawn(process.execPath, [FILLER, folder], { env, stdio: ['ignore', 'pipe', 'ignore'] }))) as Told;
  checkFull(t, told);
  await using store = await openEventStore(folder);
  t.is(store.head(), told.last);
  t.deepEqual(await findViolations(store, expectedAfter(told)), []);
});

function checkFull(t: ExecutionContext, told: Told): void {
  for (const refusal of told.refusals) t.regex(refusal, /^write-failed: The write failed and nothing was appended: ./);
  t.true(
    told.acknowledged.every((revision) => revision > 100),
    'it failed too early to show anything',
  );
  const acknowledged = told.acknowledged.reduce((sum, revision) => sum + revision + 1, 0);
  t.is(told.readable, acknowledged - (told.later === 'appended' ? 1 : 0));
}

async function appendMore(t: ExecutionContext, folder: string, { acknowledged }: Told, store: Awaited<ReturnType<typeof openEventStore>>): Promise<void> {
  const last = acknowledged[0]!;
  t.is((await store.append(callerStream(0), [callerEvent(0, last + 1)], last)).outcome, 'appended', folder);
  await store.verify();
}

function expectedAfter({ acknowledged }: Told) {
  const expected = nothingAcknowledged();
  for (const [caller, revision] of acknowledged.entries()) expected.revisions.set(caller, revision);
  return expected;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (text) => (output += String(text)));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`The filler ended with ${code ?? signal}: ${output}`);
  return output;
}

function whyNoMount(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk takes root on Linux';
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
  return tried.status === 0 ? undefined : 'this machine does not let root mount';
}
