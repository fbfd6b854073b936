/** Which vendors' accounts serve which deliveries. Nobody has to say anything: without a rule that fits, all do that are configured, in their order. */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import { countryOf } from '../../shared/country.ts';
import type { Instant } from '../../shared/instant.ts';
import type { NotificationChannel, Platform } from '../../people/notification-channels.ts';
import type { RoutingEvent, RoutingRule } from './events.ts';

export const ROUTING_RULES_MAX = 100;
export const RULE_VENDORS_MAX = 20;
export const SHARE_WEIGHT_MAX = 1_000;
/** As accounts are named: by their vendor, and what tells them apart. */
const ACCOUNT_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const ACCOUNT_NAME_CHARACTERS_MAX = 40;
const PLUGGED_OUT_MAX = 100;

export type RoutingState = { readonly rules: readonly RoutingRule[]; /** In the order of their names. */ readonly pluggedOut: readonly string[] };

export type RoutingCommand =
  | { readonly type: 'set-rules'; readonly rules: readonly RoutingRule[]; readonly at: Instant }
  | { readonly type: 'plug-out'; readonly vendor: string; readonly at: Instant }
  | { readonly type: 'plug-in'; readonly vendor: string; readonly at: Instant };

export const routing: Decider<RoutingState, RoutingCommand, RoutingEvent> = {
  initialState: { rules: [], pluggedOut: [] },

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.routing-set.v1':
        return { ...state, rules: event.data.rules };
      case 'notifications.vendor-plugged-out.v1':
        return { ...state, pluggedOut: [...new Set([...state.pluggedOut, event.data.vendor])].toSorted() };
      case 'notifications.vendor-plugged-in.v1':
        return { ...state, pluggedOut: state.pluggedOut.filter((vendor) => vendor !== event.data.vendor) };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'set-rules':
        return setRules(state, command);
      case 'plug-out':
        return plugOut(state, command);
      case 'plug-in': {
        const { vendor, at } = command;
        return state.pluggedOut.includes(vendor) ? accept({ type: 'notifications.vendor-plugged-in.v1', data: { vendor, at } }) : accept();
      }
    }
  },
};

export type Routed = { readonly channel: NotificationChannel; readonly platform: Platform | undefined; readonly country: string | undefined };

/** A person of whom no country is known is of none that a rule names. */
export const ruleFor = ({ rules }: RoutingState, { channel, platform, country }: Routed): RoutingRule | undefined =>
  rules.find(
    (rule) =>
      rule.channel === channel &&
      (rule.platforms === undefined || (platform !== undefined && rule.platforms.includes(platform))) &&
      (rule.countries === undefined || (country !== undefined && rule.countries.includes(country))),
  );

/** Devices there can't reach Google's servers: where no rule says otherwise, their pushes go by vendors of that market, or not at all. */
export const isUnreachable = ({ platform, country }: Routed): boolean => country === 'CN' && platform === 'fcm';

function setRules(state: RoutingState, { rules, at }: Extract<RoutingCommand, { type: 'set-rules' }>): Decision<RoutingEvent> {
  if (rules.length > ROUTING_RULES_MAX) return refuse('routing-invalid', { detail: `at most ${ROUTING_RULES_MAX} rules` });
  for (const [index, rule] of rules.entries()) {
    const fault = faultOf(rule);
    if (fault !== undefined) return refuse('routing-invalid', { detail: `rule ${index + 1}: ${fault}` });
  }
  const spelt = rules.map(({ countries, ...rule }) => ({
    ...rule,
    ...(countries && { countries: countries.map((country) => countryOf(country) ?? country) }),
  }));
  return JSON.stringify(spelt) === JSON.stringify(state.rules) ? accept() : accept({ type: 'notifications.routing-set.v1', data: { rules: spelt, at } });
}

function faultOf({ channel, platforms, countries = [], vendors }: RoutingRule): string | undefined {
  if (platforms !== undefined && channel !== 'push') return 'only pushes go to platforms';
  const unknown = countries.find((country) => countryOf(country) === undefined);
  if (unknown !== undefined) return `${unknown} is not the code of a country`;
  if (vendors.length === 0 || vendors.length > RULE_VENDORS_MAX) return `from 1 to ${RULE_VENDORS_MAX} vendors`;
  if (new Set(vendors.map(({ vendor }) => vendor)).size !== vendors.length) return 'each vendor once';
  for (const { vendor, weight } of vendors) {
    if (!isAccountName(vendor)) return `${vendor} is no name of an account`;
    if (weight !== undefined && (!Number.isSafeInteger(weight) || weight < 1 || weight > SHARE_WEIGHT_MAX))
      return `a weight is a whole number from 1 to ${SHARE_WEIGHT_MAX}`;
  }
  return undefined;
}

function plugOut({ pluggedOut }: RoutingState, { vendor, at }: Extract<RoutingCommand, { type: 'plug-out' }>): Decision<RoutingEvent> {
  if (pluggedOut.includes(vendor)) return accept();
  if (!isAccountName(vendor)) return refuse('routing-invalid', { detail: `${vendor} is no name of an account` });
  if (pluggedOut.length >= PLUGGED_OUT_MAX) return refuse('routing-invalid', { detail: `at most ${PLUGGED_OUT_MAX} vendors that are plugged out` });
  return accept({ type: 'notifications.vendor-plugged-out.v1', data: { vendor, at } });
}

const isAccountName = (text: string): boolean => text.length <= ACCOUNT_NAME_CHARACTERS_MAX && ACCOUNT_NAME.test(text);
