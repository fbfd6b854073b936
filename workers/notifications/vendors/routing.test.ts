import test from 'ava';
import fc from 'fast-check';
import type { RoutingRule } from '../../../domain/notifications/routing/events.ts';
import type { RoutingState } from '../../../domain/notifications/routing/routing.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { LogUnavailable } from '../../../ports/event-log/port.ts';
import { createRouting, ROUTING_FRESH_MS } from './routing.ts';
import { vendorsFor, type RoutingRequest } from './vendors-for.ts';

const senders = [
  { vendor: 'fcm', channel: 'push', platforms: ['fcm'] },
  { vendor: 'apns', channel: 'push', platforms: ['apns'] },
  { vendor: 'anything', channel: 'push' },
  { vendor: 'twilio', channel: 'sms' },
  { vendor: 'vonage', channel: 'sms' },
] as const;

const deliveryOf = (n: number) => `a-delivery-${n}` as DeliveryId;
const anyone = { delivery: deliveryOf(1), platform: undefined, country: undefined, without: [] } as const;
const sms: RoutingRequest = { ...anyone, channel: 'sms' };
const stateWith = (...rules: readonly RoutingRule[]): RoutingState => ({ rules, pluggedOut: [] });
const NONE = stateWith();

function routingWith({ unavailable = [], state = NONE }: { readonly unavailable?: readonly string[]; readonly state?: RoutingState } = {}) {
  const log = { isAway: false, reads: 0, state };
  const time = { ms: 0 };
  const routing = createRouting({
    senders,
    gates: new Map(senders.map(({ vendor, channel }) => [`${channel}-${vendor}`, { isAvailable: () => !unavailable.includes(vendor) }])),
    loadState: async () => {
      log.reads++;
      if (log.isAway) throw new LogUnavailable('away');
      return { state: log.state } as never;
    },
    monotonicMs: () => time.ms,
  });
  return { routing, log, time, vendorFor: async (request: RoutingRequest) => (await routing.now()).vendorFor(request) };
}

test('a push goes to the vendor of its platform, or to one that serves any', (t) => {
  t.deepEqual(vendorsFor(senders, NONE, { ...anyone, channel: 'push', platform: 'apns' }), ['apns', 'anything']);
  t.deepEqual(vendorsFor(senders, NONE, { ...anyone, channel: 'push', platform: 'jpush' }), ['anything']);
});

test('the outbox serves a channel as long as no vendor does', (t) => {
  const outbox = { vendor: 'outbox-sms', channel: 'sms', isLocal: true } as const;
  t.deepEqual(vendorsFor([outbox], stateWith({ channel: 'sms', vendors: [{ vendor: 'twilio' }] }), sms), ['outbox-sms']);
  t.deepEqual(vendorsFor([...senders, outbox], NONE, sms), ['twilio', 'vonage']);
  t.deepEqual(vendorsFor([...senders, outbox], NONE, { ...sms, without: ['twilio', 'vonage'] }), [], 'also where they have rejected it');
});

test('a sandbox has the outbox alone, whatever is configured, and whatever the rules and the market say', (t) => {
  const outbox = { vendor: 'outbox-push', channel: 'push', isLocal: true } as const;
  const rule = stateWith({ channel: 'push', vendors: [{ vendor: 'fcm' }] });
  const request: RoutingRequest = { ...anyone, channel: 'push', platform: 'fcm', country: 'CN', sandbox: true };
  t.deepEqual(vendorsFor([...senders, outbox], rule, request), ['outbox-push']);
  t.deepEqual(vendorsFor(senders, rule, request), [], 'where there is none, it goes nowhere');
});

test('chooses the first vendor unless it is unavailable and another one isn’t', async (t) => {
  t.is(await routingWith().vendorFor(sms), 'twilio');
  t.is(await routingWith({ unavailable: ['twilio'] }).vendorFor(sms), 'vonage');
  t.is(await routingWith({ unavailable: ['twilio', 'vonage'] }).vendorFor(sms), 'twilio');
  t.is(await routingWith().vendorFor({ ...anyone, channel: 'email' }), undefined);
});

test('a message that a vendor has rejected goes to any of the others, available or not, and never back to it', async (t) => {
  const without = (...vendors: readonly string[]): RoutingRequest => ({ ...sms, without: vendors });
  t.is(await routingWith().vendorFor(without('twilio')), 'vonage');
  t.is(await routingWith({ unavailable: ['vonage'] }).vendorFor(without('twilio')), 'vonage');
  t.is(await routingWith().vendorFor(without('vonage')), 'twilio');
  t.is(await routingWith().vendorFor(without('twilio', 'vonage')), undefined);
});

