/** The passwords that are guessed first: some 18,000 from breaches, as `@zxcvbn-ts/language-common` collects them. */
import { dictionary } from '@zxcvbn-ts/language-common';

const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);

/** In whatever letter case. */
export const isCommonPassword = (password: string): boolean => COMMON.has(password.normalize('NFKC').toLowerCase());
