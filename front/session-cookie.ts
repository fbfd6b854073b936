/** The cookie that holds a session's token, where no script can read it. */

const NAME = 'tidings-session';
/** With this prefix a browser takes it only over TLS, for this host alone, so that no neighbour can set it. */
const SECURE_NAME = `__Host-${NAME}`;
/** What a request of a page says in place of a token. A page of elsewhere can say it only after a preflight, which nobody answers. */
export const TOKEN_IN_COOKIE = 'cookie';

type Transport = { readonly isSecure: boolean };

const nameOf = ({ isSecure }: Transport): string => (isSecure ? SECURE_NAME : NAME);

export function sessionTokenIn(cookies: string | undefined, transport: Transport): string | undefined {
  const prefix = `${nameOf(transport)}=`;
  const found = cookies?.split(/; */).find((cookie) => cookie.startsWith(prefix));
  const token = found?.slice(prefix.length);
  return token === '' ? undefined : token;
}

export const sessionCookie = (token: string, expiresAt: string, transport: Transport): string =>
  cookieOf(token, `Expires=${new Date(expiresAt).toUTCString()}`, transport);

export const noSessionCookie = (transport: Transport): string => cookieOf('', 'Max-Age=0', transport);

const cookieOf = (value: string, lifetime: string, transport: Transport): string =>
  [`${nameOf(transport)}=${value}`, 'Path=/', lifetime, 'HttpOnly', 'SameSite=Strict', ...(transport.isSecure ? ['Secure'] : [])].join('; ');
