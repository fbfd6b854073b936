/** Languages, time zones and countries to choose from, each as the pages' language calls it. */
import { language } from '../text/language.ts';
import { t } from '../text/text.ts';

export type Option = readonly [value: string, text: string];

/** Those in which our own notifications are written. */
const TOLD_IN = ['de', 'en', 'es', 'fr', 'ja', 'ko'];
/** No countries, though they have codes. */
const NO_COUNTRIES = new Set(['EU', 'EZ', 'UN', 'QO', 'ZZ', 'XA', 'XB']);
const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

export const languagesToldIn = (chosen: string | null): readonly Option[] =>
  withChosen(
    TOLD_IN.map((tag): Option => [tag, nameOf('language', tag) ?? tag]),
    chosen,
  );

export const zones = (chosen: string | null): readonly Option[] =>
  withChosen(
    Intl.supportedValuesOf('timeZone').map((zone): Option => [zone, zone.replaceAll('_', ' ')]),
    chosen,
  );

export function countries(chosen: string | null): readonly Option[] {
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter((code) => !NO_COUNTRIES.has(code));
  const named = codes.flatMap((code): readonly Option[] => {
    const name = nameOf('region', code);
    return name === undefined ? [] : [[code, name]];
  });
  const { compare } = new Intl.Collator(language.value);
  return withChosen(
    named.toSorted(([, one], [, other]) => compare(one, other)),
    chosen,
  );
}

/** Undefined where the language has no name for the code. */
const nameOf = (type: 'language' | 'region', code: string): string | undefined => new Intl.DisplayNames(language.value, { type, fallback: 'none' }).of(code);

/** What was chosen elsewhere stays, whether it is listed or not; where nothing was, that is said. */
function withChosen(options: readonly Option[], chosen: string | null): readonly Option[] {
  if (chosen === null) return [['', t('settings.notChosen')], ...options];
  return options.some(([value]) => value === chosen) ? options : [[chosen, chosen], ...options];
}
