import test from 'ava';
import { contacts } from '../../people/contacts.ts';
import type { ContactsEvent } from '../../people/events.ts';
import { preferences } from '../../people/preferences.ts';
import type { AppId, ChannelId, DeliveryId, DeviceId, EndpointId, NotificationId, PersonId, TemplateId } from '../../shared/ids.ts';
import { DAY_MS, instant, plus, type Day } from '../../shared/instant.ts';
import type { LocalTime } from '../../shared/local-time.ts';
import { planDeliveries, type Recipient, type RequestedNotification, type Routes } from './plan.ts';
import { currentDestination } from './destinations.ts';

const at = instant(0);
const [shop, bank] = ['shop', 'bank'] as AppId[] as [AppId, AppId];
const ann = 'ann' as PersonId;
const requested: RequestedNotification = {
  notification: 'n-1' as NotificationId,
  source: { kind: 'app', app: shop },
  recipients: [ann],
  subject: ann,
  category: 'news',
  critical: false,
  atMostOnce: false,
  channels: ['push', 'email'],
  content: { body: 'Hello' },
  priority: 'normal',
  expiresAt: plus(at, DAY_MS),
  at,
};

const routes: Routes = {
  deliveryOf: ({ notification, recipient, channel, device }) => [notification, recipient, channel, device].join('/') as DeliveryId,
  vendorOf: ({ channel, platform }) => platform ?? (channel === 'email' ? 'sendgrid' : 'twilio'),
};
const device = (name: string, app?: AppId): ContactsEvent => ({
  type: 'people.device-registered.v1',
  data: { device: name as DeviceId, endpoint: `token-of-${name}` as EndpointId, platform: 'fcm', token: 'secret', ...(app !== undefined && { app }), at },
});
const email: ContactsEvent = { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: 'home' as EndpointId, address: 'ann@example.org' } };
const recipient = (...events: readonly ContactsEvent[]): Recipient => ({
  person: ann,
  user: { status: 'registered', login: 'hmac' },
  contacts: events.reduce(contacts.evolve, contacts.initialState),
  preferences: preferences.evolve(preferences.initialState, { type: 'people.enrolled.v1', data: { app: shop } }),
  app: { status: 'active' },
});
const planned = (request: RequestedNotification, to: Recipient) =>
  planDeliveries(request, to, { routes, at }).map(({ channel, endpoint, decision }) => ({ channel, endpoint: endpoint as string | null, decision }));

test('a recipient gets a delivery for each destination on each requested channel, with its vendor', (t) => {
  const deliveries = planned(requested, recipient(device('phone'), device('tablet'), email));
  t.deepEqual(deliveries, [
    { channel: 'push', endpoint: 'token-of-phone', decision: { action: 'send', vendor: 'fcm' } },
    { channel: 'push', endpoint: 'token-of-tablet', decision: { action: 'send', vendor: 'fcm' } },
    { channel: 'email', endpoint: 'home', decision: { action: 'send', vendor: 'sendgrid' } },
  ]);
});

test('a delivery has the notification’s fields', (t) => {
  const [first] = planDeliveries(requested, recipient(email), { routes, at });
  const { notification, source, category, critical, atMostOnce, priority, expiresAt } = requested;
  const plan = { notification, source, category, critical, atMostOnce, priority, expiresAt, recipient: ann, channel: 'email', endpoint: 'home' as EndpointId };
  t.deepEqual(first, {
    type: 'plan',
    delivery: 'n-1/ann/email/' as DeliveryId,
    ...plan,
    day: '1970-01-01' as Day,
    decision: { action: 'send', vendor: 'sendgrid' },
    at,
  } as typeof first);
});

test('a delivery is counted under the template that was asked for, and for the day for which it was', (t) => {
  const counted = (more: Partial<RequestedNotification>) => {
    const [first] = planDeliveries({ ...requested, ...more }, recipient(email), { routes, at });
    return { template: first?.template, day: first?.day as string | undefined };
  };
  const template = 'receipt' as TemplateId;
  t.deepEqual(counted({ template: { template, version: 3 } }), { template, day: '1970-01-01' });
  t.deepEqual(counted({ sendAt: plus(at, 2 * DAY_MS) }), { template: undefined, day: '1970-01-03' });
  const sendAtLocal = { time: '1970-01-05T00:30:00' as LocalTime, zone: 'Asia/Seoul' };
  t.deepEqual(counted({ sendAtLocal }), { template: undefined, day: '1970-01-05' });
});

