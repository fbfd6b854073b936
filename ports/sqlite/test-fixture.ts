/** For the tests of SQLite files: a temporary folder, and a search through the bytes on the disk. */
import type { ExecutionContext } from 'ava';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tidings-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** How often the text occurs in the files of the folder, also in bytes that SQLite no longer uses. */
export async function timesOnDisk(folder: string, text: string): Promise<number> {
  let times = 0;
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) times++;
  }
  return times;
}

/** Polls until the condition holds, for a minute at most. */
export async function eventually(t: ExecutionContext, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MAX_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) return t.fail(`The condition did not hold within ${WAIT_MAX_MS} ms.`);
    await after(POLL_MS);
  }
  t.pass();
}

const WAIT_MAX_MS = 60_000;
const POLL_MS = 5;
