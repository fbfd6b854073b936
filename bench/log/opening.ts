/** Opening a store that has so many events, beside opening its file with LMDB alone. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import { openTables } from '../../event-store/storage/tables.ts';
import { formatRatio, median } from '../shared/statistics.ts';
import { fillStore, STORE_OPTIONS } from './events.ts';
import { OPENING_EVENTS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

const RUNS = 5;

export async function benchOpening(folder: string): Promise<void> {
  printHeader('\nopening, ms', 'store', 'raw LMDB', 'ratio');
  for (const events of OPENING_EVENTS) {
    const path = join(folder, `opening-${events}`);
    {
      await using store = await openEventStore(path, STORE_OPTIONS);
      await fillStore(store, events);
    }
    const ofStore: number[] = [];
    const ofRaw: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const startedAt = performance.now();
      const store = await openEventStore(path, STORE_OPTIONS);
      ofStore.push(performance.now() - startedAt);
      await store[Symbol.asyncDispose]();
      const rawStartedAt = performance.now();
      const tables = openTables(join(path, 'log-1.mdb'), { noSync: false });
      ofRaw.push(performance.now() - rawStartedAt);
      await tables.root.close();
    }
    const [store, raw] = [median(ofStore), median(ofRaw)];
    printRow(`${events.toLocaleString('en')} events`, store.toFixed(1), raw.toFixed(1), formatRatio(store, raw));
    rmSync(path, { recursive: true });
  }
}
