/** Authentication: users and passwords from the configuration, sent with each call as HTTP Basic credentials. */
import type { Metadata } from '@grpc/grpc-js';
import { createHash, timingSafeEqual } from 'node:crypto';
import { tooManyGuesses, unauthenticated, type Refusal } from '../wire/refusals.ts';
import type { GuessLimit } from './guess-limit.ts';
import { loggedLogin, type SecurityLog } from './security-event.ts';

/** `readsOnly`: everything there is, and does nothing else, whatever an access list says. */
export type User = { readonly login: string; readonly password: string; readonly groups: readonly string[]; readonly readsOnly?: true };

/** `trusted`: every client in insecure mode. */
export type Caller = { readonly kind: 'trusted' } | { readonly kind: 'anonymous' } | ({ readonly kind: 'user' } & Omit<User, 'password'>);

export const ADMINS = '$admins';
export const OPERATORS = '$ops';

const DEFAULT_PASSWORD = 'changeit';

/** The users that nearly every client and its tests expect. They share one password, so that changing it closes both accounts. */
export const usersWithPassword = (password: string): readonly User[] => [
  { login: 'admin', password, groups: [ADMINS] },
  { login: 'ops', password, groups: [OPERATORS] },
];

/** For analysts: a password of its own, for it is in more hands. */
export const readerWithPassword = (password: string): User => ({ login: 'reader', password, groups: [], readsOnly: true });

export const DEFAULT_USERS = usersWithPassword(DEFAULT_PASSWORD);

/** `address`: of the client, without its port. */
export type Authenticator = { authenticate(metadata: Metadata, address: string): Caller | Refusal };

/** Ignores credentials: without TLS they would travel in the clear. */
export const withoutAuthentication: Authenticator = { authenticate: () => ({ kind: 'trusted' }) };

type Dependencies = { readonly guesses: GuessLimit; readonly securityLog: SecurityLog };

export function authenticateUsers(users: readonly User[], { guesses, securityLog }: Dependencies): Authenticator {
  const known = new Map(users.map((user) => [user.login, { ...user, digest: digest(user.password) }]));
  return {
    authenticate: (metadata, address) => {
      const [header] = metadata.get('authorization');
      if (header === undefined) return { kind: 'anonymous' };
      const credentials = readBasic(String(header));
      if (credentials === undefined) return unauthenticated();
      const guesser = { address, login: loggedLogin(credentials.login) };
      const lockedForMs = guesses.lockedForMs(guesser);
      if (lockedForMs > 0) return tooManyGuesses(lockedForMs);
      const user = known.get(credentials.login);
      if (user === undefined || !timingSafeEqual(user.digest, digest(credentials.password))) {
        const isLockedOut = guesses.failed(guesser);
        securityLog({ kind: 'authentication-failed', ...guesser });
        if (isLockedOut) securityLog({ kind: 'locked-out', ...guesser, retryAfterMs: guesses.lockedForMs(guesser) });
        return unauthenticated();
      }
      guesses.succeeded(guesser);
      const { login, groups, readsOnly } = user;
      return { kind: 'user', login, groups, ...(readsOnly !== undefined && { readsOnly }) };
    },
  };
}

export const loginsWithDefaultPassword = (users: readonly User[]) => users.filter(({ password }) => password === DEFAULT_PASSWORD).map(({ login }) => login);

export function loginOf(caller: Caller): string {
  switch (caller.kind) {
    case 'trusted':
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return caller.login;
  }
}

function readBasic(header: string): { readonly login: string; readonly password: string } | undefined {
  const [scheme, encoded] = header.split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { login: text.slice(0, colon), password: text.slice(colon + 1) };
}

const digest = (password: string) => createHash('sha256').update(password).digest();
