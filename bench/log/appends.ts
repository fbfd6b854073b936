/** Durable appends by so many callers, beside raw LMDB with the store's puts and with the log's puts alone. */
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import type { EventStore } from '../../event-store/store.ts';
import { formatRate, formatRatio, median, secondsSince } from '../shared/statistics.ts';
import { newEvent, newStream, STORE_OPTIONS } from './events.ts';
import { measureRawPuts, openRawLmdb } from './raw-lmdb.ts';
import { ROUND_MS, ROUNDS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

/** `events` are those of one append; a caller begins another stream after `streamEvents`. */
const CASES: readonly Case[] = [
  { callers: 1, events: 1 },
  { callers: 16, events: 1 },
  { callers: 128, events: 1 },
  { callers: 1_024, events: 1 },
  { callers: 128, events: 1, streamEvents: 10 },
  { callers: 128, events: 1, streamEvents: 1 },
  { callers: 16, events: 10 },
  { callers: 128, events: 10 },
];

type Case = { readonly callers: number; readonly events: number; readonly streamEvents?: number };

export async function benchAppends(folder: string): Promise<void> {
  printHeader('durable appends, events/s', 'store', 'raw LMDB, same puts', 'ratio', 'raw, log only', 'ratio');
  for (const { callers, events, streamEvents = Infinity } of CASES) {
    const name = `appends-${callers}-${events}-${streamEvents}`;
    const [same, logOnly] = [openRawLmdb(join(folder, `${name}-same`)), openRawLmdb(join(folder, `${name}-log-only`))];
    await using store = await openEventStore(join(folder, name), STORE_OPTIONS);
    const measureStore = appendsBy(store, { callers, events, streamEvents });
    const rates = { store: [] as number[], same: [] as number[], logOnly: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      const options = { streams: callers, streamEvents, batch: callers * events };
      rates.store.push(await measureStore());
      rates.same.push(await measureRawPuts(same, { ...options, indexed: true }));
      rates.logOnly.push(await measureRawPuts(logOnly, { ...options, indexed: false }));
    }
    await same.root.close();
    await logOnly.root.close();
    const [ofStore, ofSame, ofLogOnly] = [median(rates.store), median(rates.same), median(rates.logOnly)];
    const ratios = [formatRatio(ofStore, ofSame), formatRatio(ofStore, ofLogOnly)] as const;
    printRow(
      `${callers} callers × ${events}${streamEvents === Infinity ? '' : `, streams of ${streamEvents}`}`,
      formatRate(ofStore),
      formatRate(ofSame),
      ratios[0],
      formatRate(ofLogOnly),
      ratios[1],
    );
  }
}

/** Returns what measures a round: each caller appends to streams of its own at the exact revision, and waits for the answer. */
function appendsBy(store: EventStore, { callers, events, streamEvents }: Required<Case>): () => Promise<number> {
  const streams = Array.from({ length: callers }, newStream);
  const revisions = streams.map(() => -1);
  return async () => {
    let appended = 0;
    const startedAt = performance.now();
    const call = async (caller: number) => {
      while (performance.now() - startedAt < ROUND_MS) {
        const last = revisions[caller]!;
        const result = await store.append(streams[caller]!, Array.from({ length: events }, newEvent), last < 0 ? 'no-stream' : last);
        if (result.outcome !== 'appended') throw new Error(result.outcome);
        revisions[caller] = result.revision;
        if (result.revision + 1 >= streamEvents) {
          streams[caller] = newStream();
          revisions[caller] = -1;
        }
        appended += events;
      }
    };
    await Promise.all(revisions.map((_, caller) => call(caller)));
    return appended / secondsSince(startedAt);
  };
}
