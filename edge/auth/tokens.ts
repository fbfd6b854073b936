/**
 * A person's bearer token: a JWT (RFC 7519, HS256) that names the person and the session. The vault knows whether the session is
 * active; its record is cached for a short time, so a session that was ended by another process ends here within that time.
 */
import { randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { epochMs, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Vault, VaultRecords } from '../../ports/vault/port.ts';

const KEY_BYTES = 32; // the length of HS256's digest
const KEY_ID = 'token-key';
const ISSUER = 'tidings';
export const SESSION_CACHED_MS = 20 * SECOND_MS;
const SESSIONS_CACHED_MAX = 100_000;

type Session = { readonly person: PersonId; readonly session: string; readonly expiresAt: Instant };
type VerifiedToken = ({ readonly outcome: 'accepted' } & Session) | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type Tokens = {
  issue(session: Session): Promise<string>;
  /** Refuses with `token-invalid`, `token-expired` or `session-ended`. */
  verify(token: string): Promise<VerifiedToken>;
  /** Whether a session that was verified earlier is still active; for connections that outlive the check of their token. */
  isActive(session: string): Promise<boolean>;
  /** Drops the cached record of a session that is known to have ended, so that the next check asks the vault. */
  forget(session: string): void;
};

/** Creates the signing key at the first start of the installation. */
export async function openTokens({
  vault,
  clock,
  monotonicMs = () => performance.now(),
}: {
  readonly vault: Pick<Vault, 'get' | 'putIfAbsent'>;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
}): Promise<Tokens> {
  const { secret } = await vault.putIfAbsent('installation-secret', KEY_ID, { secret: randomBytes(KEY_BYTES).toString('base64') });
  const key = Buffer.from(secret, 'base64');
  const sessions = new Map<string, { readonly record: VaultRecords['session'] | undefined; readonly untilMs: number }>();

  const sessionOf = async (session: string) => {
    const nowMs = monotonicMs();
    const cached = sessions.get(session);
    if (cached !== undefined && cached.untilMs > nowMs) return cached.record;
    const record = await vault.get('session', session);
    sessions.delete(session);
    sessions.set(session, { record, untilMs: nowMs + SESSION_CACHED_MS });
    if (sessions.size > SESSIONS_CACHED_MAX) for (const oldest of sessions.keys()) if (sessions.delete(oldest)) break;
    return record;
  };

  const isActive = async (session: string): Promise<boolean> => {
    const record = await sessionOf(session);
    return record !== undefined && record.endedAt === undefined && record.expiresAt > clock();
  };

  return {
    issue: ({ person, session, expiresAt }) =>
      new SignJWT({ sid: session })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(person)
        .setIssuedAt(secondsOf(clock()))
        .setExpirationTime(secondsOf(expiresAt))
        .sign(key),

    verify: async (token) => {
      const claims = await claimsOf(token, key, clock());
      if (typeof claims === 'string') return { outcome: 'refused', refusal: { code: claims } };
      const record = await sessionOf(claims.session);
      if (record?.person !== claims.person || !(await isActive(claims.session))) return { outcome: 'refused', refusal: { code: 'session-ended' } };
      return { outcome: 'accepted', ...claims };
    },

    isActive,
    forget: (session) => void sessions.delete(session),
  };
}

async function claimsOf(token: string, key: Uint8Array, at: Instant): Promise<Session | 'token-invalid' | 'token-expired'> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: new Date(epochMs(at)),
    });
    const { sub, sid, exp } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined) return 'token-invalid';
    return { person: sub as PersonId, session: sid, expiresAt: new Date(exp * SECOND_MS).toISOString() as Instant };
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid';
  }
}

const secondsOf = (at: Instant): number => Math.floor(epochMs(at) / SECOND_MS);
