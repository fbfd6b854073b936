/** Authentication: from the credentials of a request to its caller. And which kinds of caller a route admits. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { AppScope, KeyScope } from '../../domain/notifications/apps/events.ts';
import { isRecentLogin, RECENT_LOGIN_MS } from '../../domain/people/session.ts';
import { ADMIN_TOKEN_HOLDER, actorOfOperator, OPERATOR_TOKEN_PREFIX, type ActingOperator } from '../../domain/operators/roles.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, type Instant } from '../../domain/shared/instant.ts';
import type { AppSignatures, SecretAge } from './app-signature.ts';
import { APP_HEADER } from './app-signature.ts';
import type { Credentials } from './credentials.ts';
import type { Tokens, VerifiedToken } from './tokens.ts';

export type Caller =
  /** `loggedInAt`: when the session was opened, by a password. */
  | { readonly kind: 'person'; readonly person: PersonId; readonly session: string; readonly loggedInAt: Instant }
  /** `key` follows from the signature; it is the idempotency key of a request that brings none. */
  /** `scopes`: of the key that signed; absent where the app's own secret did, which may do everything. */
  /** `isStill`: whether what signed is still good, to be asked while an answer lasts. */
  | {
      readonly kind: 'app';
      readonly app: AppId;
      readonly secret: SecretAge;
      readonly scopes?: readonly KeyScope[];
      readonly key: string;
      readonly isStill: () => Promise<boolean>;
    }
  | ({ readonly kind: 'operator' } & ActingOperator)
  | { readonly kind: 'anonymous' };

/** The callers that a route admits. `public`: callers without credentials too. */
export type CallerKind = 'person' | 'app' | 'operator' | 'public';

/** The callers that reach the handler of a route that admits these kinds. */
export type CallerOf<Kind extends CallerKind> = Extract<Caller, { kind: Kind extends 'public' ? 'anonymous' : Kind }>;

type Authenticated = { readonly outcome: 'accepted'; readonly caller: Caller } | { readonly outcome: 'refused'; readonly refusal: Refusal };
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>;

export type AuthenticationDependencies = {
  readonly tokens: Pick<Tokens, 'verify' | 'verifyTicket'>;
  readonly appSignatures: AppSignatures;
  /** A caller that sends it is an operator who may do everything. */
  readonly adminToken?: string | undefined;
  /** Whose token it is; undefined: nobody's. Without it there are no operators of a name. */
  readonly findOperator?: (token: string) => Promise<ActingOperator | undefined>;
};

/** A request without credentials has an anonymous caller; one with bad credentials is refused. */
export function createAuthentication({ tokens, appSignatures, adminToken, findOperator }: AuthenticationDependencies): Authenticate {
  const isAdminToken = adminToken === undefined ? () => false : sameSecret(adminToken);
  return async (credentials) => {
    const authorization = credentials.header('authorization');
    if (authorization !== undefined) {
      const token = bearerOf(authorization);
      if (token === undefined) return { outcome: 'refused', refusal: { code: 'token-invalid' } };
      if (isAdminToken(token)) return { outcome: 'accepted', caller: { kind: 'operator', ...ADMIN_TOKEN_HOLDER } };
      if (token.startsWith(OPERATOR_TOKEN_PREFIX)) {
        const operator = await findOperator?.(token);
        return operator === undefined
          ? { outcome: 'refused', refusal: { code: 'token-invalid' } }
          : { outcome: 'accepted', caller: { kind: 'operator', ...operator } };
      }
      return personOf(await tokens.verify(token));
    }
    if (credentials.ticket !== undefined) return personOf(await tokens.verifyTicket(credentials.ticket));
    if (credentials.header(APP_HEADER) === undefined) return { outcome: 'accepted', caller: { kind: 'anonymous' } };
    const signed = await appSignatures.verify(credentials);
    if (signed.outcome === 'refused') return signed;
    const { outcome, ...signer } = signed;
    return { outcome, caller: { kind: 'app', ...signer } };
  };
}

function personOf(verified: VerifiedToken): Authenticated {
  if (verified.outcome === 'refused') return verified;
  const { person, session, loggedInAt } = verified;
  return { outcome: 'accepted', caller: { kind: 'person', person, session, loggedInAt } };
}

/** Undefined: the route admits this caller. */
export function refusalOfCaller(allowed: readonly CallerKind[], caller: Caller): Refusal | undefined {
  if (caller.kind !== 'anonymous') return allowed.includes(caller.kind) ? undefined : { code: 'forbidden' };
  if (allowed.includes('public')) return undefined;
  return { code: allowed.some((kind) => kind !== 'app') ? 'token-missing' : 'signature-missing' };
}

/** What a route demands of a key. `projections`: the scope of the projection that the request names, which no secret has; the route asks for it. */
export type RouteScope = AppScope | 'projections';

/** For a key of an app that may do less than its secret. `scope`: the route's; without one, the secret alone will do. Undefined: the key will. */
export function refusalOfScope(scope: RouteScope | undefined, caller: Caller): Refusal | undefined {
  if (scope === 'projections') return undefined;
  if (caller.kind !== 'app' || caller.scopes === undefined || (scope !== undefined && caller.scopes.includes(scope))) return undefined;
  return { code: 'scope-missing', facts: { scope: scope ?? 'the secret of the app' } };
}

/** What an app makes would outlive the secret that made it: whoever found one that was replaced must not keep a way in. */
export const isByReplacedSecret = (caller: Caller): boolean => caller.kind === 'app' && caller.secret === 'replaced';

/** For a route that a stolen or forgotten session must not reach. Undefined: the caller logged in a short time ago, or is no person. */
export function refusalOfOldLogin(caller: Caller, at: Instant): Refusal | undefined {
  if (caller.kind !== 'person' || isRecentLogin(caller.loggedInAt, at)) return undefined;
  return { code: 'login-not-recent', facts: { maxMinutes: RECENT_LOGIN_MS / MINUTE_MS } };
}

/** The id by which the log names an actor and the rate limits count a caller. */
export function actorIdOf(caller: Caller): string {
  switch (caller.kind) {
    case 'person':
      return caller.person;
    case 'app':
      return `app:${caller.app}`;
    case 'operator':
      return actorOfOperator(caller.operator);
    case 'anonymous':
      return 'anonymous';
  }
}

const bearerOf = (authorization: string): string | undefined => /^Bearer +(\S+) *$/i.exec(authorization)?.[1];

/** Compares digests, so that neither the length nor the time taken tells anything about the secret. */
function sameSecret(secret: string): (given: string) => boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}
