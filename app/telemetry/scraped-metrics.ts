/** Gauges and counters that are read from their source at each scrape. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** A value with its labels, as a metric shows it. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

type Metric = { readonly name: string; readonly help: string; readonly labelNames?: readonly string[]; readonly registry: Registry };

/** Shows what `read` answers at this scrape; labels that it no longer names are gone. */
export function scrapeGauge({ name, help, labelNames = [], registry }: Metric, read: () => Promise<readonly Sample[]> | readonly Sample[]): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const samples = await withDeadline(read);
      this.reset();
      for (const { labels, value } of samples) this.set(labels, value);
    },
  });
}

/** A scrape is always answered, with what can be collected: a source that fails or takes too long has no samples in it. */
async function withDeadline(read: () => Promise<readonly Sample[]> | readonly Sample[]): Promise<readonly Sample[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Sample[]>();
  const deadline = setTimeout(resolve, COLLECT_DEADLINE_MS, []);
  try {
    return await Promise.race([Promise.resolve(read()), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(deadline);
  }
}

const COLLECT_DEADLINE_MS = 5_000;

/** For a source that counts from its own start: each scrape adds what the source has counted since the scrape before. */
export function scrapeCounter({ name, help, labelNames = [], registry }: Metric, read: () => readonly Sample[]): void {
  const counted = new Map<string, number>();
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const { labels, value } of read()) {
        const key = JSON.stringify(labels);
        this.inc(labels, value - (counted.get(key) ?? 0));
        counted.set(key, value);
      }
    },
  });
}

/**
 * One read for all metrics that are made of it. A scrape begins to collect all its metrics in one turn of the event loop, so the
 * next scrape reads anew. A read that fails is reported once, and its metrics have no samples in that scrape.
 */
export function readOncePerScrape<Item>(read: () => Promise<readonly Item[]>, failed: (error: unknown) => void): () => Promise<readonly Item[]> {
  let reading: Promise<readonly Item[]> | undefined;
  return () => {
    if (reading === undefined) {
      queueMicrotask(() => (reading = undefined));
      reading = read().catch((error: unknown) => {
        failed(error);
        return [];
      });
    }
    return reading;
  };
}
