/** What the tests of every SQLite file need: a folder of their own, and a look at what really lies on the disk. */
import type { ExecutionContext } from 'ava';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tidings-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** How often the text stands in any file of the folder, whatever SQLite thinks of the place. */
export async function timesOnDisk(folder: string, text: string): Promise<number> {
  let times = 0;
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) times++;
  }
  return times;
}

/** Looks again and again until it is so, for a minute at most. */
export async function eventually(t: ExecutionContext, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) return t.fail(`It did not become so within ${PATIENCE_MS} ms.`);
    await after(LOOK_AGAIN_MS);
  }
  t.pass();
}

const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 5;
