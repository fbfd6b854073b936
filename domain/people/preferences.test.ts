import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { AppId } from '../shared/ids.ts';
import { DIGEST_CHOICES_MAX, ruleFor } from './preferences/digest-choices.ts';
import { DIGEST_MINUTES_MAX } from './preferences/digest-rule.ts';
import type { PreferencesEvent } from './events.ts';
import { CHOICES_MAX, choiceOf, ENROLMENTS_MAX, preferences } from './preferences.ts';

const shop = 'shop' as AppId;
const out: PreferencesEvent = { type: 'people.opted-out.v1', data: { category: 'news', channel: 'sms' } };
const back: PreferencesEvent = { type: 'people.opted-in.v1', data: { category: 'news', channel: 'sms' } };
const night = { zone: 'Europe/Berlin', from: '22:00', until: '07:00' };
const quiet: PreferencesEvent = { type: 'people.quiet-hours-set.v1', data: night };

test('a person opts out of a category on a channel, and in again', (t) => {
  given(preferences).when({ type: 'opt-out', category: 'news', channel: 'sms' }).then(t, out);
  given(preferences, out).when({ type: 'opt-in', category: 'news', channel: 'sms' }).then(t, back);
});

test('a choice holds for a category in whichever spelling it was chosen and is asked for', (t) => {
  const chosen: PreferencesEvent = { type: 'people.opted-out.v1', data: { category: 'Cafe\u0301', channel: 'sms' } };
  const state = preferences.evolve(preferences.initialState, chosen);
  for (const category of ['Cafe\u0301', 'Café', ' café ', 'CAFÉ', 'ｃａｆé']) {
    t.is(choiceOf(state, { category, channel: 'sms' }), 'out', category);
    given(preferences, chosen).when({ type: 'opt-out', category, channel: 'sms' }).then(t);
  }
  t.is(choiceOf(state, { category: 'cafe', channel: 'sms' }), undefined);
});

test('making the same choice again changes nothing', (t) => {
  given(preferences, out).when({ type: 'opt-out', category: 'news', channel: 'sms' }).then(t);
  given(preferences, out, back).when({ type: 'opt-in', category: 'news', channel: 'sms' }).then(t);
});

test('a choice is about its own category and channel only', (t) => {
  const state = [out].reduce(preferences.evolve, preferences.initialState);
  t.is(choiceOf(state, { category: 'news', channel: 'sms' }), 'out');
  t.is(choiceOf(state, { category: 'news', channel: '*' }), undefined);
  t.is(choiceOf(state, { category: '*', channel: 'sms' }), undefined);
  t.is(choiceOf(state, { category: 'sms news', channel: 'sms' }), undefined);
});

test('a choice for an app is beside the one for all apps, and each is forgotten by itself', (t) => {
  const ofShop: PreferencesEvent = { type: 'people.opted-in.v1', data: { app: shop, category: 'News', channel: 'sms' } };
  given(preferences, out).when({ type: 'opt-in', app: shop, category: 'News', channel: 'sms' }).then(t, ofShop);
  const state = [out, ofShop].reduce(preferences.evolve, preferences.initialState);
  const about = { category: 'news', channel: 'sms' } as const;
  t.deepEqual(
    [choiceOf(state, about), choiceOf(state, { app: shop, ...about }), choiceOf(state, { app: 'other' as AppId, ...about })],
    ['out', 'in', undefined],
  );
  const cleared: PreferencesEvent = { type: 'people.choice-cleared.v1', data: { app: shop, ...about } };
  given(preferences, out, ofShop)
    .when({ type: 'clear-choice', app: shop, ...about })
    .then(t, cleared);
  given(preferences, out, ofShop, cleared)
    .when({ type: 'clear-choice', app: shop, ...about })
    .then(t);
  const after = preferences.evolve(state, cleared);
  t.deepEqual([choiceOf(after, about), choiceOf(after, { app: shop, ...about })], ['out', undefined]);
});

test('nobody opts out of what is mandatory, and in again of what they opted out of before', (t) => {
  given(preferences).when({ type: 'opt-out', category: 'terms', channel: 'sms', mandatory: true }).thenRefused(t, 'category-mandatory', { category: 'terms' });
  given(preferences, out).when({ type: 'opt-in', category: 'news', channel: 'sms' }).then(t, back);
});

test('an enrolment is set together with choices, or not at all', (t) => {
  const enrolled: PreferencesEvent = { type: 'people.enrolled.v1', data: { app: shop } };
  const choice = { type: 'opt-out', category: 'news', channel: 'sms' } as const;
  given(preferences)
    .when({ type: 'set', changes: [{ type: 'enrol', app: shop }, choice] })
    .then(t, enrolled, out);
  given(preferences)
    .when({
      type: 'set',
      changes: [
        { type: 'enrol', app: shop },
        { ...choice, mandatory: true },
      ],
    })
    .thenRefused(t, 'category-mandatory', { category: 'news' });
});

test('the number of choices is limited, and within it each can be changed', (t) => {
  const many = Array.from({ length: CHOICES_MAX }, (_, i): PreferencesEvent => {
    return { type: 'people.opted-out.v1', data: { category: `category-${i}`, channel: '*' } };
  });
  given(preferences, ...many)
    .when({ type: 'opt-out', category: 'news', channel: 'sms' })
    .thenRefused(t, 'preferences-full', { max: CHOICES_MAX });
  given(preferences, ...many)
    .when({ type: 'opt-in', category: 'category-0', channel: '*' })
    .then(t, { type: 'people.opted-in.v1', data: { category: 'category-0', channel: '*' } });
});