test('plans nothing on a channel that was not requested, or on which the recipient has no endpoint', (t) => {
  t.deepEqual(
    planned({ ...requested, channels: ['email', 'sms'] }, recipient(device('phone'), email)).map(({ channel }) => channel),
    ['email'],
  );
});

test('a delivery is named by its destination and not by the endpoint, so planning again after a token or an address was replaced plans nothing new', (t) => {
  const named = (...events: readonly ContactsEvent[]) => planDeliveries(requested, recipient(...events), { routes, at }).map(({ delivery }) => delivery);
  const renewed = (which: ContactsEvent): ContactsEvent => ({ ...which, data: { ...which.data, endpoint: 'another' as EndpointId } }) as ContactsEvent;
  t.deepEqual(named(device('phone'), email), named(renewed(device('phone')), renewed(email)));
  t.is(new Set(named(device('phone'), device('tablet'), email)).size, 3);
});

test('of two devices with the same token, which reinstalling an app leaves behind, one gets a push', (t) => {
  const again = { ...device('again'), data: { ...device('again').data, endpoint: 'token-of-phone' } } as ContactsEvent;
  t.is(planned({ ...requested, channels: ['push'] }, recipient(device('phone'), again)).length, 1);
});

test('a push that was planned before devices were named finds its device by the token', (t) => {
  const { contacts } = recipient(device('phone'), device('tablet'));
  const planned = { channel: 'push', source: requested.source } as const;
  t.is(currentDestination(contacts, { ...planned, endpoint: 'token-of-tablet' as EndpointId })?.device, 'tablet' as DeviceId);
  t.is(currentDestination(contacts, { ...planned, endpoint: 'lost' as EndpointId }), undefined);
});

test('an app’s pushes go to its own devices and to those of no app, our own to those of no app', (t) => {
  const to = recipient(device('phone'), device('shop-phone', shop), device('bank-phone', bank));
  const chat = { ...requested, source: { kind: 'chat', channel: 'room' as ChannelId, seq: 1 } } as const;
  t.deepEqual(
    planned(requested, to).map(({ endpoint }) => endpoint),
    ['token-of-phone', 'token-of-shop-phone'],
  );
  t.deepEqual(
    planned(chat, to).map(({ endpoint }) => endpoint),
    ['token-of-phone'],
  );
});

test('a recipient without any destination gets one delivery that says so', (t) => {
  t.deepEqual(planned(requested, recipient()), [{ channel: 'push', endpoint: null, decision: { action: 'suppress', reason: 'no-endpoint' } }]);
});

test('each delivery is decided on its own', (t) => {
  const optedOut = preferences.evolve(recipient().preferences, { type: 'people.opted-out.v1', data: { category: 'news', channel: 'email' } });
  t.deepEqual(
    planned(requested, { ...recipient(device('phone'), email), preferences: optedOut }).map(({ decision }) => decision.action),
    ['send', 'suppress'],
  );
});

test('a notification that is to be sent later is deferred, and decided then', (t) => {
  const sendAt = plus(at, 1);
  const disabled = { ...recipient(email), app: { status: 'disabled' } } as const;
  t.deepEqual(
    planned({ ...requested, sendAt }, disabled).map(({ decision }) => decision),
    [{ action: 'defer', reason: 'scheduled', until: sendAt }],
  );
  t.deepEqual(
    planned({ ...requested, sendAt: at }, recipient(email)).map(({ decision }) => decision.action),
    ['send'],
  );
});

test('an erased person’s delivery is suppressed, with the reason', (t) => {
  t.deepEqual(
    planned(requested, { ...recipient(email), user: { status: 'erased', login: 'hmac' } }).map(({ decision }) => decision),
    [{ action: 'suppress', reason: 'person-erased' }],
  );
});
