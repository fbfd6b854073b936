/** Answers the command line over HTTP, where no folder is shared with it: the same operations and lines, for the holder of the admin token. */
import { Router, type Request, type RequestHandler } from 'express';
import { actorIdOf, refusalOfCaller, type Authenticate } from '../../edge/auth/callers.ts';
import { requestIdOf, sendRefusal } from '../../edge/http/mount-routes.ts';
import type { ClientAddressOf } from '../../edge/network/client-address.ts';
import type { SecurityEvent, SecurityEventName } from '../../edge/security-events.ts';
import type { Answering } from './answering.ts';
import { HTTP_PREFIX, operationOfPath } from './protocol.ts';

const NO_BODY = new Uint8Array();

type Dependencies = {
  readonly answering: Pick<Answering, 'answer'>;
  readonly authenticate: Authenticate;
  readonly clientAddressOf: ClientAddressOf;
  readonly reportSecurity: (event: SecurityEvent) => void;
};

export function httpControl({ answering, authenticate, clientAddressOf, reportSecurity }: Dependencies): RequestHandler {
  const router = Router({ strict: true });
  router.post(`${HTTP_PREFIX}/v1/:operation`, async (request: Request, response) => {
    const path = request.path.slice(HTTP_PREFIX.length);
    const operationId = operationOfPath(path);
    const known = { address: clientAddressOf(request), requestId: requestIdOf(response), ...(operationId === undefined ? {} : { operationId }) };
    const authenticated = await authenticate({ method: request.method, path: request.originalUrl, header: (name) => request.get(name), body: NO_BODY });
    const refusal = authenticated.outcome === 'refused' ? authenticated.refusal : refusalOfCaller(['operator'], authenticated.caller);
    const actor = authenticated.outcome === 'refused' ? 'anonymous' : actorIdOf(authenticated.caller);
    if (refusal !== undefined) {
      const event: SecurityEventName = authenticated.outcome === 'refused' ? 'token-refused' : 'access-denied';
      reportSecurity({ ...known, event, actor, code: refusal.code });
      return sendRefusal(response, refusal);
    }
    reportSecurity({ ...known, event: 'operator-action', actor });
    await answering.answer(request, response, path);
  });
  return router;
}