test('a person sets quiet hours, and clears them', (t) => {
  given(preferences)
    .when({ type: 'set-quiet-hours', ...night })
    .then(t, quiet);
  given(preferences, quiet)
    .when({ type: 'set-quiet-hours', ...night })
    .then(t);
  const cleared: PreferencesEvent = { type: 'people.quiet-hours-cleared.v1', data: {} };
  given(preferences, quiet).when({ type: 'clear-quiet-hours' }).then(t, cleared);
  given(preferences, quiet, cleared).when({ type: 'clear-quiet-hours' }).then(t);
});

test('quiet hours need a zone that exists', (t) => {
  given(preferences)
    .when({ type: 'set-quiet-hours', ...night, zone: 'Europe/Atlantis' })
    .thenRefused(t, 'time-zone-unknown', { zone: 'Europe/Atlantis' });
});

test('quiet hours need two different times of the day', (t) => {
  for (const times of [{ from: '24:00' }, { from: '7:00' }, { until: '07:60' }, { from: '07:00' }]) {
    given(preferences)
      .when({ type: 'set-quiet-hours', ...night, ...times })
      .thenRefused(t, 'quiet-hours-invalid');
  }
});

test('changes that are set together apply in order and all, or not at all', (t) => {
  const changes = [
    { type: 'opt-out', category: 'news', channel: 'sms' },
    { type: 'opt-in', category: 'news', channel: 'sms' },
    { type: 'set-quiet-hours', ...night },
  ] as const;
  given(preferences).when({ type: 'set', changes }).then(t, out, back, quiet);
  given(preferences, out, quiet).when({ type: 'set', changes }).then(t, back);
  given(preferences)
    .when({ type: 'set', changes: [...changes, { type: 'set-quiet-hours', ...night, from: 'dusk' }] })
    .thenRefused(t, 'quiet-hours-invalid');
});

test('a person enrols with an app, and withdraws', (t) => {
  const enrolled: PreferencesEvent = { type: 'people.enrolled.v1', data: { app: shop } };
  const withdrawn: PreferencesEvent = { type: 'people.withdrawn.v1', data: { app: shop } };
  given(preferences).when({ type: 'enrol', app: shop }).then(t, enrolled);
  given(preferences, enrolled).when({ type: 'enrol', app: shop }).then(t);
  given(preferences, enrolled).when({ type: 'withdraw', app: shop }).then(t, withdrawn);
  given(preferences, enrolled, withdrawn).when({ type: 'withdraw', app: shop }).then(t);
});

test('the number of apps a person is enrolled with is limited', (t) => {
  const many = Array.from({ length: ENROLMENTS_MAX }, (_, i): PreferencesEvent => ({ type: 'people.enrolled.v1', data: { app: `shop-${i}` as AppId } }));
  given(preferences, ...many)
    .when({ type: 'enrol', app: shop })
    .thenRefused(t, 'preferences-full', { max: ENROLMENTS_MAX });
});

const morning: PreferencesEvent = { type: 'people.digest-set.v1', data: { category: 'News', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } } };

test('a person chooses digests for a category and a channel, and goes back to what the app has', (t) => {
  const cleared: PreferencesEvent = { type: 'people.digest-cleared.v1', data: { category: 'news', channel: 'email' } };
  given(preferences)
    .when({ type: 'set-digest', ...morning.data })
    .then(t, morning);
  given(preferences, morning)
    .when({ type: 'set-digest', ...morning.data, category: ' news' })
    .then(t);
  given(preferences, morning).when({ type: 'clear-digest', category: 'news', channel: 'email' }).then(t, cleared);
  given(preferences, morning, cleared).when({ type: 'clear-digest', category: 'news', channel: 'email' }).then(t);
});

test('a rule for one app stands beside that for all, in whichever spelling the category is', (t) => {
  const ofShop: PreferencesEvent = { type: 'people.digest-set.v1', data: { ...morning.data, app: shop, rule: { kind: 'at-once' } } };
  given(preferences, morning)
    .when({ type: 'set-digest', ...ofShop.data })
    .then(t, ofShop);
  const { digests } = [morning, ofShop].reduce(preferences.evolve, preferences.initialState);
  t.deepEqual(ruleFor(digests, { category: 'NEWS', channel: 'email' }), { kind: 'time-of-day', time: '08:00' });
  t.deepEqual(ruleFor(digests, { app: shop, category: 'news', channel: 'email' }), { kind: 'at-once' });
  t.is(ruleFor(digests, { category: 'news', channel: 'sms' }), undefined);
});

test('a digest is of whole minutes, at most a day, or until a time of day', (t) => {
  const faults = [
    { kind: 'after-first', minutes: 0 },
    { kind: 'after-first', minutes: 1.5 },
    { kind: 'after-first', minutes: DIGEST_MINUTES_MAX + 1 },
    { kind: 'time-of-day', time: '8:00' },
    { kind: 'time-of-day', time: '24:00' },
  ] as const;
  for (const rule of faults) {
    given(preferences).when({ type: 'set-digest', category: 'news', channel: '*', rule }).thenRefused(t, 'digest-invalid', { maxMinutes: DIGEST_MINUTES_MAX });
  }
});

test('the number of rules for digests is limited', (t) => {
  const many = Array.from({ length: DIGEST_CHOICES_MAX }, (_, i): PreferencesEvent => {
    return { type: 'people.digest-set.v1', data: { category: `category-${i}`, channel: '*', rule: { kind: 'at-once' } } };
  });
  given(preferences, ...many)
    .when({ type: 'set-digest', category: 'news', channel: '*', rule: { kind: 'at-once' } })
    .thenRefused(t, 'preferences-full', { max: DIGEST_CHOICES_MAX });
});
