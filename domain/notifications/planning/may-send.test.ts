import test from 'ava';
import { contacts } from '../../people/contacts.ts';
import type { ContactsEvent, PreferencesEvent } from '../../people/events.ts';
import type { NotificationChannel } from '../../people/notification-channels.ts';
import { preferences } from '../../people/preferences.ts';
import type { AppId, ChannelId, CodeId, DeviceId, EndpointId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { maySend, mayTell, type SendFacts, type SendCandidate } from './may-send.ts';

const shop = 'shop' as AppId;
const [home, work] = ['home', 'work'] as EndpointId[] as [EndpointId, EndpointId];
const at = '2025-01-15T12:00:00.000Z' as Instant;
const atNight = '2025-01-15T23:00:00.000Z' as Instant;

const candidate: SendCandidate = {
  channel: 'email',
  endpoint: home,
  source: { kind: 'app', app: shop },
  category: 'news',
  critical: false,
  expiresAt: '2025-01-17T00:00:00.000Z' as Instant,
};
const enrolled: PreferencesEvent = { type: 'people.enrolled.v1', data: { app: shop } };
const emailSet: ContactsEvent = { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: home, address: 'ann@example.org' } };
const quiet: PreferencesEvent = { type: 'people.quiet-hours-set.v1', data: { zone: 'UTC', from: '22:00', until: '07:00' } };
const out = (category: string, channel: NotificationChannel | '*'): PreferencesEvent => ({ type: 'people.opted-out.v1', data: { category, channel } });
const into = (category: string, channel: NotificationChannel | '*'): PreferencesEvent => ({ type: 'people.opted-in.v1', data: { category, channel } });

const preferring = (...events: readonly PreferencesEvent[]) => [enrolled, ...events].reduce(preferences.evolve, preferences.initialState);
const reachable = (...events: readonly ContactsEvent[]) => [emailSet, ...events].reduce(contacts.evolve, contacts.initialState);
const facts: SendFacts = {
  user: { status: 'registered', login: 'hmac' },
  contacts: reachable(),
  preferences: preferring(),
  app: { status: 'active' },
  at,
};

const send = { action: 'send' } as const;
const suppress = (reason: string) => ({ action: 'suppress', reason }) as ReturnType<typeof maySend>;

test('sends where no rule is against it', (t) => {
  t.deepEqual(maySend(candidate, facts), send);
});

test('hard blocks suppress every notification, also a critical one', (t) => {
  const blocked = (reason: 'stop' | 'hard-bounce' | 'complaint') => reachable({ type: 'people.contact-blocked.v1', data: { endpoint: home, reason } });
  const removed = reachable({ type: 'people.contact-removed.v1', data: { kind: 'email', endpoint: home } });
  for (const critical of [false, true]) {
    const ask = (more: Partial<SendFacts>, to: Partial<SendCandidate> = {}) => maySend({ ...candidate, critical, ...to }, { ...facts, ...more });
    t.deepEqual(ask({ user: { status: 'erased', login: 'hmac' } }), suppress('person-erased'));
    t.deepEqual(ask({ app: { status: 'disabled' } }), suppress('app-disabled'));
    t.deepEqual(ask({ preferences: preferences.initialState }), suppress('not-enrolled'));
    t.deepEqual(ask({ contacts: contacts.initialState }, { endpoint: null }), suppress('no-endpoint'));
    t.deepEqual(ask({ contacts: removed }), suppress('endpoint-removed'));
    for (const reason of ['stop', 'hard-bounce', 'complaint'] as const) t.deepEqual(ask({ contacts: blocked(reason) }), suppress(`blocked-${reason}`));
  }
});

test('a replaced address is followed, and the block of the current address counts', (t) => {
  const replaced: ContactsEvent = { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: work, address: 'ann@example.com' } };
  const blocked = (endpoint: EndpointId): ContactsEvent => ({ type: 'people.contact-blocked.v1', data: { endpoint, reason: 'stop' } });
  t.deepEqual(maySend(candidate, { ...facts, contacts: reachable(replaced) }), send);
  t.deepEqual(maySend(candidate, { ...facts, contacts: reachable(blocked(home), replaced) }), send);
  t.deepEqual(maySend(candidate, { ...facts, contacts: reachable(replaced, blocked(work)) }), suppress('blocked-stop'));
});

