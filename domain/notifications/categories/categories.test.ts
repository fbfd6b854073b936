import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import type { AppId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import { CATEGORIES_MAX, categories, declaredIn, type CategoryCommand } from './categories.ts';
import type { Category, CategoryEvent } from './events.ts';
import { categoryFor, OUR_CATEGORIES } from './our-categories.ts';

const app = 'shop' as AppId;
const at = '2025-01-15T12:00:00.000Z' as Instant;
const orders: Category = { category: 'Orders', defaultLocale: 'en', locales: { en: { title: 'Orders' } }, mandatory: false, byDefault: 'in' };
const declared = (of: Partial<Category> = {}): CategoryEvent => ({ type: 'notifications.category-declared.v1', data: { ...orders, ...of, app, at } });
const declare = (of: Partial<Category> = {}): CategoryCommand => ({ type: 'declare', ...orders, ...of, app, appState: { status: 'active' }, at });
const remove = (category: string): CategoryCommand => ({ type: 'remove', app, category, appState: { status: 'active' }, at });

test('an app declares a category, changes it, and removes it, however it spells it', (t) => {
  given(categories).when(declare()).then(t, declared());
  given(categories, declared()).when(declare()).then(t);
  const changed = { category: ' ORDERS', locales: { en: { title: 'Your orders' } } };
  given(categories, declared()).when(declare(changed)).then(t, declared(changed));
  const removed: CategoryEvent = { type: 'notifications.category-removed.v1', data: { app, category: 'Orders', at } };
  given(categories, declared()).when(remove('orders')).then(t, removed);
  given(categories, declared(), removed).when(remove('orders')).then(t);
  given(categories).when(remove('orders')).then(t);
  const state = [declared(), declared(changed)].reduce(categories.evolve, categories.initialState);
  t.is(declaredIn(state, 'oRdErS')?.locales['en']?.title, 'Your orders');
  t.is(declaredIn([removed].reduce(categories.evolve, state), 'orders'), undefined);
});

test('the same declaration in another order of its fields changes nothing', (t) => {
  const texts = { title: 'Orders', description: 'All of them' };
  const turned = { description: 'All of them', title: 'Orders' };
  given(categories, declared({ locales: { de: { title: 'B' }, en: texts } }))
    .when(declare({ locales: { en: turned, de: { title: 'B' } } }))
    .then(t);
});

test('a category that people can’t choose by, or that contradicts itself, is refused', (t) => {
  const refused: readonly (readonly [Partial<Category>, RefusalCode])[] = [
    [{ category: ' ' }, 'category-invalid'],
    [{ category: '*' }, 'category-invalid'],
    [{ defaultLocale: 'de' }, 'category-invalid'],
    [{ locales: { en: { title: 'Orders' }, german: { title: 'Bestellungen' }, pt_br: { title: 'Pedidos' } } }, 'category-invalid'],
    [{ locales: { en: { title: ' ' } } }, 'title-empty'],
    [{ locales: { en: { title: 'a'.repeat(61) } } }, 'title-too-long'],
    [{ locales: { en: { title: 'one\ntwo' } } }, 'text-not-one-line'],
    [{ locales: { en: { title: 'a', description: 'a'.repeat(301) } } }, 'title-too-long'],
    [{ mandatory: true, byDefault: 'out' }, 'category-invalid'],
    [{ channels: [] }, 'category-invalid'],
    [{ perDayMax: 0 }, 'category-invalid'],
    [{ perDayMax: 1.5 }, 'category-invalid'],
    [{ digest: { kind: 'after-first', minutes: 0 } }, 'digest-invalid'],
  ];
  for (const [of, code] of refused) {
    const decision = categories.decide(categories.initialState, declare(of));
    t.is(decision.outcome === 'refused' ? decision.refusal.code : undefined, code, JSON.stringify(of));
  }
});

test('the number of categories is limited, and within it each can be changed', (t) => {
  const many = Array.from({ length: CATEGORIES_MAX }, (_, i) => declared({ category: `category-${i}` }));
  given(categories, ...many)
    .when(declare())
    .thenRefused(t, 'categories-full', { max: CATEGORIES_MAX });
  given(categories, ...many)
    .when(declare({ category: 'category-0', byDefault: 'out' }))
    .then(t, declared({ category: 'category-0', byDefault: 'out' }));
});

test('an app that is unknown or disabled declares nothing', (t) => {
  for (const [status, code] of [
    ['none', 'app-unknown'],
    ['disabled', 'app-disabled'],
  ] as const) {
    given(categories)
      .when({ ...declare(), appState: { status } })
      .thenRefused(t, code);
  }
});

test('a notification of an app goes by its app’s declaration, and one of ours by ours', (t) => {
  const state = categories.evolve(categories.initialState, declared({ category: 'chat', byDefault: 'out' }));
  t.is(categoryFor(state, { source: { kind: 'app', app }, category: 'Chat' })?.byDefault, 'out');
  t.is(categoryFor(state, { source: { kind: 'app', app }, category: 'friend-posted' }), undefined);
  t.is(categoryFor(undefined, { source: { kind: 'feed', post: 'p' as never }, category: 'friend-posted' })?.byDefault, 'out');
});

test('our own categories are such that an app could declare them', (t) => {
  for (const category of OUR_CATEGORIES) {
    t.is(categories.decide(categories.initialState, declare(category)).outcome, 'accepted', category.category);
    t.deepEqual(Object.keys(category.locales).toSorted(), Object.keys(OUR_CATEGORIES[0]?.locales ?? {}).toSorted(), 'each in every language of the others');
  }
});
