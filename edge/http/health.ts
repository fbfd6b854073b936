/** The health and metrics endpoints of every listener: liveness, readiness, and the Prometheus scrape. */
import type { Express } from 'express';

/** A dependency that has not answered by then counts as not ready. */
const READY_DEADLINE_MS = 2_000;

export type Health = {
  /** The names of the dependencies that are not ready; empty when all are. */
  readonly notReady?: () => Promise<readonly string[]>;
  /** A Prometheus registry. */
  readonly metrics?: { readonly contentType: string; metrics(): Promise<string> };
};

export function mountHealth(app: Express, { notReady = async () => [], metrics }: Health, stopping: AbortSignal): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', async (_request, response) => {
    const missing = stopping.aborted ? ['stopping'] : await withDeadline(notReady);
    response.status(missing.length === 0 ? 200 : 503).json({ status: missing.length === 0 ? 'ready' : 'not-ready', missing });
  });
  if (metrics === undefined) return;
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
}

async function withDeadline(notReady: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const deadline = setTimeout(() => resolve(['no-answer-in-time']), READY_DEADLINE_MS);
  notReady().then(resolve, () => resolve(['check-failed']));
  return promise.finally(() => clearTimeout(deadline));
}
