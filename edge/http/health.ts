/** The health and metrics endpoints of a listener: liveness, readiness with named checks, and the Prometheus scrape. */
import type { Express } from 'express';

/** Checks that have not answered by then count as failed. */
const READY_DEADLINE_MS = 3_000;

/** `degraded`: it has failed, and this process does without. */
export type CheckResult = { readonly name: string; readonly status: 'ok' | 'degraded' | 'failed'; readonly reason?: string };

export type Health = {
  /** Of what this listener needs; without it the listener is ready as long as it isn't stopping. */
  readonly checks?: () => Promise<readonly CheckResult[]>;
  /** `reasons` is for operators: a reason may name a file. */
  readonly checksTell?: 'names' | 'reasons';
  /** A Prometheus registry. */
  readonly metrics?: { readonly contentType: string; metrics(): Promise<string> };
};

export type Readiness = { readonly status: 200 | 503; readonly body: { readonly status: 'ready' | 'not-ready'; readonly checks: readonly CheckResult[] } };

export function mountHealth(app: Express, { checks, checksTell, metrics }: Health, stopping: AbortSignal): void {
  app.get('/health/live', (_request, response) => {
    response.json({ status: 'live' });
  });
  app.get('/health/ready', async (_request, response) => {
    const { status, body } = await readinessOf({ checks, checksTell, isStopping: stopping.aborted });
    response.status(status).json(body);
  });
  if (metrics === undefined) return;
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.metrics());
  });
}

/** Never rejects. */
export async function readinessOf({
  checks = async () => [],
  checksTell = 'names',
  isStopping,
}: Pick<{ readonly [Name in keyof Health]: Health[Name] | undefined }, 'checks' | 'checksTell'> & { readonly isStopping: boolean }): Promise<Readiness> {
  const results: readonly CheckResult[] = isStopping ? [{ name: 'stopping', status: 'failed' }] : await withDeadline(checks);
  const isReady = results.every(({ status }) => status !== 'failed');
  return {
    status: isReady ? 200 : 503,
    body: {
      status: isReady ? 'ready' : 'not-ready',
      checks: results.map(({ name, status, reason }) => ({ name, status, ...(checksTell === 'reasons' && reason !== undefined ? { reason } : {}) })),
    },
  };
}

async function withDeadline(checks: () => Promise<readonly CheckResult[]>): Promise<readonly CheckResult[]> {
  const { promise, resolve } = Promise.withResolvers<readonly CheckResult[]>();
  const failed = (reason: string) => resolve([{ name: 'checks', status: 'failed', reason }]);
  const deadline = setTimeout(() => failed(`no answer within ${READY_DEADLINE_MS} ms`), READY_DEADLINE_MS);
  checks().then(resolve, (error: unknown) => failed(String(error)));
  return promise.finally(() => clearTimeout(deadline));
}
