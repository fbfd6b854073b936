/** The named checks of the process, as gauges. */
import type { Registry } from 'prom-client';
import type { HealthChecks } from '../health/checks.ts';
import { scrapeGauge } from './scraped-metrics.ts';

export function observeHealth(registry: Registry, health: HealthChecks): void {
  scrapeGauge({ name: 'tidings_health', help: '1 where a check of /health/ready is ok, 0 where it has failed.', labelNames: ['check'], registry }, async () =>
    (await health.run()).map(({ name, status }) => ({ labels: { check: name }, value: status === 'ok' ? 1 : 0 })),
  );
}
