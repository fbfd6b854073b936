/** Who is asking, and who may ask what. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import type { AppSignatures } from './app-signature.ts';
import { APP_HEADER } from './app-signature.ts';
import type { Credentials } from './credentials.ts';
import type { Tokens } from './tokens.ts';

export type Caller =
  | { readonly kind: 'person'; readonly person: PersonId; readonly session: string }
  /** `key`: what an app that sends no idempotency key asks under; it follows from the signature. */
  | { readonly kind: 'app'; readonly app: AppId; readonly key: string }
  | { readonly kind: 'operator' }
  | { readonly kind: 'nobody' };

/** Who may use a route. `anyone`: also who doesn't say who they are. */
export type CallerKind = 'person' | 'app' | 'operator' | 'anyone';

/** Who can be behind a request of a route that lets these in. */
export type CallerOf<Kind extends CallerKind> = Extract<Caller, { kind: Kind extends 'anyone' ? 'nobody' : Kind }>;

type Authenticated = { readonly outcome: 'accepted'; readonly caller: Caller } | { readonly outcome: 'refused'; readonly refusal: Refusal };
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>;

export type AuthenticationDependencies = {
  readonly tokens: Pick<Tokens, 'verify'>;
  readonly appSignatures: AppSignatures;
  /** Whoever has it is the operator; nobody is, where there is none. */
  readonly adminToken?: string | undefined;
};

/** Who says nothing of themselves is nobody; who says it wrongly is refused. */
export function createAuthentication({ tokens, appSignatures, adminToken }: AuthenticationDependencies): Authenticate {
  const isAdminToken = adminToken === undefined ? () => false : sameSecret(adminToken);
  return async (credentials) => {
    const authorization = credentials.header('authorization');
    if (authorization !== undefined) {
      const token = bearerOf(authorization);
      if (token === undefined) return { outcome: 'refused', refusal: { code: 'token-invalid' } };
      if (isAdminToken(token)) return { outcome: 'accepted', caller: { kind: 'operator' } };
      const verified = await tokens.verify(token);
      if (verified.outcome === 'refused') return verified;
      return { outcome: 'accepted', caller: { kind: 'person', person: verified.person, session: verified.session } };
    }
    if (credentials.header(APP_HEADER) === undefined) return { outcome: 'accepted', caller: { kind: 'nobody' } };
    const signed = await appSignatures.verify(credentials);
    return signed.outcome === 'refused' ? signed : { outcome: 'accepted', caller: { kind: 'app', app: signed.app, key: signed.key } };
  };
}

/** Undefined: this caller may. */
export function refusalOfCaller(allowed: readonly CallerKind[], caller: Caller): Refusal | undefined {
  if (caller.kind !== 'nobody') return allowed.includes(caller.kind) ? undefined : { code: 'forbidden' };
  if (allowed.includes('anyone')) return undefined;
  return { code: allowed.some((kind) => kind !== 'app') ? 'token-missing' : 'signature-missing' };
}

/** As an actor in the log's metadata, and as the one whom limits are counted for. */
export function actorOf(caller: Exclude<Caller, { kind: 'nobody' }>): string {
  switch (caller.kind) {
    case 'person':
      return caller.person;
    case 'app':
      return `app:${caller.app}`;
    case 'operator':
      return 'system:operator';
  }
}

const bearerOf = (authorization: string): string | undefined => /^Bearer +(\S+) *$/i.exec(authorization)?.[1];

/** Compares digests, so that neither the length nor the time taken tells anything of the secret. */
function sameSecret(secret: string): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}
