/** What the pages for people say, in the language that is chosen. */
import { en, type Key } from './en.ts';
import { ko, koProblems } from './ko.ts';
import { language, speakerOf } from './language.ts';

export const t = speakerOf<Key>({ en, ko });

/** The server's own sentence where the language has none for the code. */
export const problemText = (code: string, detail: string): string => (language.value === 'ko' ? koProblems[code] : undefined) ?? detail;
