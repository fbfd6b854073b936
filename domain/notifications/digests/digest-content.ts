/** What a digest says: a list of what it tells, the newest first, and how many more there are. An app's template may say it in its own words. */
import { excerptOf } from '../../shared/text/excerpt.ts';
import { toOneLine } from '../../shared/text/one-line.ts';
import type { SentChannel } from '../../people/notification-channels.ts';
import type { ChannelContent } from '../content.ts';
import type { Content } from '../request-fields.ts';
import { chooseLocale } from '../templates/locale.ts';

/** How many are listed. A telephone shows a few lines, and a text message is paid for by its length. */
export const DIGEST_ITEMS_MAX: Readonly<Record<SentChannel, number>> = { push: 5, sms: 5, email: 20 };
export const DIGEST_ITEM_CHARACTERS_MAX = 120;

export type DigestItem = Pick<ChannelContent, 'title' | 'body' | 'url'>;

export type DigestToTell = {
  /** As people know it: its title in the reader's language, else the name that the app gave it. */
  readonly category: string;
  /** The newest first, not more than are listed. */
  readonly items: readonly DigestItem[];
  /** Of all, listed or not. */
  readonly count: number;
  /** Of the reader, as they said. */
  readonly language: string | undefined;
};

/** The parameters of an app's template for digests. `title` and `url` of an item are empty where it has none. */
export const digestParameters = ({ category, items, count }: Omit<DigestToTell, 'language'>): Readonly<Record<string, unknown>> => ({
  category,
  count,
  more: count - items.length,
  items: items.map(({ title = '', body, url = '' }) => ({ title, body, url })),
});

/** Where the app has no template for it, in the languages of our own products. */
export function digestContent({ category, items, count, language }: DigestToTell): Content {
  const more = count - items.length;
  const lines = items.map(lineOf);
  return { title: `${toOneLine(category)} (${count})`, body: (more === 0 ? lines : [...lines, andMore(more, language)]).join('\n') };
}

const lineOf = ({ title, body }: DigestItem): string => excerptOf(toOneLine(title === undefined ? body : `${title}: ${body}`), DIGEST_ITEM_CHARACTERS_MAX);

const AND_MORE = {
  en: (count: number) => `and ${count} more`,
  de: (count: number) => `und ${count} weitere`,
  es: (count: number) => `y ${count} más`,
  fr: (count: number) => `et ${count} de plus`,
  ja: (count: number) => `ほか${count}件`,
  ko: (count: number) => `외 ${count}건`,
} as const;

const andMore = (count: number, language: string | undefined): string =>
  AND_MORE[chooseLocale({ defaultLocale: 'en', locales: AND_MORE }, language) as keyof typeof AND_MORE](count);
