/**
 * The gRPC front under the official client, beside the same front over a store that only answers: the ratio is what the store costs, the
 * figures are what client and wire allow. Each server runs in a thread of its own. `npx node bench/grpc.ts [--quick]`.
 */
import { startFront } from './grpc/front.ts';
import { measureAppends, measureLatencies, measureReads, measureShortReads, type Client } from './grpc/measurements.ts';
import { formatRate, formatRatio, quantile } from './shared/statistics.ts';

const CALLERS = [1, 16, 128, 1024];
const GOAL_RATIO_AT_128 = 0.85;
const EVENTS_IN_BATCH = 10;
const MEASUREMENT_MS = process.argv.includes('--quick') ? 300 : 2_000;
const ROUNDS = 4;
const ROUND_MS = MEASUREMENT_MS / ROUNDS;
const WARM_UP_CALLERS = 64;

await using withoutStore = await startFront('no store');
await using withStore = await startFront('store');
await using withoutStoreOverTls = await startFront('no store', 'TLS');
await using withStoreOverTls = await startFront('store', 'TLS');
const insecure = { withoutStore: withoutStore.client, withStore: withStore.client };
const overTls = { withoutStore: withoutStoreOverTls.client, withStore: withStoreOverTls.client };
for (const client of [...Object.values(insecure), ...Object.values(overTls)])
  await measureAppends(client, { callers: WARM_UP_CALLERS, eventsInCall: 1, durationMs: MEASUREMENT_MS });

for (const callers of CALLERS) {
  const ratio = await compare(`appends of 1 event, ${callers} callers`, (client) => measureAppends(client, { callers, eventsInCall: 1, durationMs: ROUND_MS }));
  if (callers === 128) console.log(`  goal ${GOAL_RATIO_AT_128} of no store: ${ratio >= GOAL_RATIO_AT_128 ? 'reached' : 'missed'}`);
}
for (const callers of CALLERS) {
  await compare(`appends of ${EVENTS_IN_BATCH} events, ${callers} callers`, (client) =>
    measureAppends(client, { callers, eventsInCall: EVENTS_IN_BATCH, durationMs: ROUND_MS }),
  );
}
await compare('reading a stream', measureReads);
await compare('reading streams of 100 events', measureShortReads, { unit: 'streams/s' });
for (const callers of [1, 128]) {
  const title = `appends of 1 event over TLS, ${callers} callers`;
  await compare(title, (client) => measureAppends(client, { callers, eventsInCall: 1, durationMs: ROUND_MS }), { clients: overTls });
}
await compare('reading streams of 100 events over TLS', measureShortReads, { unit: 'streams/s', clients: overTls });

const latencies = { withoutStore: await measureLatencies(withoutStore.client), withStore: await measureLatencies(withStore.client) };
for (const [name, share] of [['p50', 0.5] as const, ['p99', 0.99] as const]) {
  const [without, withIt] = [quantile(latencies.withoutStore, share), quantile(latencies.withStore, share)];
  console.log(`append to subscriber ${name}`.padEnd(44), `${withIt.toFixed(2).padStart(8)} ms         no store ${without.toFixed(2).padStart(8)}`);
}

type Clients = { readonly withoutStore: Client; readonly withStore: Client };

/** Prints both figures and returns their ratio. The servers take turns, so that other load on the machine affects both. */
async function compare(
  title: string,
  measure: (client: Client) => Promise<number>,
  { unit = 'events/s', clients = insecure }: { readonly unit?: string; readonly clients?: Clients } = {},
): Promise<number> {
  const rates = { withoutStore: 0, withStore: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    rates.withoutStore += (await measure(clients.withoutStore)) / ROUNDS;
    rates.withStore += (await measure(clients.withStore)) / ROUNDS;
  }
  const [without, withIt] = [rates.withoutStore, rates.withStore].map((rate) => formatRate(rate).padStart(8));
  console.log(`${title.padEnd(44)} ${withIt} ${unit.padEnd(9)}   no store ${without}   ratio ${formatRatio(rates.withStore, rates.withoutStore)}`);
  return rates.withStore / rates.withoutStore;
}
