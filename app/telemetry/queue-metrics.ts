/** The depth and age of each job queue, and how fast each vendor's is worked off, read at each scrape. */
import type { Registry } from 'prom-client';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import { watchQueues, type QueueLine } from '../queues/queue-rates.ts';
import { readOncePerScrape, scrapeGauge, type Sample } from './scraped-metrics.ts';

const STATES = ['waiting', 'delayed', 'active'] as const;

export function observeQueues(registry: Registry, jobs: Pick<JobQueue, 'queues' | 'depth'>, failed: (error: unknown) => void): void {
  const watch = watchQueues(jobs);
  const readings = readOncePerScrape(async () => [await watch.read()], failed);
  const depths = async () => (await readings()).flatMap((reading) => [...reading.depths]);
  scrapeGauge({ name: 'tidings_queue_depth', help: 'Jobs by queue and state.', labelNames: ['queue', 'state'], registry }, async () =>
    (await depths()).flatMap(([queue, depth]) => STATES.map((state) => ({ labels: { queue, state }, value: depth[state] }))),
  );
  scrapeGauge({ name: 'tidings_queue_oldest_age_seconds', help: 'How long the oldest waiting job has been due.', labelNames: ['queue'], registry }, async () =>
    (await depths()).map(([queue, depth]) => ({ labels: { queue }, value: depth.oldestAgeMs / 1_000 })),
  );

  const ofVendors = (samplesOf: (line: QueueLine, labels: { readonly channel: string; readonly vendor: string }) => readonly Sample[]) => async () =>
    (await readings()).flatMap(({ lines }) =>
      lines.flatMap((line) => (line.channel === null || line.vendor === null ? [] : samplesOf(line, { channel: line.channel, vendor: line.vendor }))),
    );
  const labelNames = ['channel', 'vendor'];
  scrapeGauge(
    { name: 'tidings_delivery_queue_jobs', help: 'Deliveries in a vendor’s queues, by state.', labelNames: [...labelNames, 'state'], registry },
    ofVendors((line, labels) => STATES.map((state) => ({ labels: { ...labels, state }, value: line[state] }))),
  );
  scrapeGauge(
    { name: 'tidings_delivery_queue_oldest_age_seconds', help: 'How long the delivery that waits longest for a vendor has been due.', labelNames, registry },
    ofVendors(({ oldestAgeMs }, labels) => [{ labels, value: oldestAgeMs / 1_000 }]),
  );
  scrapeGauge(
    { name: 'tidings_delivery_queue_finished_per_second', help: 'Deliveries that leave a vendor’s queues, in all processes.', labelNames, registry },
    ofVendors(({ perSecond }, labels) => (perSecond === null ? [] : [{ labels, value: perSecond }])),
  );
  scrapeGauge(
    { name: 'tidings_delivery_queue_drain_seconds', help: 'Until what waits for a vendor is done at this rate.', labelNames, registry },
    ofVendors(({ perSecond, drainSeconds }, labels) => (perSecond === null ? [] : [{ labels, value: drainSeconds ?? Infinity }])),
  );
}
