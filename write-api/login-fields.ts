/** What one logs in with. */
import { z } from 'zod';
import { text } from '../edge/fields.ts';

const LOGIN_NAME_CHARACTERS_MAX = 200;
/** NIST SP 800-63B: at least eight characters, and no rules on which. */
const PASSWORD_CHARACTERS_MIN = 8;
const PASSWORD_CHARACTERS_MAX = 1_024;

export const loginName = text(LOGIN_NAME_CHARACTERS_MAX)
  .refine((name) => name.trim() !== '', 'must have a character that can be seen')
  .meta({ description: 'However it is typed: letter case and surrounding spaces don’t matter.' });

/** What is asked of a new one is not asked again when it is used. */
export const password = z.string().max(PASSWORD_CHARACTERS_MAX);
export const newPassword = z.string().min(PASSWORD_CHARACTERS_MIN).max(PASSWORD_CHARACTERS_MAX);
