/** What the gateway answers over plain HTTP, beside the upgrades: health, metrics, and the document of its frames. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../domain/shared/decider.ts';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../edge/problem.ts';
import { asyncApiDocument } from './protocol/asyncapi.ts';

export type HttpDependencies = {
  /** Undefined where it is ready; else why not. */
  readonly notReady: () => string | undefined;
  readonly metrics: { readonly contentType: string; readonly metrics: () => Promise<string> };
  readonly failed: (error: unknown) => void;
};

export function httpHandler({ notReady, metrics, failed }: HttpDependencies): (request: IncomingMessage, response: ServerResponse) => void {
  const document = JSON.stringify(asyncApiDocument());
  const routes = new Map<string | undefined, () => Answer | Promise<Answer>>([
    ['/health/live', () => ({ status: 200, type: JSON_TYPE, body: '{"status":"live"}' })],
    ['/health/ready', () => readiness(notReady())],
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() })],
    ['/asyncapi.json', () => ({ status: 200, type: JSON_TYPE, body: document })],
  ]);

  const answer = async ({ method = '', url }: IncomingMessage): Promise<Answer> => {
    const route = routes.get(url?.split('?')[0]);
    if (route === undefined) return refused({ code: 'route-unknown' });
    return method === 'GET' || method === 'HEAD' ? route() : refused({ code: 'method-not-allowed', facts: { method } });
  };

  return (request, response) => {
    request.resume();
    answer(request)
      .then(({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body))
      .catch((error: unknown) => {
        failed(error);
        response.destroy();
      });
  };
}

type Answer = { readonly status: number; readonly type: string; readonly body: string };

const JSON_TYPE = 'application/json';

function readiness(notReady: string | undefined): Answer {
  return { status: notReady === undefined ? 200 : 503, type: JSON_TYPE, body: JSON.stringify({ status: notReady ?? 'ready' }) };
}

function refused(refusal: Refusal): Answer {
  const problem = problemOf(refusal);
  return { status: problem.status, type: PROBLEM_MEDIA_TYPE, body: JSON.stringify(problem) };
}
