/** What a preference page shows: for each app, and for our own products, the categories by channel, with what the person chose and what holds. */
import type { Category, CategoryTexts } from '../../../domain/notifications/categories/events.ts';
import { OUR_CATEGORIES } from '../../../domain/notifications/categories/our-categories.ts';
import { isWanted, type ChoiceFor } from '../../../domain/notifications/categories/wanted.ts';
import { chooseLocale } from '../../../domain/notifications/templates/locale.ts';
import { UNKNOWN_LOCALE } from '../../../domain/notifications/templates/template.ts';
import { categoryKey } from '../../../domain/people/category.ts';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../../../domain/people/notification-channels.ts';
import type { DigestRule } from '../../../domain/people/preferences/digest-rule.ts';
import { choiceKey, type ChosenAbout } from '../../../domain/people/preferences/chosen-about.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import type { PreferencesDocument } from '../../../projections/read-models/preferences.ts';

type Choices = PreferencesDocument['choices'];

/** `chosen`: the person's choice for exactly this; null where there is none. `wanted`: what holds, by that, by another choice or by default. */
type Cell = { readonly channel: NotificationChannel; readonly chosen: boolean | null; readonly wanted: boolean };
/** Of a choice for many categories at once, of which each may have another. */
type RowCell = Omit<Cell, 'wanted' | 'channel'> & { readonly channel: NotificationChannel | '*' };

export type CategoryRow = CategoryTexts & {
  readonly category: string;
  /** The language of the title; null where nobody said, or there is none. */
  readonly language: string | null;
  /** Whether the app has said what it is. */
  readonly declared: boolean;
  readonly mandatory: boolean;
  /** What the app has for who has no rule of their own; null: each by itself. */
  readonly digest: DigestRule | null;
  /** The choice for the category on every channel. */
  readonly chosen: boolean | null;
  readonly channels: readonly Cell[];
};

export type CategoryGroup = { readonly all: readonly RowCell[]; readonly categories: readonly CategoryRow[] };

export type Person = {
  readonly choices: Choices;
  /** By `choiceKey`. */
  readonly chosen: ReadonlyMap<string, boolean>;
  readonly language: string | undefined;
};

export const personOf = (choices: Choices, language: string | undefined): Person => ({
  choices,
  chosen: new Map(choices.map((choice) => [choiceKey(choice), choice.wanted])),
  language,
});

/** Everything, of all apps and of our own products. */
export const everything = (person: Person): readonly RowCell[] => rowOf(person, {});

/** In the order of the catalogue; and behind it, what the person chose of no app, by its name alone. */
export function ownRows(person: Person): readonly CategoryRow[] {
  const ours = new Set(OUR_CATEGORIES.map(({ category }) => categoryKey(category)));
  const others = namesIn(person.choices, undefined).filter((category) => !ours.has(categoryKey(category)));
  return [...OUR_CATEGORIES.map((one) => ownRow(person, one)), ...others.map((category) => namedRow(person, { category }))];
}

/** By title, in the person's language; then what the person chose of the app that it has not declared. */
export function groupOf(person: Person, app: AppId, declared: readonly Category[]): CategoryGroup {
  const known = new Set(declared.map(({ category }) => categoryKey(category)));
  const others = namesIn(person.choices, app).filter((category) => !known.has(categoryKey(category)));
  const { compare } = new Intl.Collator(person.language ?? 'und');
  const rows = declared.map((one) => declaredRow(person, one, app)).toSorted((one, other) => compare(one.title, other.title));
  return { all: rowOf(person, { app }), categories: [...rows, ...others.map((category) => namedRow(person, { app, category }))] };
}

/** Ours go out on their own channels alone: a choice for another one would change nothing. */
function ownRow(person: Person, category: Category): CategoryRow {
  const row = declaredRow(person, category);
  return { ...row, channels: row.channels.filter(({ channel }) => category.channels?.includes(channel) ?? true) };
}

function declaredRow(person: Person, category: Category, app?: AppId): CategoryRow {
  const locale = chooseLocale(category, person.language);
  const texts = category.locales[locale] ?? { title: category.category };
  return { ...texts, language: locale === UNKNOWN_LOCALE ? null : locale, declared: true, ...cellsOf(person, { app, category: category.category }, category) };
}

const namedRow = (person: Person, { app, category }: Pick<ChosenAbout, 'app' | 'category'>): CategoryRow => ({
  title: category,
  language: null,
  declared: false,
  ...cellsOf(person, { app, category }, undefined),
});

type OfCategory = { readonly app?: AppId | undefined; readonly category: string };

function cellsOf(person: Person, { app, category }: OfCategory, rules: Category | undefined) {
  const of = { ...(app !== undefined && { app }), category };
  const choiceFor: ChoiceFor = (about) => {
    const chosen = chosenBy(person, about);
    return chosen === null ? undefined : chosen ? 'in' : 'out';
  };
  return {
    category,
    mandatory: rules?.mandatory === true,
    digest: rules?.digest ?? null,
    chosen: chosenBy(person, { ...of, channel: '*' }),
    channels: NOTIFICATION_CHANNELS.map((channel) => ({
      channel,
      chosen: chosenBy(person, { ...of, channel }),
      wanted: isWanted(choiceFor, rules, { ...of, channel }),
    })),
  };
}

const rowOf = (person: Person, of: Pick<ChosenAbout, 'app'>): readonly RowCell[] =>
  (['*', ...NOTIFICATION_CHANNELS] as const).map((channel) => ({ channel, chosen: chosenBy(person, { ...of, category: '*', channel }) }));

/** Categories that the person chose of by name, each once, in the spelling that came last. */
function namesIn(choices: Choices, app: AppId | undefined): readonly string[] {
  const own = choices.filter((choice) => choice.app === app && choice.category !== '*');
  return [...new Map(own.map(({ category }) => [categoryKey(category), category])).values()];
}

const chosenBy = ({ chosen }: Person, about: ChosenAbout): boolean | null => chosen.get(choiceKey(about)) ?? null;
