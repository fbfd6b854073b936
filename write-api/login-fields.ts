/** The credentials of a person: a login name and a password. */
import { z } from 'zod';
import { text } from '../edge/fields.ts';

const LOGIN_NAME_CHARACTERS_MAX = 200;
/** NIST SP 800-63B: at least eight characters, and no rules on which. */
const PASSWORD_CHARACTERS_MIN = 8;
const PASSWORD_CHARACTERS_MAX = 1_024;

export const loginName = text(LOGIN_NAME_CHARACTERS_MAX)
  .refine((name) => name.trim() !== '', 'must have a character that can be seen')
  .meta({ description: 'The name that you log in with. Letter case and surrounding spaces don’t matter.', examples: ['ada'] });

/** The minimum length is checked only for a new password, so that it may be raised without locking anybody out. */
export const password = z.string().max(PASSWORD_CHARACTERS_MAX).meta({ description: 'Your password.' });
export const newPassword = z
  .string()
  .min(PASSWORD_CHARACTERS_MIN)
  .max(PASSWORD_CHARACTERS_MAX)
  .meta({ description: `${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters, of any kind.` });
