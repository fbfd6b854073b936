/** Which of a template's locales a person reads: their own, or the nearest that is less particular. */

/**
 * `de-CH` → `de`; `zh-TW` → `zh-Hant` → `zh`, for the script says more than the country's neighbour. As RFC 4647 looks up (3.4), with
 * the script that the language is usually written in there.
 */
export function localesFor(language: string): readonly string[] {
  const parts = language.split('-');
  const shorter = parts.map((_, i) => parts.slice(0, parts.length - i).join('-'));
  const [root = language] = parts;
  const { script } = new Intl.Locale(language).maximize();
  const inScript = script === undefined ? [] : [`${root}-${script}`];
  return [...new Set([language, ...shorter.slice(0, -1), ...inScript, root])];
}

/** Of those that a template has: the person's, else its default. `language`: in the spelling of `languageOf`; undefined where the person named none. */
export function chooseLocale(
  { defaultLocale, locales }: { readonly defaultLocale: string; readonly locales: Readonly<Record<string, unknown>> },
  language: string | undefined,
): string {
  const wanted = language === undefined ? [] : localesFor(language);
  return wanted.find((locale) => Object.hasOwn(locales, locale)) ?? defaultLocale;
}
