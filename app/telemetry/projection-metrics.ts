/** How far each projection is, read from the runners at each scrape. */
import type { Registry } from 'prom-client';
import type { Projections, ProjectionStatus } from '../../projections/rollout/start-projections.ts';
import { readOncePerScrape, scrapeGauge, type Sample } from './scraped-metrics.ts';

const labelNames = ['projection', 'version', 'build', 'log', 'shard'] as const;

export function observeProjections(registry: Registry, projections: Pick<Projections, 'status'>, failed: (error: unknown) => void): void {
  const status = readOncePerScrape(projections.status, failed);
  const gauge = (name: string, help: string, valueOf: (status: ProjectionStatus) => number) =>
    scrapeGauge({ name, help, labelNames, registry }, async () => (await status()).map((one): Sample => ({ labels: labelsOf(one), value: valueOf(one) })));
  gauge('tidings_projection_lag_events', 'How much of the log lies between a projection and the head.', ({ lagEvents }) => lagEvents);
  gauge('tidings_projection_lag_seconds', 'Age of the oldest event that a projection has not applied.', ({ lagSeconds }) => lagSeconds);
  gauge('tidings_projection_retrying', '1 while a projection stands still because it fails, and tries again.', ({ failingSeconds }) =>
    failingSeconds > 0 ? 1 : 0,
  );
  gauge('tidings_projection_failing_seconds', 'For how long a projection has been failing; 0 if it isn’t.', ({ failingSeconds }) => failingSeconds);
  gauge('tidings_projection_dead_letters', 'Streams that wait behind a dead letter.', ({ deadLetters }) => deadLetters);
}

const labelsOf = ({ name, version, build, log, shard }: ProjectionStatus) => ({
  projection: name,
  version: String(version),
  build: String(build),
  log,
  shard: String(shard),
});
