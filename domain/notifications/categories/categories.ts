/** The categories that one app has declared. A notification of another category is sent all the same: it has no title to choose by, and no rules of its own. */
import { categoryKey } from '../../people/category.ts';
import { refusalOfRule } from '../../people/preferences/digest-rule.ts';
import { isBlank } from '../../shared/text/blank-text.ts';
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { AppId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { languageOf } from '../../shared/language.ts';
import { bytesIn, refusalOfText } from '../../shared/text/text.ts';
import { emptyMap, valueOf, withEntry, without, type PersistentMap } from '../../shared/persistent-map.ts';
import { refusalOfInactive, type AppState } from '../apps/app.ts';
import { UNKNOWN_LOCALE } from '../templates/template.ts';
import { refusalOfSteps } from '../failover/policy.ts';
import type { Category, CategoryEvent, CategoryTexts } from './events.ts';

/** Of one app. */
export const CATEGORIES_MAX = 100;
export const CATEGORY_TITLE_LENGTH_MAX_CHARACTERS = 60;
export const CATEGORY_DESCRIPTION_LENGTH_MAX_CHARACTERS = 300;
export const CATEGORY_LOCALES_MAX = 50;
/** Of a declaration with all its languages, as JSON. */
export const CATEGORY_MAX_BYTES = 16 * 1_024;
export const CATEGORY_PER_DAY_MAX = 1_000;

/** By `categoryKey`. */
export type CategoriesState = PersistentMap<string, Category>;

export type CategoryCommand =
  | (Category & { readonly type: 'declare'; readonly app: AppId; readonly appState: AppState; readonly at: Instant })
  | { readonly type: 'remove'; readonly app: AppId; readonly category: string; readonly appState: AppState; readonly at: Instant };

export const categories: Decider<CategoriesState, CategoryCommand, CategoryEvent> = {
  initialState: emptyMap(),
  snapshotVersion: 1,

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.category-declared.v1': {
        const { app: _app, at: _at, ...category } = event.data;
        return withEntry(state, categoryKey(category.category), category);
      }
      case 'notifications.category-removed.v1':
        return without(state, categoryKey(event.data.category));
    }
  },

  decide: (state, command) => {
    const inactive = refusalOfInactive(command.appState);
    if (inactive !== undefined) return inactive;
    const before = declaredIn(state, command.category);
    switch (command.type) {
      case 'declare': {
        const { type: _type, appState: _appState, app, at, ...category } = command;
        const refusal = refusalOfCategory(category);
        if (refusal !== undefined) return refusal;
        if (before === undefined && state.size >= CATEGORIES_MAX) return refuse('categories-full', { max: CATEGORIES_MAX });
        return before !== undefined && isSame(before, category)
          ? accept()
          : accept({ type: 'notifications.category-declared.v1', data: { ...category, app, at } });
      }
      case 'remove': {
        const { app, at } = command;
        return before === undefined ? accept() : accept({ type: 'notifications.category-removed.v1', data: { app, category: before.category, at } });
      }
    }
  },
};

/** However it is spelled. */
export const declaredIn = (state: CategoriesState, category: string): Category | undefined => valueOf(state, categoryKey(category));

function refusalOfCategory({
  category,
  defaultLocale,
  locales,
  mandatory,
  byDefault,
  channels,
  perDayMax,
  digest,
  failover = [],
}: Category): Decision<never> | undefined {
  const invalid = (detail: string) => refuse('category-invalid', { detail });
  if (isBlank(category) || categoryKey(category) === '*') return invalid('it needs a name, which is not *');
  const names = Object.keys(locales);
  if (names.length > CATEGORY_LOCALES_MAX) return invalid(`it has ${names.length} languages; at most ${CATEGORY_LOCALES_MAX} are allowed`);
  const misspelt = names.find((locale) => locale !== UNKNOWN_LOCALE && languageOf(locale) !== locale);
  if (misspelt !== undefined) return invalid(`${misspelt} is not a language, such as de or pt-BR`);
  if (!Object.hasOwn(locales, defaultLocale)) return invalid(`it has no title in its own language, ${defaultLocale}`);
  for (const texts of Object.values(locales)) {
    const refusal = refusalOfTexts(texts);
    if (refusal !== undefined) return refusal;
  }
  if (mandatory && byDefault === 'out') return invalid('what is mandatory is not off by default');
  if (channels?.length === 0) return invalid('it needs a channel; or name none, for all of them');
  if (perDayMax !== undefined && !(Number.isSafeInteger(perDayMax) && perDayMax >= 1 && perDayMax <= CATEGORY_PER_DAY_MAX))
    return invalid(`the cap is a whole number from 1 to ${CATEGORY_PER_DAY_MAX}`);
  const digestFault = digest === undefined ? undefined : refusalOfRule(digest);
  const ruleFault = digestFault ?? refusalOfSteps(failover);
  if (ruleFault !== undefined) return ruleFault;
  const length = bytesIn(JSON.stringify(locales));
  return length > CATEGORY_MAX_BYTES ? refuse('content-too-large', { length, max: CATEGORY_MAX_BYTES }) : undefined;
}

function refusalOfTexts({ title, description }: CategoryTexts): Decision<never> | undefined {
  return (
    refusalOfText(title, { maxCharacters: CATEGORY_TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' }) ??
    (description === undefined
      ? undefined
      : refusalOfText(description, { maxCharacters: CATEGORY_DESCRIPTION_LENGTH_MAX_CHARACTERS, tooLong: 'title-too-long', lines: 'one' }))
  );
}

/** Whatever the order of their fields. */
const isSame = (one: Category, other: Category): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
