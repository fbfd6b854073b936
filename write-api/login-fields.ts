/** The credentials of a person: a login name and a password. */
import { z } from 'zod';
import { CODE_DIGITS } from '../domain/people/one-time-code.ts';
import { isBlank } from '../domain/shared/text/blank-text.ts';
import { EXAMPLE } from '../edge/examples.ts';
import { lineOfText, text } from '../edge/fields.ts';

const LOGIN_NAME_CHARACTERS_MAX = 200;
/** NIST SP 800-63B: at least eight characters, and no rules on which. */
const PASSWORD_CHARACTERS_MIN = 8;
const PASSWORD_CHARACTERS_MAX = 1_024;

const LOGIN_NAME_META = { description: 'The name that you log in with. Letter case and surrounding spaces don’t matter.', examples: ['ada'] };

export const loginName = text(LOGIN_NAME_CHARACTERS_MAX)
  .refine((name) => !isBlank(name), 'must have a visible character')
  .meta(LOGIN_NAME_META);

/** A name with an invisible character in it could not be typed again. Accounts that have one log in with it as before. */
export const newLoginName = lineOfText(LOGIN_NAME_CHARACTERS_MAX)
  .refine((name) => !INVISIBLE.test(name), 'must have no invisible characters')
  .meta(LOGIN_NAME_META);

/** Without those that Persian, Hindi and emojis are written with. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}--[\ufe0f\u200c-\u200d]]/v;

/** The code of a message that was sent to an address. */
export const oneTimeCode = z
  .string()
  .regex(new RegExp(`^\\d{${CODE_DIGITS}}$`), `must be the ${CODE_DIGITS} digits of the message`)
  .meta({ description: 'The code from the message.', examples: ['48291730'] });

const DEVICE_SECRET_CHARACTERS_MAX = 64;
export const deviceSecret = z
  .string()
  .max(DEVICE_SECRET_CHARACTERS_MAX)
  .meta({ description: 'From an earlier login on this device: it lets you in while others guess at your password.', examples: [EXAMPLE.secret] });

const DEVICE_NAME_CHARACTERS_MAX = 100;
export const deviceName = lineOfText(DEVICE_NAME_CHARACTERS_MAX).meta({
  description: 'What the person calls the device, for the list of sessions.',
  examples: ['Ada’s phone'],
});

/** The minimum length is checked only for a new password, so that it may be raised without locking anybody out. */
export const password = z.string().max(PASSWORD_CHARACTERS_MAX).meta({ description: 'Your password.' });
export const newPassword = z
  .string()
  .min(PASSWORD_CHARACTERS_MIN)
  .max(PASSWORD_CHARACTERS_MAX)
  .meta({ description: `${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters, of any kind.` });
