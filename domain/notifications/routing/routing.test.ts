import test from 'ava';
import { given } from '../../shared/given-when-then.ts';
import { instant } from '../../shared/instant.ts';
import type { RoutingEvent, RoutingRule } from './events.ts';
import { isUnreachable, routing, RULE_VENDORS_MAX, ruleFor, ROUTING_RULES_MAX, SHARE_WEIGHT_MAX } from './routing.ts';

const at = instant(0);
const rule: RoutingRule = { channel: 'sms', vendors: [{ vendor: 'twilio' }] };
const rulesSet = (...rules: readonly RoutingRule[]): RoutingEvent => ({ type: 'notifications.routing-set.v1', data: { rules, at } });
const pluggedOut: RoutingEvent = { type: 'notifications.vendor-plugged-out.v1', data: { vendor: 'twilio', at } };
const pluggedIn: RoutingEvent = { type: 'notifications.vendor-plugged-in.v1', data: { vendor: 'twilio', at } };

test('rules take the place of all before, and the same rules change nothing', (t) => {
  const other = { ...rule, countries: ['DE'] };
  given(routing)
    .when({ type: 'set-rules', rules: [rule], at })
    .then(t, rulesSet(rule));
  given(routing, rulesSet(rule))
    .when({ type: 'set-rules', rules: [{ ...other, countries: ['de'] }], at })
    .then(t, rulesSet(other));
  given(routing, rulesSet(other))
    .when({ type: 'set-rules', rules: [{ ...other, countries: ['de'] }], at })
    .then(t);
  given(routing, rulesSet(rule)).when({ type: 'set-rules', rules: [], at }).then(t, rulesSet());
});

test('a vendor is plugged out and in, each once', (t) => {
  given(routing).when({ type: 'plug-out', vendor: 'twilio', at }).then(t, pluggedOut);
  given(routing, pluggedOut).when({ type: 'plug-out', vendor: 'twilio', at }).then(t);
  given(routing, pluggedOut).when({ type: 'plug-in', vendor: 'twilio', at }).then(t, pluggedIn);
  given(routing, pluggedOut, pluggedIn).when({ type: 'plug-in', vendor: 'twilio', at }).then(t);
  t.deepEqual([pluggedOut, rulesSet(rule)].reduce(routing.evolve, routing.initialState), { rules: [rule], pluggedOut: ['twilio'] });
});

test('rules that can’t hold are refused with what is wrong', (t) => {
  const vendor = 'twilio';
  const refused = (rules: readonly RoutingRule[], detail: string) =>
    given(routing).when({ type: 'set-rules', rules, at }).thenRefused(t, 'routing-invalid', { detail });
  refused(
    Array.from({ length: ROUTING_RULES_MAX + 1 }, () => rule),
    `at most ${ROUTING_RULES_MAX} rules`,
  );
  refused([rule, { ...rule, platforms: ['fcm'] }], 'rule 2: only pushes go to platforms');
  refused([{ ...rule, countries: ['DE', 'ZZ'] }], 'rule 1: ZZ is not the code of a country');
  refused([{ ...rule, vendors: [] }], `rule 1: from 1 to ${RULE_VENDORS_MAX} vendors`);
  refused([{ ...rule, vendors: [{ vendor }, { vendor }] }], 'rule 1: each vendor once');
  refused([{ ...rule, vendors: [{ vendor: 'Twilio' }] }], 'rule 1: Twilio is no name of an account');
  for (const weight of [0, 0.5, SHARE_WEIGHT_MAX + 1])
    refused([{ ...rule, vendors: [{ vendor, weight }] }], `rule 1: a weight is a whole number from 1 to ${SHARE_WEIGHT_MAX}`);
  given(routing)
    .when({ type: 'plug-out', vendor: 'x'.repeat(50), at })
    .thenRefused(t, 'routing-invalid');
});

test('the first rule that fits channel, platform and country decides', (t) => {
  const inChina: RoutingRule = { channel: 'push', countries: ['CN'], vendors: [{ vendor: 'jpush' }] };
  const ofApple: RoutingRule = { channel: 'push', platforms: ['apns'], vendors: [{ vendor: 'apns' }] };
  const state = { rules: [inChina, ofApple, rule], pluggedOut: [] };
  t.is(ruleFor(state, { channel: 'push', platform: 'apns', country: 'CN' }), inChina);
  t.is(ruleFor(state, { channel: 'push', platform: 'apns', country: undefined }), ofApple);
  t.is(ruleFor(state, { channel: 'push', platform: 'fcm', country: 'DE' }), undefined);
  t.is(ruleFor(state, { channel: 'sms', platform: undefined, country: 'CN' }), rule);
});

test('a device of FCM can’t be reached in China', (t) => {
  t.true(isUnreachable({ channel: 'push', platform: 'fcm', country: 'CN' }));
  t.false(isUnreachable({ channel: 'push', platform: 'jpush', country: 'CN' }));
  t.false(isUnreachable({ channel: 'push', platform: 'fcm', country: undefined }));
});
