/** What an operator does over HTTP: allowed by the role and the reason, and in the audit before it is done. */
import { idsIn, isOperatorAction, recordingOf, refusalOfAction, type OperatorAction, type RecordAction } from '../../domain/operators/actions.ts';
import type { ActingOperator } from '../../domain/operators/roles.ts';
import { isBlank } from '../../domain/shared/text/blank-text.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Caller } from '../auth/callers.ts';
import { refusalOfError } from '../problem.ts';
import type { Route, RouteRequest, RouteResponse } from './routes.ts';

/** Percent-encoded, for it is in any language. */
export const REASON_HEADER = 'tidings-reason';

/** The action that a route is to an operator. Undefined: it admits none. */
export function operatorActionOf({ operationId, callers }: Pick<Route, 'operationId' | 'callers'>): OperatorAction | undefined {
  if (!callers.includes('operator')) return undefined;
  if (!isOperatorAction(operationId)) throw new Error(`${operationId} admits operators; give it a row in domain/operators/actions.ts`);
  return operationId;
}

/** Undefined where none was sent, or one that says nothing. A text that isn't encoded is taken as it is. */
export function reasonOf(header: (name: string) => string | undefined): string | undefined {
  const given = header(REASON_HEADER);
  const reason = given === undefined ? undefined : decoded(given);
  return reason === undefined || isBlank(reason) ? undefined : reason;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Undefined: the caller is no operator, or one who may do it. */
export function refusalOfOperator(route: Route, caller: Caller, reason: string | undefined): Refusal | undefined {
  const action = caller.kind === 'operator' ? operatorActionOf(route) : undefined;
  return action === undefined || caller.kind !== 'operator' ? undefined : refusalOfAction(action, caller, reason);
}

type Taking = { readonly request: RouteRequest; readonly reason: string | undefined; readonly recordAction: RecordAction };

/** Handles the request, and records what an operator does by it. */
export async function handleRecorded(route: Route, { request, reason, recordAction }: Taking): Promise<RouteResponse> {
  const { caller, params, query, requestId: correlationId } = request;
  const action = caller.kind === 'operator' ? operatorActionOf(route) : undefined;
  if (action === undefined || caller.kind !== 'operator' || recordingOf(action) === 'never') return await route.handle(request);
  const by: ActingOperator = { operator: caller.operator, role: caller.role };
  const taken = await recordAction({ action, by, reason, of: { ...idsIn(query), ...(params as Readonly<Record<string, string>>) }, correlationId });
  try {
    const result = await route.handle(request);
    if ('refusal' in result) await taken.failed(result.refusal.code);
    return result;
  } catch (error) {
    await taken.failed(refusalOfError(error).code).catch(() => undefined); // the caller is to be told of the first
    throw error;
  }
}
