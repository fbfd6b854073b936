import test from 'ava';
import { preferences } from '../../people/preferences.ts';
import type { ChosenAbout } from '../../people/preferences/chosen-about.ts';
import type { PreferencesEvent } from '../../people/events.ts';
import type { AppId } from '../../shared/ids.ts';
import { instant, MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { digestUntil } from './digest-until.ts';

const at = instant(Date.UTC(2027, 0, 10, 12));
const shop = 'shop' as AppId;
const candidate = { source: { kind: 'app', app: shop }, category: 'news', channel: 'push', critical: false } as const;
const user = { status: 'registered', login: 'ann', timeZone: 'Asia/Seoul' } as const;

const minutes = (about: ChosenAbout, many: number): PreferencesEvent => ({
  type: 'people.digest-set.v1',
  data: { ...about, rule: { kind: 'after-first', minutes: many } },
});

const chosen = (...events: readonly PreferencesEvent[]) => events.reduce(preferences.evolve, preferences.initialState);
const category = { mandatory: false, byDefault: 'in', digest: { kind: 'after-first', minutes: 60 } } as const;
const minutesUntil = (until: Instant | undefined) => (until === undefined ? undefined : (Date.parse(until) - Date.parse(at)) / MINUTE_MS);

test('the closest rule of the person counts, and of each first the one for the app; else the category’s', (t) => {
  const rules = [
    minutes({ category: '*', channel: '*' }, 1),
    minutes({ category: '*', channel: 'push' }, 2),
    minutes({ category: 'news', channel: '*' }, 3),
    minutes({ category: 'News', channel: 'push' }, 4),
    minutes({ app: shop, category: 'news', channel: 'push' }, 5),
    minutes({ app: 'other' as AppId, category: 'news', channel: 'push' }, 6),
  ];
  const until = (many: number, options = {}) => minutesUntil(digestUntil(candidate, { user, preferences: chosen(...rules.slice(0, many)), ...options }, at));
  t.is(until(0), undefined);
  t.is(until(0, { category }), 60);
  t.deepEqual(
    [1, 2, 3, 4, 5, 6].map((many) => until(many, { category })),
    [1, 2, 3, 4, 5, 5],
  );
});

test('a person who wants each at once gets it, whatever the app says', (t) => {
  const atOnce: PreferencesEvent = { type: 'people.digest-set.v1', data: { category: '*', channel: '*', rule: { kind: 'at-once' } } };
  t.is(digestUntil(candidate, { user, preferences: chosen(atOnce), category }, at), undefined);
});

test('a time of day is by the zone of the profile, else of the quiet hours, else UTC', (t) => {
  const morning: PreferencesEvent = { type: 'people.digest-set.v1', data: { category: '*', channel: '*', rule: { kind: 'time-of-day', time: '08:00' } } };
  const quiet: PreferencesEvent = { type: 'people.quiet-hours-set.v1', data: { zone: 'Europe/Berlin', from: '22:00', until: '07:00' } };
  const nowhere = { status: 'registered', login: 'ann' } as const;
  const until = (facts: Parameters<typeof digestUntil>[1]): string | undefined => digestUntil(candidate, facts, at);
  t.is(until({ user, preferences: chosen(morning, quiet) }), '2027-01-10T23:00:00.000Z');
  t.is(until({ user: nowhere, preferences: chosen(morning, quiet) }), '2027-01-11T07:00:00.000Z');
  t.is(until({ user: nowhere, preferences: chosen(morning) }), '2027-01-11T08:00:00.000Z');
});

test('what must be told, what has a failover, what is shown in the centre and what we tell ourselves never waits', (t) => {
  const facts = { user, preferences: chosen(minutes({ category: '*', channel: '*' }, 5)) };
  t.is(digestUntil(candidate, facts, at), plus(at, 5 * MINUTE_MS));
  t.is(digestUntil({ ...candidate, critical: true }, facts, at), undefined);
  t.is(digestUntil(candidate, { ...facts, category: { ...category, mandatory: true } }, at), undefined);
  t.is(digestUntil({ ...candidate, failover: { step: 0, nextAfterMinutes: 10 } }, facts, at), undefined);
  t.is(digestUntil({ ...candidate, channel: 'in-app' }, facts, at), undefined);
  t.is(digestUntil({ ...candidate, source: { kind: 'security', notice: 'password-changed' } }, facts, at), undefined);
});