test('a delivery that was planned where there was no address goes to the one that is set by then, and to no device', (t) => {
  t.deepEqual(maySend({ ...candidate, endpoint: null }, facts), send);
  const device: ContactsEvent = {
    type: 'people.device-registered.v1',
    data: { device: 'phone' as DeviceId, endpoint: work, platform: 'fcm', token: 'secret', at },
  };
  t.deepEqual(maySend({ ...candidate, channel: 'push', endpoint: null }, { ...facts, contacts: reachable(device) }), suppress('no-endpoint'));
});

test('a block that was removed suppresses no longer', (t) => {
  const unblocked = reachable(
    { type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'stop' } },
    { type: 'people.contact-unblocked.v1', data: { endpoint: home } },
  );
  t.deepEqual(maySend(candidate, { ...facts, contacts: unblocked }), send);
});

test('our own products need neither an app nor an enrolment', (t) => {
  const { app: _, ...ours } = facts;
  const source = { kind: 'chat', channel: 'room' as ChannelId, seq: 1 } as const;
  t.deepEqual(maySend({ ...candidate, source }, { ...ours, preferences: preferences.initialState }), send);
});

test('a critical notification ignores preferences, caps and quiet hours', (t) => {
  const strict = { ...facts, preferences: preferring(out('*', '*'), quiet), at: atNight, frequency: { sent: 9, max: 1, resetsAt: atNight } };
  t.deepEqual(maySend({ ...candidate, critical: true }, strict), send);
});

test('the closest choice decides: category and channel, category, channel, everything', (t) => {
  const choices = [into('news', 'email'), out('news', '*'), into('*', 'email'), out('*', '*')] as const;
  const expected = [send, suppress('opted-out'), send, suppress('opted-out')];
  for (const [first, decision] of expected.entries()) {
    t.deepEqual(maySend(candidate, { ...facts, preferences: preferring(...choices.slice(first)) }), decision);
  }
});

test('a choice about another category or channel decides nothing', (t) => {
  t.deepEqual(maySend(candidate, { ...facts, preferences: preferring(out('offers', '*'), out('news', 'sms'), out('*', 'push')) }), send);
});

test('for a person without a choice, the category’s default counts, on its channels', (t) => {
  const off = { mandatory: false, byDefault: 'out' } as const;
  t.deepEqual(maySend(candidate, { ...facts, category: off }), suppress('opted-out'));
  t.deepEqual(maySend(candidate, { ...facts, category: off, preferences: preferring(into('*', 'email')) }), send);
  const pushed = { mandatory: false, byDefault: 'in', channels: ['push'] } as const;
  t.deepEqual(maySend(candidate, { ...facts, category: pushed }), suppress('opted-out'));
  t.deepEqual(maySend(candidate, { ...facts, category: pushed, preferences: preferring(into('news', 'email')) }), send);
  t.deepEqual(maySend(candidate, { ...facts, category: { ...pushed, channels: ['push', 'email'] } }), send);
});

test('a mandatory category ignores preferences, caps and quiet hours, and no hard block', (t) => {
  const must = { mandatory: true, byDefault: 'in', channels: ['push'] } as const;
  const strict = { ...facts, category: must, preferences: preferring(out('news', 'email'), out('*', '*'), quiet), at: atNight };
  t.deepEqual(maySend(candidate, { ...strict, frequency: { sent: 9, max: 1, resetsAt: atNight } }), send);
  t.deepEqual(
    maySend(candidate, { ...strict, contacts: reachable({ type: 'people.contact-blocked.v1', data: { endpoint: home, reason: 'stop' } }) }),
    suppress('blocked-stop'),
  );
  t.deepEqual(maySend(candidate, { ...strict, preferences: preferences.initialState }), suppress('not-enrolled'));
});

test('a choice for an app decides before the same for every app, and for no other app', (t) => {
  const ofShop = (category: string, channel: NotificationChannel | '*', type: 'in' | 'out'): PreferencesEvent => ({
    type: type === 'in' ? 'people.opted-in.v1' : 'people.opted-out.v1',
    data: { app: shop, category, channel },
  });
  const other: SendCandidate = { ...candidate, source: { kind: 'app', app: 'other' as AppId } };
  const enrolledWithOther: PreferencesEvent = { type: 'people.enrolled.v1', data: { app: 'other' as AppId } };
  const ask = (of: SendCandidate, ...events: readonly PreferencesEvent[]) =>
    maySend(of, { ...facts, preferences: preferring(enrolledWithOther, ...events) }).action;
  t.is(ask(candidate, into('news', 'email'), ofShop('news', 'email', 'out')), 'suppress');
  t.is(ask(other, into('news', 'email'), ofShop('news', 'email', 'out')), 'send');
  t.is(ask(candidate, out('*', '*'), ofShop('*', '*', 'in')), 'send', 'the app, before everything');
  t.is(ask(other, out('*', '*'), ofShop('*', '*', 'in')), 'suppress');
  t.is(ask(candidate, out('*', 'email'), ofShop('*', '*', 'in')), 'suppress', 'the channel, before the app');
  t.is(ask(candidate, out('news', '*'), ofShop('*', 'email', 'in')), 'suppress', 'the category, before the channel');
  t.is(ask(candidate, out('news', '*'), ofShop('news', '*', 'in')), 'send');
  const chat: SendCandidate = { ...candidate, source: { kind: 'chat', channel: 'room' as ChannelId, seq: 1 } };
  t.is(ask(chat, ofShop('news', '*', 'out')), 'send', 'of our own products, no app’s choice decides');
});

