import test from 'ava';
import { createRouting } from './routing.ts';
import { vendorsFor } from './vendors-for.ts';

const senders = [
  { vendor: 'fcm', channel: 'push' },
  { vendor: 'apns', channel: 'push' },
  { vendor: 'anything', channel: 'push' },
  { vendor: 'twilio', channel: 'sms' },
  { vendor: 'vonage', channel: 'sms' },
] as const;

const routing = (...shut: readonly string[]) =>
  createRouting(senders, new Map(senders.map(({ vendor, channel }) => [`deliver-${channel}-${vendor}`, { isAvailable: () => !shut.includes(vendor) }])));

test('a push goes to the vendor of its platform, or to one that takes any', (t) => {
  t.deepEqual(vendorsFor(senders, { channel: 'push', platform: 'apns', without: [] }), ['apns', 'anything']);
  t.deepEqual(vendorsFor(senders, { channel: 'push', platform: 'jpush', without: [] }), ['anything']);
});

test('the first vendor is taken unless it is shut off and another isn’t', (t) => {
  const way = { channel: 'sms', platform: undefined, without: [] } as const;
  t.is(routing().vendorFor(way), 'twilio');
  t.is(routing('twilio').vendorFor(way), 'vonage');
  t.is(routing('twilio', 'vonage').vendorFor(way), 'twilio');
  t.is(routing().vendorFor({ channel: 'email', platform: undefined, without: [] }), undefined);
});

test('what a vendor has refused goes to any of the others, shut off or not, and never back to it', (t) => {
  const without = (...vendors: readonly string[]) => ({ channel: 'sms', platform: undefined, without: vendors }) as const;
  t.is(routing().vendorFor(without('twilio')), 'vonage');
  t.is(routing('vonage').vendorFor(without('twilio')), 'vonage');
  t.is(routing().vendorFor(without('vonage')), 'twilio');
  t.is(routing().vendorFor(without('twilio', 'vonage')), undefined);
});
