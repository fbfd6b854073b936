/** Durable appends by so many callers, beside raw LMDB with the store's puts and with the log's puts alone. */
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import type { EventStore } from '../../event-store/store.ts';
import { formatRate, formatRatio, median, secondsSince } from '../shared/statistics.ts';
import { newEvent } from './events.ts';
import { measureRawPuts, openRawLmdb } from './raw-lmdb.ts';
import { ROUND_MS, ROUNDS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

/** `events` are those of one append. */
const CASES = [
  { callers: 1, events: 1 },
  { callers: 16, events: 1 },
  { callers: 128, events: 1 },
  { callers: 1_024, events: 1 },
  { callers: 16, events: 10 },
  { callers: 128, events: 10 },
];

export async function benchAppends(folder: string): Promise<void> {
  printHeader('durable appends, events/s', 'store', 'raw LMDB, same puts', 'ratio', 'raw, log only', 'ratio');
  for (const { callers, events } of CASES) {
    const name = `appends-${callers}-${events}`;
    const [same, logOnly] = [openRawLmdb(join(folder, `${name}-same`)), openRawLmdb(join(folder, `${name}-log-only`))];
    await using store = await openEventStore(join(folder, name));
    const measureStore = appendsBy(store, { callers, events });
    const rates = { store: [] as number[], same: [] as number[], logOnly: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const options = { streams: callers, batch: callers * events };
      rates.store.push(await measureStore());
      rates.same.push(await measureRawPuts(same, { ...options, indexed: true }));
      rates.logOnly.push(await measureRawPuts(logOnly, { ...options, indexed: false }));
    }
    await same.root.close();
    await logOnly.root.close();
    const [ofStore, ofSame, ofLogOnly] = [median(rates.store), median(rates.same), median(rates.logOnly)];
    const ratios = [formatRatio(ofStore, ofSame), formatRatio(ofStore, ofLogOnly)] as const;
    printRow(`${callers} callers × ${events}`, formatRate(ofStore), formatRate(ofSame), ratios[0], formatRate(ofLogOnly), ratios[1]);
  }
}

/** Returns what measures a round: each caller appends to its own stream at the exact revision, and waits for the answer. */
function appendsBy(store: EventStore, { callers, events }: { readonly callers: number; readonly events: number }): () => Promise<number> {
  const revisions = Array.from({ length: callers }, () => -1);
  return async () => {
    let appended = 0;
    const startedAt = performance.now();
    const call = async (caller: number) => {
      while (performance.now() - startedAt < ROUND_MS) {
        const last = revisions[caller]!;
        const result = await store.append(`channel-${caller}`, Array.from({ length: events }, newEvent), last < 0 ? 'no-stream' : last);
        if (result.outcome !== 'appended') throw new Error(result.outcome);
        revisions[caller] = result.revision;
        appended += events;
      }
    };
    await Promise.all(revisions.map((_, caller) => call(caller)));
    return appended / secondsSince(startedAt);
  };
}
