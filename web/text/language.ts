/** The language of the pages: what the person chose on this device, else what the browser asks for. */
import { computed, effect, signal } from '@preact/signals';
import type { Plural } from './catalogue.ts';

/** Each in its own language. */
export const LANGUAGE_NAMES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGE_NAMES;
const STORED = 'tidings/language';

const isLanguage = (name: string): name is Language => name in LANGUAGE_NAMES;
const preferred = [localStorage.getItem(STORED) ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())].find(isLanguage);

export const language = signal<Language>(preferred ?? 'en');
const plurals = computed(() => new Intl.PluralRules(language.value));
const numbers = computed(() => new Intl.NumberFormat(language.value));

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(name: string): void {
  if (!isLanguage(name)) return;
  language.value = name;
  localStorage.setItem(STORED, name);
}

export type Values = Readonly<Record<string, string | number>>;

/** `count` chooses between one and many, and is written as the language writes numbers. */
export const speakerOf =
  <Key extends string>(catalogues: Readonly<Record<Language, Readonly<Record<Key, string | Plural>>>>) =>
  (key: Key, values: Values = {}): string => {
    const entry = catalogues[language.value][key];
    const text = typeof entry === 'string' ? entry : entry[plurals.value.select(Number(values['count'] ?? 0)) === 'one' ? 'one' : 'other'];
    return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
      const value = values[name];
      return value === undefined ? place : typeof value === 'number' ? numbers.value.format(value) : value;
    });
  };
