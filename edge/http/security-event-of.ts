/** Which responses are events for the security log. A route declares what its success is; refusals speak for themselves. */
import { actorIdOf, type Caller } from '../auth/callers.ts';
import type { SecurityEvent, SecurityEventName } from '../security-events.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';
import type { Route, RouteRequest, RouteResponse } from './routes.ts';

type Known = {
  readonly caller: Caller;
  readonly address: string;
  readonly requestId: string;
  /** Undefined where it was refused before it was parsed. */ readonly request?: RouteRequest;
};

export function securityEventOf(route: Route, result: RouteResponse, { caller, address, requestId, request }: Known): SecurityEvent | undefined {
  const code = 'refusal' in result ? result.refusal.code : undefined;
  const event = 'refusal' in result ? eventOfRefusal(route, caller, result.refusal) : eventOfSuccess(route, caller, result);
  if (event === undefined) return undefined;
  const login = request === undefined ? undefined : route.audit?.login?.(request);
  return {
    event,
    actor: personIn(result) ?? actorIdOf(caller),
    operationId: route.operationId,
    requestId,
    address,
    ...(login === undefined ? {} : { login }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Everything that an operator does, but for reading. */
function eventOfSuccess({ audit, method }: Route, caller: Caller, result: RouteResponse): SecurityEventName | undefined {
  if (caller.kind === 'operator') return method === 'get' ? undefined : 'operator-action';
  // A login that is not complete yet.
  return audit?.event === 'logged-in' && 'status' in result && result.status === ACCEPTED ? 'second-factor-asked' : audit?.event;
}

/** Anybody's guesses at what only the person can know or have. */
const WRONG_GUESSES: ReadonlySet<RefusalCode> = new Set(['login-failed', 'password-wrong', 'second-factor-wrong', 'login-ticket-invalid']);
const ACCEPTED = 202;

function eventOfRefusal({ audit }: Route, caller: Caller, { code, facts }: Refusal): SecurityEventName | undefined {
  if (code === 'rate-limited')
    return String(facts?.['limit']).startsWith('login') || facts?.['limit'] === 'second-factor-failures' ? 'login-limited' : undefined;
  if (WRONG_GUESSES.has(code)) return 'login-failed';
  if (code === 'code-invalid' && audit?.login !== undefined) return 'login-failed'; // the code resets a password
  if (code.startsWith('signature-') || code === 'callback-invalid' || code === 'app-disabled') return 'signature-refused';
  if (code === 'token-invalid') return 'token-refused';
  const isDenied = REFUSALS[code].kind === 'forbidden' && (audit !== undefined || caller.kind === 'operator' || code === 'forbidden');
  return isDenied ? 'access-denied' : undefined;
}

/** Of a login: the person is known by its response. */
function personIn(result: RouteResponse): string | undefined {
  if ('refusal' in result) return result.actor;
  const body: unknown = 'body' in result ? result.body : undefined;
  return typeof body === 'object' && body !== null && 'token' in body && 'person' in body && typeof body.person === 'string' ? body.person : undefined;
}
