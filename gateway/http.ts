/** Plain HTTP beside the upgrades: health, and the document of the gateway's frames. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../domain/shared/decider.ts';
import { readinessOf } from '../edge/http/health.ts';
import { shareDocument, type SharedDocument } from '../edge/http/shared-document.ts';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../edge/problem.ts';
import type { GatewayReports } from './dependencies.ts';
import { asyncApiDocument } from './protocol/asyncapi.ts';

export type HttpDependencies = {
  readonly isDraining: () => boolean;
  readonly checks: GatewayReports['checks'];
  readonly reportError: GatewayReports['reportError'];
};

export function httpHandler({ isDraining, checks, reportError }: HttpDependencies): (request: IncomingMessage, response: ServerResponse) => void {
  const document = shareDocument(asyncApiDocument());
  const routes = new Map<string | undefined, () => Answer | Promise<Answer>>([
    ['/health/live', () => ({ status: 200, type: JSON_TYPE, body: '{"status":"live"}' })],
    [
      '/health/ready',
      async () => {
        const { status, body } = await readinessOf({ checks, checksTell: 'names', isStopping: isDraining() });
        return { status, type: JSON_TYPE, body: JSON.stringify(body) };
      },
    ],
    ['/asyncapi.json', () => document],
  ]);

  const respond = async ({ method = '', url }: IncomingMessage): Promise<Answer> => {
    const route = routes.get(url?.split('?')[0]);
    if (route === undefined) return problemResponse({ code: 'route-unknown' });
    return method === 'GET' || method === 'HEAD' ? route() : problemResponse({ code: 'method-not-allowed', facts: { method } });
  };

  return (request, response) => {
    request.resume();
    respond(request)
      .then((answer) => {
        if (typeof answer === 'function') answer(request, response);
        else response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
      })
      .catch((error: unknown) => {
        reportError(error);
        response.destroy();
      });
  };
}

type HttpResponse = { readonly status: number; readonly type: string; readonly body: string };
type Answer = HttpResponse | SharedDocument;

const JSON_TYPE = 'application/json';

function problemResponse(refusal: Refusal): HttpResponse {
  const problem = problemOf(refusal);
  return { status: problem.status, type: PROBLEM_MEDIA_TYPE, body: JSON.stringify(problem) };
}
