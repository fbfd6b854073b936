/** What an operator must be able to look up after an attack: who tried what, and what changed. Ids alone; the address is for the log to keep or not. */
import type { RefusalCode } from '../domain/shared/refusals.ts';

export type SecurityEventName =
  | 'logged-in'
  | 'login-failed'
  /** Too many failures: the caller has to wait. */
  | 'login-limited'
  | 'token-refused'
  | 'signature-refused'
  | 'access-denied'
  /** By whoever knows the login name. */
  | 'password-reset-asked'
  /** The password was right, and a second factor is asked for. */
  | 'second-factor-asked'
  /** A password, a second factor, a session, a secret, an address or a whole account. */
  | 'credentials-changed'
  | 'operator-action';

export type SecurityEvent = {
  readonly event: SecurityEventName;
  /** A person's id, `app:<id>`, `operator:<id>`, `admin-token`, `local` or `anonymous`. */
  readonly actor: string;
  /** The HMAC of the login name that was tried. */
  readonly login?: string;
  readonly operationId?: string;
  /** Of a refusal. */
  readonly code?: RefusalCode;
  readonly requestId?: string;
  readonly address: string;
};
