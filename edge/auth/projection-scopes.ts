/** Who may subscribe to a projection: a key of an app to which an operator has given that scope. The secret of the app may not. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Caller } from './callers.ts';

/** Undefined: the caller may. */
export function refusalOfProjection(caller: Caller, projection: string): Refusal | undefined {
  const scope = `projections:${projection}` as const;
  return scopesOf(caller).includes(scope) ? undefined : { code: 'scope-missing', facts: { scope } };
}

export const seesPersonalFields = (caller: Caller): boolean => scopesOf(caller).includes('personal-fields');

const scopesOf = (caller: Caller) => (caller.kind === 'app' ? (caller.scopes ?? []) : []);
