/** Events of the gRPC front for a security log. `login` is as the client sent it, truncated. */
export type SecurityEvent =
  | { readonly kind: 'authentication-failed'; readonly login: string; readonly address: string }
  | { readonly kind: 'locked-out'; readonly login: string; readonly address: string; readonly retryAfterMs: number }
  | { readonly kind: 'access-denied'; readonly login: string; readonly address: string; readonly method: string };

export type SecurityLog = (event: SecurityEvent) => void;

const LOGIN_CHARACTERS_MAX = 100;

export const loggedLogin = (login: string): string => login.slice(0, LOGIN_CHARACTERS_MAX);
