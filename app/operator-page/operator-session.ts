/**
 * The cookie by which the operator's page is told who uses it. The token is in it sealed, so that whoever gets hold of the cookie has a few
 * hours and not the token; and it is looked at anew with each request, so that an operator who is removed is out at once.
 */
import { EncryptJWT, jwtDecrypt } from 'jose';
import { epochMs, HOUR_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';

export const OPERATOR_SESSION_MS = 12 * HOUR_MS;
const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;
const CLAIM = 'token';

export type OperatorSessions = {
  /** The value of `Set-Cookie`. `port`: of the listener; cookies know none, and each process on a host has its own. */
  issue(token: string, listener: Listener): Promise<string>;
  end(listener: Listener): string;
  /** The token in the cookie. Undefined: there is none, it is over, or it is not ours. */
  tokenIn(cookies: string | undefined, listener: Listener): Promise<string | undefined>;
};
type Listener = { readonly port: number; readonly isSecure: boolean };

/** `key`: of 32 bytes, the same in all processes. */
export function createOperatorSessions(key: Uint8Array, clock: () => Instant): OperatorSessions {
  return {
    issue: async (token, listener) => {
      const sealed = await new EncryptJWT({ [CLAIM]: token })
        .setProtectedHeader(HEADER)
        .setExpirationTime(new Date(epochMs(clock()) + OPERATOR_SESSION_MS))
        .encrypt(key);
      return cookieOf(sealed, listener, OPERATOR_SESSION_MS / SECOND_MS);
    },
    end: (listener) => cookieOf('', listener, 0),
    tokenIn: async (cookies, listener) => {
      const prefix = `${nameOf(listener)}=`;
      const sealed = cookies
        ?.split(/; */)
        .find((cookie) => cookie.startsWith(prefix))
        ?.slice(prefix.length);
      if (sealed === undefined || sealed === '') return undefined;
      try {
        const { payload } = await jwtDecrypt(sealed, key, {
          currentDate: new Date(epochMs(clock())),
          contentEncryptionAlgorithms: [HEADER.enc],
          keyManagementAlgorithms: [HEADER.alg],
          requiredClaims: ['exp', CLAIM],
        });
        return String(payload[CLAIM]);
      } catch {
        return undefined;
      }
    },
  };
}

/** With the prefix a browser takes it only over TLS, for this host alone. */
const nameOf = ({ port, isSecure }: Listener): string => `${isSecure ? '__Host-' : ''}tidings-operator-${port}`;

/** Without TLS other programs on the host would be sent it as well: at least not with what is asked of them elsewhere. The prefix demands the root. */
const cookieOf = (value: string, listener: Listener, maxAgeSeconds: number): string =>
  [
    `${nameOf(listener)}=${value}`,
    `Path=${listener.isSecure ? '/' : '/operator'}`,
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(listener.isSecure ? ['Secure'] : []),
  ].join('; ');