test('over the cap, a delivery is deferred until there is room, and suppressed only where that is too late', (t) => {
  const frequency = { sent: 3, max: 3, resetsAt: '2025-01-16T00:00:00.000Z' as Instant };
  t.deepEqual(maySend(candidate, { ...facts, frequency: { ...frequency, sent: 2 } }), send);
  t.deepEqual(maySend(candidate, { ...facts, frequency }), { action: 'defer', reason: 'frequency-cap', until: frequency.resetsAt });
  t.deepEqual(maySend({ ...candidate, expiresAt: frequency.resetsAt }, { ...facts, frequency }), suppress('frequency-cap'));
});

test('quiet hours defer to their end', (t) => {
  const resting = { ...facts, preferences: preferring(quiet) };
  t.deepEqual(maySend(candidate, { ...resting, at: atNight }), { action: 'defer', reason: 'quiet-hours', until: '2025-01-16T07:00:00.000Z' as Instant });
  t.deepEqual(maySend(candidate, resting), send);
});

test('an opt-out suppresses at once, also in quiet hours', (t) => {
  t.deepEqual(maySend(candidate, { ...facts, preferences: preferring(quiet, out('news', '*')), at: atNight }), suppress('opted-out'));
});

test('nothing but its code goes to an address that is not confirmed, and a code goes where it was asked for or nowhere', (t) => {
  const waiting: ContactsEvent = { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: work, address: 'ann@work.example', unconfirmed: true } };
  const other: ContactsEvent = { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: home, address: 'ann@home.example', unconfirmed: true } };
  const only = reachableOnly(waiting);
  t.deepEqual(maySend({ ...candidate, critical: true, endpoint: null }, { ...facts, contacts: only }), suppress('unconfirmed'));
  t.deepEqual(maySend({ ...candidate, critical: true, endpoint: work }, { ...facts, contacts: only }), suppress('endpoint-removed'));
  const code: SendCandidate = {
    ...candidate,
    critical: true,
    endpoint: work,
    source: { kind: 'account', purpose: 'confirm-email', code: 'c' as CodeId, endpoint: work },
  };
  t.deepEqual(maySend(code, { ...facts, contacts: only }), send);
  t.deepEqual(maySend(code, { ...facts, contacts: reachableOnly(waiting, other) }), suppress('endpoint-removed'), 'another address waits by now');
  const reset: SendCandidate = { ...code, source: { kind: 'account', purpose: 'reset-password', code: 'c' as CodeId, endpoint: work } };
  t.deepEqual(maySend(reset, { ...facts, contacts: only }), suppress('endpoint-removed'), 'a password is reset by a confirmed address alone');
});

const reachableOnly = (...events: readonly ContactsEvent[]) => events.reduce(contacts.evolve, contacts.initialState);

test('a person without a destination has wishes all the same', (t) => {
  const { endpoint: _, ...nowhere } = candidate;
  const unreachable = { ...facts, contacts: contacts.initialState };
  t.deepEqual(mayTell(nowhere, unreachable), send);
  const resting = { ...unreachable, preferences: preferring(quiet, out('offers', '*')), at: atNight };
  t.deepEqual(mayTell(nowhere, resting), { action: 'defer', reason: 'quiet-hours', until: '2025-01-16T07:00:00.000Z' as Instant });
  t.deepEqual(mayTell({ ...nowhere, category: 'offers' }, resting), suppress('opted-out'));
  t.deepEqual(mayTell({ ...nowhere, category: 'offers', critical: true }, resting), send);
  t.deepEqual(mayTell({ ...nowhere, critical: true }, { ...unreachable, user: { status: 'erased', login: 'hmac' } }), suppress('person-erased'));
});
