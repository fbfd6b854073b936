import test from 'ava';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStore } from '../open.ts';
import type { EventStore } from '../store.ts';
import { event, temporaryFolder } from '../test-fixture.ts';
import { checkFileLength, extendToLastPage } from './data-file.ts';

const random = (below: number) => Math.floor(Math.random() * below);
const PAGE_BYTES = 4_096;

async function appendAndScavenge(store: EventStore): Promise<void> {
  for (let part = 0; part < 4; part++) {
    const events = Array.from({ length: 1 + random(300) }, () => ({ ...event(), data: Buffer.alloc(random(Math.random() < 0.2 ? 9_000 : 200)) }));
    await store.append(`stream-${random(5)}`, events, 'any');
  }
  await store.setStreamMetadata(`stream-${random(5)}`, { $maxCount: 1 + random(20) });
  await store.scavenge();
}

/** The files of an open store, as they would be found had its process been killed now. */
function copyFolder(from: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const name of ['current', 'log-1.mdb']) copyFileSync(join(from, name), join(to, name));
  return to;
}

const isShort = (file: string): boolean => {
  const before = statSync(file).size;
  extendToLastPage(file);
  return statSync(file).size > before;
};

test('a store opens after a scavenge though LMDB never wrote its last pages, killed or closed', async (t) => {
  let short = 0;
  for (let attempt = 0; attempt < 20 && short < 2; attempt++) {
    const folder = temporaryFolder(t);
    for (let round = 0; round < 5; round++) {
      await using store = await openEventStore(folder);
      await appendAndScavenge(store);
      const killed = copyFolder(folder, `${folder}-killed`);
      await using again = await openEventStore(killed);
      t.is(again.head(), store.head());
      await again.verify();
      await again.append('stream-1', [{ ...event(), data: Buffer.alloc(20_000) }], 'any');
      await again.verify();
      if (isShort(join(copyFolder(folder, `${folder}-short`), 'log-1.mdb'))) short++;
    }
    rmSync(`${folder}-killed`, { recursive: true });
    rmSync(`${folder}-short`, { recursive: true });
  }
  t.log(`${short} files were shorter than their meta page says`);
});

test('a file cut anywhere is reported, unless only unused pages are missing', async (t) => {
  const folder = temporaryFolder(t);
  {
    await using store = await openEventStore(folder);
    await appendAndScavenge(store);
    await store.append('large', [{ ...event(), data: Buffer.alloc(100_000) }], 'any');
    await appendAndScavenge(store);
  }
  const file = join(folder, 'log-1.mdb');
  const whole = readFileSync(file);
  let reported = 0;
  for (let pages = Math.floor(whole.length / PAGE_BYTES); pages > 2; pages -= 1 + random(7)) {
    writeFileSync(file, whole);
    truncateSync(file, pages * PAGE_BYTES - random(2) * 100);
    try {
      checkFileLength(file);
    } catch (error) {
      t.like(error, { code: 'store-corrupted' });
      reported++;
      continue;
    }
    await using store = await openEventStore(folder);
    await store.verify();
  }
  t.true(reported > 10);
});
