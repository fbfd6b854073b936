/** How far behind those are who follow the changes of projections from outside, by the group that they name. */
import { Gauge, type Registry } from 'prom-client';
import type { ChangesLag } from '../../read-api/dependencies.ts';

/** Whoever asks by pages isn't known to be gone: the longest silent are dropped beyond so many. */
const SUBSCRIBERS_MAX = 1_000;

export function changesMetrics(registry: Registry): (lag: ChangesLag) => void {
  const gauge = new Gauge({
    name: 'tidings_projection_subscriber_lag_seconds',
    help: 'The age of the newest event that a subscriber of a projection’s changes was told of, 0 where it has caught up.',
    labelNames: ['projection', 'group', 'part'],
    registers: [registry],
  });
  const subscribers = new Map<string, { readonly projection: string; readonly group: string; readonly part: string }>();
  return ({ projection, group, part, seconds }) => {
    const labels = { projection, group, part: String(part) };
    const key = JSON.stringify(labels);
    subscribers.delete(key);
    if (seconds === undefined) return gauge.remove(labels);
    gauge.set(labels, seconds);
    subscribers.set(key, labels);
    if (subscribers.size <= SUBSCRIBERS_MAX) return;
    for (const [oldest, of] of subscribers) {
      subscribers.delete(oldest);
      gauge.remove(of);
      return;
    }
  };
}
