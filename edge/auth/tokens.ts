/**
 * A person's bearer token: a JWT (RFC 7519, HS256) that names the person and the session. The vault knows whether the session is
 * active; its record is cached for a short time, so a session that was ended by another process ends here within that time. Using a
 * session keeps it from ending for being idle.
 */
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { isSessionOpen, SESSION_LIFETIMES, USE_RECORDED_AFTER_MS, type SessionLifetimes } from '../../domain/people/session.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { epochMs, MINUTE_MS, msBetween, plus, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { counted, dropOldest, emptyTallies, type CacheTallies, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Vault, VaultRecords } from '../../ports/vault/port.ts';
import { openTokenKeys, type TokenKeys } from './token-keys.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'tidings';
/** Our APIs and gateways, and nobody else: a token for another audience is none for us. */
const AUDIENCE = 'tidings-api';
/** Streams of events, and nothing else. */
const TICKET_AUDIENCE = 'tidings-live';
/** A ticket stands in an address, which is written down on the way: it is good for a moment, and only for as long as its session. */
export const LIVE_TICKET_LIFETIME_MS = MINUTE_MS;
export const SESSION_CACHED_MS = 20 * SECOND_MS;
const SESSIONS_CACHED_MAX = 100_000;
/** Some 500 bytes each; those verified first give way. */
const VERIFIED_TOKENS_MAX = 50_000;

type Session = { readonly person: PersonId; readonly session: string; readonly expiresAt: Instant };
export type VerifiedToken =
  ({ readonly outcome: 'accepted'; readonly loggedInAt: Instant } & Session) | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type Tokens = {
  issue(session: Session): Promise<string>;
  /** For a browser's `EventSource`, which sends no headers: whoever brings it may open streams of this session's person until it expires. */
  issueTicket(session: Omit<Session, 'expiresAt'>): Promise<{ readonly ticket: string; readonly expiresAt: Instant }>;
  /** As `verify`. A token is no ticket, and a ticket no token. */
  verifyTicket(ticket: string): Promise<VerifiedToken>;
  /** Refuses with `token-invalid`, `token-expired` or `session-ended`. */
  verify(token: string): Promise<VerifiedToken>;
  /** Whether a session that was verified earlier is still active; for connections that outlive the check of their token, and are a use of it. */
  isActive(session: string): Promise<boolean>;
  /** Drops the cached record of a session that is known to have ended, so that the next check asks the vault. */
  forget(session: string): void;
};

type TokensDependencies = {
  readonly vault: Pick<Vault, 'get' | 'put' | 'putIfAbsent' | 'owned' | 'remove'>;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
  readonly caches?: Pick<CacheTallies, 'sessions' | 'verified-tokens'>;
};

type CachedSession = { readonly record: VaultRecords['session'] | undefined; readonly usedAt: Instant | undefined; readonly untilMs: number };

