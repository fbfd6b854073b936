/** The settings of what is checked and limited before it is published. */
import { z } from 'zod';
import { HOUR_MS } from '../../domain/shared/instant.ts';
import { NEW_ACCOUNT_HOURS } from '../../commands/moderation/admission.ts';
import { CONTENT_CHECK_DEADLINE_MS } from '../../ports/content-check/port.ts';
import { wholeNumber } from './setting-values.ts';

const CHECK_URL = 'an https:// address';
const HOURS_MAX = 24 * 365;

export const moderationSettings = {
  TIDINGS_NEW_ACCOUNT_HOURS: wholeNumber(NEW_ACCOUNT_HOURS, { unit: 'hours', max: HOURS_MAX }),
  TIDINGS_CONTENT_WORDS_FILE: z.string().min(1, 'a file').optional(),
  TIDINGS_CONTENT_CHECK_URL: z.url({ protocol: /^https$/, error: CHECK_URL }).optional(),
  TIDINGS_CONTENT_CHECK_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'visible ASCII characters, none of them a space')
    .optional(),
  TIDINGS_CONTENT_CHECK_DEADLINE_MS: wholeNumber(CONTENT_CHECK_DEADLINE_MS, { unit: 'milliseconds', min: 50, max: 30_000 }),
  TIDINGS_CONTENT_CHECK_AWAY: z.enum(['publish', 'refuse'], 'publish or refuse').default('publish'),
} as const;

export type ModerationConfig = {
  readonly newAccountMs: number;
  /** Words that nobody publishes, one a line. */
  readonly wordsFile: string | undefined;
  /** A service that is asked as well. */
  readonly check: { readonly url: string; readonly token: string | undefined; readonly deadlineMs: number } | undefined;
  readonly unchecked: 'publish' | 'refuse';
};

export const moderationOf = (settings: z.infer<z.ZodObject<typeof moderationSettings>>): ModerationConfig => ({
  newAccountMs: settings.TIDINGS_NEW_ACCOUNT_HOURS * HOUR_MS,
  wordsFile: settings.TIDINGS_CONTENT_WORDS_FILE,
  check:
    settings.TIDINGS_CONTENT_CHECK_URL === undefined
      ? undefined
      : {
          url: settings.TIDINGS_CONTENT_CHECK_URL,
          token: settings.TIDINGS_CONTENT_CHECK_TOKEN,
          deadlineMs: settings.TIDINGS_CONTENT_CHECK_DEADLINE_MS,
        },
  unchecked: settings.TIDINGS_CONTENT_CHECK_AWAY,
});