test('a vendor that is plugged out gets nothing that another one serves, available or not', async (t) => {
  const pluggedOut = (...vendors: readonly string[]) => ({ state: { rules: [], pluggedOut: vendors } });
  t.is(await routingWith(pluggedOut('twilio')).vendorFor(sms), 'vonage');
  t.is(await routingWith({ ...pluggedOut('twilio'), unavailable: ['vonage'] }).vendorFor(sms), 'vonage');
  t.is(await routingWith(pluggedOut('twilio', 'vonage')).vendorFor(sms), 'twilio', 'it waits there, and doesn’t fail');
});

test('a rule decides who serves a market, and what it leaves out is served by nobody else', (t) => {
  const state = stateWith({ channel: 'sms', countries: ['DE'], vendors: [{ vendor: 'vonage' }, { vendor: 'twilio' }] });
  t.deepEqual(vendorsFor(senders, state, { ...sms, country: 'DE' }), ['vonage', 'twilio']);
  t.deepEqual(vendorsFor(senders, state, { ...sms, country: 'FR' }), ['twilio', 'vonage']);
  const alone = stateWith({ channel: 'sms', vendors: [{ vendor: 'vonage' }, { vendor: 'gone' }] });
  t.deepEqual(vendorsFor(senders, alone, sms), ['vonage']);
  t.deepEqual(vendorsFor(senders, alone, { ...sms, without: ['vonage'] }), []);
});

test('without a rule no push goes to a device of FCM in China, and one to a device of JPush does', (t) => {
  const inChina = { ...anyone, channel: 'push', country: 'CN' } as const;
  t.deepEqual(vendorsFor(senders, NONE, { ...inChina, platform: 'fcm' }), []);
  t.deepEqual(vendorsFor(senders, NONE, { ...inChina, platform: 'jpush' }), ['anything']);
  t.deepEqual(vendorsFor(senders, NONE, { ...inChina, country: 'TW', platform: 'fcm' }), ['fcm', 'anything']);
  const state = stateWith({ channel: 'push', countries: ['CN'], vendors: [{ vendor: 'fcm' }] });
  t.deepEqual(vendorsFor(senders, state, { ...inChina, platform: 'fcm' }), ['fcm'], 'an operator may know better');
});

test('deliveries are shared by weight, each the same way every time', (t) => {
  const state = stateWith({
    channel: 'sms',
    vendors: [
      { vendor: 'twilio', weight: 3 },
      { vendor: 'vonage', weight: 1 },
    ],
  });
  const requests = Array.from({ length: 4_000 }, (_, n): RoutingRequest => ({ ...sms, delivery: deliveryOf(n) }));
  const firsts = requests.map((request) => vendorsFor(senders, state, request)[0]);
  const share = firsts.filter((vendor) => vendor === 'twilio').length / firsts.length;
  t.true(share > 0.72 && share < 0.78, String(share));
  t.deepEqual(
    requests.map((request) => vendorsFor(senders, state, request)[0]),
    firsts,
  );
});

test('where a vendor is taken out of a rule, only its own deliveries go elsewhere', (t) => {
  const names = ['twilio', 'vonage', 'third'] as const;
  const many = names.map((vendor) => ({ vendor, channel: 'sms' }) as const);
  const rule = (vendors: readonly string[]) => stateWith({ channel: 'sms', vendors: vendors.map((vendor) => ({ vendor, weight: 1 })) });
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.constantFrom(...names), (n, out) => {
      const request: RoutingRequest = { ...sms, delivery: deliveryOf(n) };
      const before = vendorsFor(many, rule(names), request);
      const after = vendorsFor(many, rule(names.filter((name) => name !== out)), request);
      t.deepEqual(
        after,
        before.filter((name) => name !== out),
      );
    }),
    { numRuns: 100 },
  );
});

test('asks the log once in a while, and goes by what it said last while it is away', async (t) => {
  const { routing, log, time, vendorFor } = routingWith();
  await Promise.all([vendorFor(sms), vendorFor(sms), vendorFor(sms)]);
  t.true(log.reads <= 2);
  log.state = { rules: [], pluggedOut: ['twilio'] };
  time.ms += ROUTING_FRESH_MS;
  t.is(await vendorFor(sms), 'vonage');
  log.isAway = true;
  time.ms += ROUTING_FRESH_MS;
  t.false((await routing.now()).isPluggedIn('twilio'));
  const other = routingWith();
  other.log.isAway = true;
  await t.throwsAsync(other.routing.now(), { instanceOf: LogUnavailable });
});
