/** The passwords that are guessed first: some 18,000 from breaches, as `@zxcvbn-ts/language-common` collects them. */
import { createRequire } from 'node:module';
import type * as LanguageCommon from '@zxcvbn-ts/language-common';

/** Loaded when first asked for: unpacking them is a part of a start that most processes and commands can do without. */
let common: ReadonlySet<string> | undefined;

/** In whatever letter case. */
export function isCommonPassword(password: string): boolean {
  common ??= new Set((createRequire(import.meta.url)('@zxcvbn-ts/language-common') as typeof LanguageCommon).dictionary['passwords-common']);
  return common.has(password.normalize('NFKC').toLowerCase());
}
