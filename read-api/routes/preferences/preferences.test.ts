import test from 'ava';
import type { Category } from '../../../domain/notifications/categories/events.ts';
import type { PreferencesDocument } from '../../../projections/read-models/preferences.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { givenReadApi } from '../../test-fixture.ts';
import { everything, groupOf, ownRows, personOf, type CategoryRow } from './grid.ts';

const shop = 'shop' as AppId;
const category = (name: string, of: Partial<Category> = {}): Category => ({
  category: name,
  defaultLocale: 'en',
  locales: { en: { title: name.toUpperCase() } },
  mandatory: false,
  byDefault: 'in',
  ...of,
});
const person = (choices: PreferencesDocument['choices'], language?: string) => personOf(choices, language);
const wanted = (rows: readonly CategoryRow[], name: string) =>
  Object.fromEntries(rows.find((row) => row.category === name)?.channels.map((cell) => [cell.channel, cell.wanted]) ?? []);

test('each cell has the choice for exactly it, and what holds', (t) => {
  const choices = [
    { category: '*', channel: 'sms', wanted: false },
    { app: shop, category: 'Orders', channel: '*', wanted: true },
    { app: shop, category: 'orders', channel: 'push', wanted: false },
    { app: 'other' as AppId, category: 'news', channel: '*', wanted: false },
  ] as const;
  const { all, categories } = groupOf(person(choices), shop, [category('orders'), category('news'), category('terms', { mandatory: true })]);
  const [news, orders] = categories;
  t.deepEqual([news?.chosen, orders?.chosen], [null, true]);
  t.deepEqual(
    orders?.channels.map(({ chosen }) => chosen),
    [false, null, null, null],
  );
  t.deepEqual(wanted(categories, 'orders'), { push: false, sms: true, email: true, 'in-app': true });
  t.deepEqual(wanted(categories, 'news'), { push: true, sms: false, email: true, 'in-app': true });
  t.deepEqual(wanted(categories, 'terms'), { push: true, sms: true, email: true, 'in-app': true });
  t.true(all.every(({ chosen }) => chosen === null));
  t.deepEqual(everything(person(choices)).find(({ channel }) => channel === 'sms')?.chosen, false);
});

test('titles are in the person’s language or the nearest, and sorted by it', (t) => {
  const declared = [
    category('b', { locales: { en: { title: 'Bills' }, de: { title: 'Änderungen', description: 'Alle' } } }),
    category('a', { defaultLocale: 'und', locales: { und: { title: 'Zebra' } } }),
  ];
  const rows = groupOf(person([], 'de-CH'), shop, declared).categories;
  t.deepEqual(
    rows.map(({ title, language }) => [title, language]),
    [
      ['Änderungen', 'de'],
      ['Zebra', null],
    ],
  );
  t.is(groupOf(person([]), shop, declared).categories[0]?.title, 'Bills');
});

test('what a person chose of a name that nobody has declared can be seen, and changed back', (t) => {
  const choices = [
    { app: shop, category: 'Oldies', channel: 'email', wanted: false },
    { category: 'news', channel: '*', wanted: false },
  ] as const;
  t.like(groupOf(person(choices), shop, []).categories, [{ category: 'Oldies', title: 'Oldies', declared: false }] as never);
  const own = ownRows(person(choices, 'ko'));
  t.deepEqual(wanted(own, 'friend-posted'), { push: false, 'in-app': false }, 'it goes nowhere else');
  t.is(own.find((row) => row.category === 'chat')?.title, '채팅 메시지');
  t.deepEqual(wanted(own, 'news'), { push: false, sms: false, email: false, 'in-app': false });
});

type Page = {
  readonly language: string;
  readonly next: string | null;
  readonly apps: readonly { readonly app: AppId; readonly name: string; readonly categories: readonly CategoryRow[] }[];
  readonly contacts: readonly object[];
  readonly quietHours: object | null;
  readonly digests: readonly object[];
};

test('a page has all that a person chooses by: categories of each app, quiet hours, digests and contacts', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person();
  const [first, second] = (await Promise.all([api.app(ada), api.app(ada)])).map(({ app }) => app).toSorted() as [AppId, AppId];
  for (const app of [first, second]) await api.expectSuccess(commands.declareCategory({ app, ...category('orders') }, by(`app:${app}`)));
  await api.expectSuccess(commands.declareCategory({ app: first, ...category('terms', { mandatory: true, digest: { kind: 'at-once' } }) }, by(`app:${first}`)));
  await api.expectSuccess(commands.changeProfile({ person: ada.person, language: 'de' }, by(ada.person)));
  await api.expectSuccess(commands.setContact({ person: ada.person, kind: 'email', address: 'ada@example.org' }, by(ada.person)));
  const quietHours = { zone: 'Europe/Berlin', from: '22:00', until: '07:00' };
  const rule = { kind: 'time-of-day', time: '08:00' } as const;
  const choices = [{ app: second, category: 'orders', channel: 'push', wanted: false }] as const;
  const digests = [{ category: 'orders', channel: 'email', rule }] as const;
  await api.expectSuccess(commands.setPreferences({ person: ada.person, choices, quietHours, digests }, by(ada.person)));

  const path = '/v1/me/preferences/page';
  const page = (await api.requestAfterWrites(ada, `${path}?limit=1`)).body as unknown as Page;
  t.like(page, { language: 'de', quietHours, digests, next: first, contacts: [{ kind: 'email', address: 'ada@example.org' }] });
  t.deepEqual(
    page.apps.map(({ app, categories }) => [app, categories.map(({ category: name, mandatory, digest }) => [name, mandatory, digest?.kind ?? null])]),
    [
      [
        first,
        [
          ['orders', false, null],
          ['terms', true, 'at-once'],
        ],
      ],
    ] as never,
  );
  const rest = (await api.requestAfterWrites(ada, `${path}?after=${page.next ?? ''}`)).body as unknown as Page;
  t.is(rest.next, null);
  t.deepEqual(wanted(rest.apps[0]?.categories ?? [], 'orders'), { push: false, sms: true, email: true, 'in-app': true });

  const mandatory = commands.setPreferences({ person: ada.person, choices: [{ app: first, category: 'Terms', channel: '*', wanted: false }] }, by(ada.person));
  t.like(await mandatory, { outcome: 'refused', refusal: { code: 'category-mandatory' } });
  await api.expectSuccess(
    commands.setPreferences({ person: ada.person, choices: [{ ...choices[0], wanted: null }], apps: [{ app: first, enrolled: false }] }, by(ada.person)),
  );
  const after = (await api.requestAfterWrites(ada, path)).body as unknown as Page;
  t.deepEqual(
    after.apps.map(({ app }) => app),
    [second],
  );
  t.true(wanted(after.apps[0]?.categories ?? [], 'orders')['push']);
  await api.expectSuccess(commands.removeCategory({ app: second, category: 'orders' }, by(`app:${second}`)));
  t.deepEqual(((await api.requestAfterWrites(ada, path)).body as unknown as Page).apps[0]?.categories, []);
});
