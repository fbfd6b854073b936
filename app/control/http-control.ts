/** Answers the command line over HTTP, where no folder is shared with it: the same operations and lines, for operators. */
import { Router, type Request, type RequestHandler } from 'express';
import { actorIdOf, refusalOfCaller, type Authenticate } from '../../edge/auth/callers.ts';
import { reasonOf } from '../../edge/http/operator-actions.ts';
import { requestIdOf, sendRefusal } from '../../edge/http/mount-routes.ts';
import type { Credentials } from '../../edge/auth/credentials.ts';
import type { ClientAddressOf } from '../../edge/network/client-address.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { SecurityEvent, SecurityEventName } from '../../edge/security-events.ts';
import type { Answering } from './answering.ts';
import { HTTP_PREFIX, operationOfPath } from './protocol.ts';

const NO_BODY = new Uint8Array();
/** An operation may last, as following the log does: so often it is asked whether its operator still has the token and the role. */
const OPERATOR_CHECK_MS = 20 * SECOND_MS;

/** Who asks, by what the request brings. */
type AuthenticateRequest = (request: Request) => ReturnType<Authenticate>;

type Dependencies = {
  readonly answering: Pick<Answering, 'answer'>;
  /** Asked again and again while an operation lasts. */
  readonly authenticate: AuthenticateRequest;
  readonly clientAddressOf: ClientAddressOf;
  readonly reportSecurity: (event: SecurityEvent) => void;
  readonly operatorCheckMs?: number;
  /** Before the path, on this listener. */
  readonly prefix?: string;
};

/** By the token that the command line sends. */
export const byBearer =
  (authenticate: Authenticate): AuthenticateRequest =>
  (request) => {
    const credentials: Credentials = { method: request.method, path: request.originalUrl, header: (name) => request.get(name), body: NO_BODY };
    return authenticate(credentials);
  };

export function httpControl(dependencies: Dependencies): RequestHandler {
  const { answering, authenticate, clientAddressOf, reportSecurity, operatorCheckMs = OPERATOR_CHECK_MS, prefix = HTTP_PREFIX } = dependencies;
  const router = Router({ strict: true });
  router.post(`${prefix}/v1/:operation`, async (request: Request, response) => {
    const path = request.path.slice(prefix.length);
    const operationId = operationOfPath(path);
    const known = { address: clientAddressOf(request), requestId: requestIdOf(response), ...(operationId === undefined ? {} : { operationId }) };
    const authenticated = await authenticate(request);
    const refuse = (event: SecurityEventName, actor: string, refusal: Refusal) => {
      reportSecurity({ ...known, event, actor, code: refusal.code });
      sendRefusal(response, refusal);
    };
    if (authenticated.outcome === 'refused') return refuse('token-refused', 'anonymous', authenticated.refusal);
    const { caller } = authenticated;
    const actor = actorIdOf(caller);
    if (caller.kind !== 'operator') return refuse('access-denied', actor, refusalOfCaller(['operator'], caller) ?? { code: 'forbidden' });
    const reason = reasonOf((name) => request.get(name));
    const report = (event: 'operator-action' | 'access-denied') =>
      reportSecurity({ ...known, event, actor, ...(event === 'access-denied' ? { code: 'role-too-low' } : {}) });
    const isStill = async () => {
      const again = await authenticate(request);
      return again.outcome === 'accepted' && again.caller.kind === 'operator' && again.caller.role === caller.role;
    };
    // While the log doesn't answer, nobody knows.
    const check = setInterval(() => void isStill().then((is) => void (is || response.destroy()), ignore), operatorCheckMs);
    try {
      await answering.answer(request, response, { path, by: caller, reason, report });
    } finally {
      clearInterval(check);
    }
  });
  return router;
}

function ignore(): void {}