export async function openTokens(
  { vault, clock, monotonicMs = () => performance.now(), caches = emptyTallies() }: TokensDependencies,
  { maxMs, idleMs }: SessionLifetimes = SESSION_LIFETIMES,
): Promise<Tokens> {
  const keys = await openTokenKeys({ vault, clock, monotonicMs }, { tokenMaxMs: maxMs });
  const sessions = new Map<string, CachedSession>();

  const sessionOf = async (session: string): Promise<CachedSession> => {
    const nowMs = monotonicMs();
    const known = sessions.get(session);
    const cached = counted(caches.sessions, known !== undefined && known.untilMs > nowMs ? known : undefined);
    if (cached !== undefined) return cached;
    const [record, use] = await Promise.all([vault.get('session', session), vault.get('session-use', session)]);
    return remember(session, { record, usedAt: use?.usedAt, untilMs: nowMs + SESSION_CACHED_MS });
  };
  const remember = (session: string, cached: CachedSession): CachedSession => {
    sessions.delete(session);
    sessions.set(session, cached);
    if (sessions.size > SESSIONS_CACHED_MAX) dropOldest(sessions, caches.sessions);
    return cached;
  };

  /** In the background, and not tried again: the next use is recorded instead. */
  const recordUse = async (session: string, { person }: VaultRecords['session'], at: Instant) => {
    await vault.put('session-use', session, { usedAt: at }, { owner: person });
    // The person may have been erased meanwhile, and all that the vault held of them removed before this existed.
    if ((await vault.get('session', session)) === undefined) await vault.remove('session-use', session);
  };
  /** The record of an active session, whose use this is. */
  const use = async (session: string): Promise<VaultRecords['session'] | undefined> => {
    const cached = await sessionOf(session);
    const { record, usedAt } = cached;
    const at = clock();
    if (record === undefined || !isSessionOpen(record, usedAt, { idleMs, at })) return undefined;
    if (msBetween(usedAt ?? record.createdAt, at) >= Math.min(USE_RECORDED_AFTER_MS, idleMs / 2)) {
      remember(session, { ...cached, usedAt: at });
      recordUse(session, record, at).catch(() => undefined);
    }
    return record;
  };

  const sign = async ({ person, session, expiresAt }: Session, audience: string): Promise<string> => {
    const { kid, key } = await keys.current();
    return new SignJWT({ sid: session })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setSubject(person)
      .setIssuedAt(secondsOf(clock()))
      .setExpirationTime(secondsOf(expiresAt))
      .sign(key);
  };
  const claimsIn = createClaims(keys, caches['verified-tokens']);
  const verify = async (token: string, audience: string): Promise<VerifiedToken> => {
    const claims = await claimsIn(token, { audience, at: clock() });
    if (typeof claims === 'string') return { outcome: 'refused', refusal: { code: claims } };
    const record = await use(claims.session);
    if (record?.person !== claims.person) return { outcome: 'refused', refusal: { code: 'session-ended' } };
    return { outcome: 'accepted', ...claims, loggedInAt: record.createdAt };
  };

  return {
    issue: (session) => sign(session, AUDIENCE),
    issueTicket: async (session) => {
      const expiresAt = plus(clock(), LIVE_TICKET_LIFETIME_MS);
      return { ticket: await sign({ ...session, expiresAt }, TICKET_AUDIENCE), expiresAt };
    },
    verify: (token) => verify(token, AUDIENCE),
    verifyTicket: (ticket) => verify(ticket, TICKET_AUDIENCE),

    isActive: async (session) => (await use(session)) !== undefined,
    forget: (session) => void sessions.delete(session),
  };
}

type Claims = Session & { readonly kid: string };
type ClaimsIn = (token: string, of: { readonly audience: string; readonly at: Instant }) => Promise<Session | 'token-invalid' | 'token-expired'>;

/** Verifies a token once, and remembers what it claims: until it expires, and for as long as its key is one of ours. */
function createClaims(keys: TokenKeys, tally: CacheTally): ClaimsIn {
  const verified = new Map<string, Claims>(); // by audience and token
  return async (token, { audience, at }) => {
    const place = `${audience}\n${token}`;
    const remembered = verified.get(place);
    const holds = remembered !== undefined && (await keys.find(remembered.kid)) !== undefined && at < remembered.expiresAt;
    const known = counted(tally, holds ? remembered : undefined);
    if (known !== undefined) return sessionIn(known);
    verified.delete(place);
    const claims = await verifyClaims(token, keys, { audience, at });
    if (typeof claims === 'string') return claims;
    verified.set(place, claims);
    if (verified.size > VERIFIED_TOKENS_MAX) dropOldest(verified, tally);
    return sessionIn(claims);
  };
}

const sessionIn = ({ person, session, expiresAt }: Claims): Session => ({ person, session, expiresAt });

async function verifyClaims(
  token: string,
  keys: TokenKeys,
  { audience, at }: { readonly audience: string; readonly at: Instant },
): Promise<Claims | 'token-invalid' | 'token-expired'> {
  const kid = keyIdIn(token) ?? '';
  const signing = await keys.find(kid);
  if (signing === undefined) return 'token-invalid';
  try {
    const { payload } = await jwtVerify(token, signing.key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience,
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: new Date(epochMs(at)),
    });
    const { sub, sid, exp } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined) return 'token-invalid';
    return { kid, person: sub as PersonId, session: sid, expiresAt: new Date(exp * SECOND_MS).toISOString() as Instant };
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'token-expired' : 'token-invalid';
  }
}

/** Undefined for a text that is no token. */
function keyIdIn(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

const secondsOf = (at: Instant): number => Math.floor(epochMs(at) / SECOND_MS);
