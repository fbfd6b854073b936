/** What looks at texts before they are published: the operator's words, and a service of the operator's. */
import { httpContentCheck } from '../../ports/content-check/http.ts';
import type { ContentCheck } from '../../ports/content-check/port.ts';
import { wordListIn } from '../../ports/content-check/word-list.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import { CannotStart } from '../cannot-start.ts';
import type { ModerationConfig } from '../config/moderation-settings.ts';

/** The words first: they cost nothing. Throws `CannotStart`. */
export function openContentChecks(
  outbound: Pick<Outbound, 'post'>,
  { wordsFile, check }: Pick<ModerationConfig, 'wordsFile' | 'check'>,
): readonly ContentCheck[] {
  const words = wordsFile === undefined ? [] : [openWords(wordsFile)];
  if (check === undefined) return words;
  const { url, token, deadlineMs } = check;
  return [...words, httpContentCheck(outbound, { url, deadlineMs, ...(token !== undefined && { token }) })];
}

function openWords(file: string): ContentCheck {
  try {
    return wordListIn(file);
  } catch (error) {
    throw new CannotStart('The words that nobody may publish can’t be read. See TIDINGS_CONTENT_WORDS_FILE.', { cause: error });
  }
}
