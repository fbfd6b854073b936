/** What those who run the process ask every listener: does it live, is it ready, what does it count. */
import type { Express } from 'express';

/** A dependency that does not say in time is not ready. */
const READY_DEADLINE_MS = 2_000;

export type Health = {
  /** The names of what is not ready; empty: all is. */
  readonly notReady?: () => Promise<readonly string[]>;
  /** A Prometheus registry. */
  readonly metrics?: { readonly contentType: string; metrics(): Promise<string> };
};

export function mountHealth(app: Express, { notReady = async () => [], metrics }: Health, stopping: AbortSignal): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', async (_request, response) => {
    const missing = stopping.aborted ? ['stopping'] : await inTime(notReady);
    response.status(missing.length === 0 ? 200 : 503).json({ status: missing.length === 0 ? 'ready' : 'not-ready', missing });
  });
  if (metrics === undefined) return;
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
}

async function inTime(notReady: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const deadline = setTimeout(() => resolve(['no-answer-in-time']), READY_DEADLINE_MS);
  notReady().then(resolve, () => resolve(['check-failed']));
  return promise.finally(() => clearTimeout(deadline));
}
