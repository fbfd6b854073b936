import test from 'ava';
import { createRouting } from './routing.ts';
import { vendorsFor } from './vendors-for.ts';

const senders = [
  { vendor: 'fcm', channel: 'push', platforms: ['fcm'] },
  { vendor: 'apns', channel: 'push', platforms: ['apns'] },
  { vendor: 'anything', channel: 'push' },
  { vendor: 'twilio', channel: 'sms' },
  { vendor: 'vonage', channel: 'sms' },
] as const;

test('the outbox serves a channel as long as no vendor does', (t) => {
  const outbox = { vendor: 'outbox-sms', channel: 'sms', isLocal: true } as const;
  const request = { channel: 'sms', platform: undefined, without: [] } as const;
  t.deepEqual(vendorsFor([outbox], request), ['outbox-sms']);
  t.deepEqual(vendorsFor([...senders, outbox], request), ['twilio', 'vonage']);
  t.deepEqual(vendorsFor([...senders, outbox], { ...request, without: ['twilio', 'vonage'] }), [], 'also where they have rejected it');
});

const routing = (...unavailable: readonly string[]) =>
  createRouting(senders, new Map(senders.map(({ vendor, channel }) => [`${channel}-${vendor}`, { isAvailable: () => !unavailable.includes(vendor) }])));

test('a push goes to the vendor of its platform, or to one that serves any', (t) => {
  t.deepEqual(vendorsFor(senders, { channel: 'push', platform: 'apns', without: [] }), ['apns', 'anything']);
  t.deepEqual(vendorsFor(senders, { channel: 'push', platform: 'jpush', without: [] }), ['anything']);
});

test('chooses the first vendor unless it is unavailable and another one isn’t', (t) => {
  const request = { channel: 'sms', platform: undefined, without: [] } as const;
  t.is(routing().vendorFor(request), 'twilio');
  t.is(routing('twilio').vendorFor(request), 'vonage');
  t.is(routing('twilio', 'vonage').vendorFor(request), 'twilio');
  t.is(routing().vendorFor({ channel: 'email', platform: undefined, without: [] }), undefined);
});

test('a message that a vendor has rejected goes to any of the others, available or not, and never back to it', (t) => {
  const without = (...vendors: readonly string[]) => ({ channel: 'sms', platform: undefined, without: vendors }) as const;
  t.is(routing().vendorFor(without('twilio')), 'vonage');
  t.is(routing('vonage').vendorFor(without('twilio')), 'vonage');
  t.is(routing().vendorFor(without('vonage')), 'twilio');
  t.is(routing().vendorFor(without('twilio', 'vonage')), undefined);
});
