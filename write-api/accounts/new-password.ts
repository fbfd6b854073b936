/** What a new password must not be. Its length is checked by its field. */
import type { Refusal } from '../../domain/shared/decider.ts';
import { isCommonPassword } from '../../edge/auth/common-passwords.ts';

/** A shorter login name may stand in a password by chance. */
const LOGIN_NAME_CHARACTERS_MIN = 3;
/** The login name is known by its HMAC alone, so the parts of the password are compared: as many as are soon computed. */
const CHECKED_CHARACTERS_MAX = 64;

type NewPassword = { readonly password: string; /** The HMAC of the login name. */ readonly login: string };

export function refusalOfNewPassword({ password, login }: NewPassword, loginOf: (loginName: string) => string): Refusal | undefined {
  if (isCommonPassword(password)) return { code: 'password-too-common' };
  return partsOf(password).some((part) => loginOf(part) === login) ? { code: 'password-has-login-name' } : undefined;
}

/** Without parts that begin or end with a space: a login name is compared without them, and would be shorter than it seems. */
function partsOf(password: string): readonly string[] {
  const characters = Array.from(password.normalize('NFKC')).slice(0, CHECKED_CHARACTERS_MAX);
  const parts = characters.flatMap((_, from) =>
    characters.slice(from + LOGIN_NAME_CHARACTERS_MIN - 1).map((__, more) => characters.slice(from, from + LOGIN_NAME_CHARACTERS_MIN + more).join('')),
  );
  return parts.filter((part) => part.trim() === part);
}
