/** The depth and age of each job queue, read at each scrape. */
import type { Registry } from 'prom-client';
import type { JobQueue } from '../../ports/job-queue/port.ts';
import { readOncePerScrape, scrapeGauge } from './scraped-metrics.ts';

const STATES = ['waiting', 'delayed', 'active'] as const;

const depthsOf = async (jobs: Pick<JobQueue, 'queues' | 'depth'>) =>
  await Promise.all((await jobs.queues()).map(async (queue) => ({ queue, depth: await jobs.depth(queue) })));

export function observeQueues(registry: Registry, jobs: Pick<JobQueue, 'queues' | 'depth'>, failed: (error: unknown) => void): void {
  const depths = readOncePerScrape(() => depthsOf(jobs), failed);
  scrapeGauge({ name: 'tidings_queue_depth', help: 'Jobs by queue and state.', labelNames: ['queue', 'state'], registry }, async () =>
    (await depths()).flatMap(({ queue, depth }) => STATES.map((state) => ({ labels: { queue, state }, value: depth[state] }))),
  );
  scrapeGauge({ name: 'tidings_queue_oldest_age_seconds', help: 'How long the oldest waiting job has been due.', labelNames: ['queue'], registry }, async () =>
    (await depths()).map(({ queue, depth }) => ({ labels: { queue }, value: depth.oldestAgeMs / 1_000 })),
  );
}
