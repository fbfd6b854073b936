/**
 * The event-loop delay, over windows of our own: prom-client's gauges begin anew with each scrape, so that two scrapers, or an operator
 * who looks beside Prometheus, hide the delay from each other.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Registry } from 'prom-client';
import { scrapeGauge } from './scraped-metrics.ts';

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;
const NANOSECONDS = 1e9;
const QUANTILES = [0.5, 0.9, 0.99, 1] as const;
const REPLACED = /^nodejs_eventloop_lag/;

export type DelayHistogram = { percentile(percentile: number): number; reset(): unknown };

export function replaceEventLoopMetrics(registry: Registry): void {
  for (const { name } of registry.getMetricsAsArray()) if (REPLACED.test(name)) registry.removeSingleMetric(name);
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const delays = delaysOver(histogram);
  scrapeGauge(
    {
      name: 'tidings_event_loop_delay_seconds',
      help: 'Event-loop delay by quantile, over the last one to two minutes; 1 is the longest.',
      labelNames: ['quantile'],
      registry,
    },
    () => delays().map(({ quantile, seconds }) => ({ labels: { quantile: String(quantile) }, value: seconds })),
  );
}

/** Shows the longer of the present window and the one before it. Asking ends a window only when its time is over. */
export function delaysOver(
  histogram: DelayHistogram,
  monotonicMs: () => number = () => performance.now(),
): () => readonly { readonly quantile: number; readonly seconds: number }[] {
  let before: readonly number[] = QUANTILES.map(() => 0);
  let beganMs = monotonicMs();
  const present = () => QUANTILES.map((quantile) => histogram.percentile(quantile * 100) / NANOSECONDS);
  return () => {
    const now = present();
    const shown = QUANTILES.map((quantile, at) => ({ quantile, seconds: Math.max(before[at] ?? 0, now[at] ?? 0) }));
    if (monotonicMs() - beganMs >= WINDOW_MS) {
      before = now;
      histogram.reset();
      beganMs = monotonicMs();
    }
    return shown;
  };
}
