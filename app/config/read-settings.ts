/** Reads the settings from environment variables, and collects every fault: unknown names, wrong values, and settings that contradict one another. */
import type { z } from 'zod';
import { WORKER_ROLES } from '../../workers/dependencies.ts';
import { readSecretFiles } from './secret-files.ts';
import { sendersOf } from './senders/senders-config.ts';
import { FRONT_ROLE, SECRET_SETTINGS, settingsSchema, type Role } from './settings.ts';

export type Settings = z.infer<typeof settingsSchema>;
type SettingName = keyof Settings;

/** All faults at once, each with the variable's name and what was expected. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `one-by-one`: settings may contradict one another, as for a program that uses few of them. Throws `ConfigFaults`. */
export function readSettings(environment: Environment, { check }: { readonly check: 'together' | 'one-by-one' }): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => isOurs(...entry)));
  const { values, faults: ofFiles } = readSecretFiles(given);
  const unknown = Object.keys(values).filter((name) => !(name in settingsSchema.shape));
  const settings: Partial<Record<string, unknown>> = {};
  const wrong: string[] = [];
  for (const [name, schema] of Object.entries(settingsSchema.shape)) {
    const parsed = schema.safeParse(values[name]);
    if (parsed.success) settings[name] = parsed.data;
    const got = SECRET_SETTINGS.has(name) ? 'something else' : JSON.stringify(values[name]);
    wrong.push(...(parsed.error?.issues ?? []).map(({ message }) => `${name}: expected ${message}, got ${got}`));
  }
  const isGiven = (name: SettingName) => values[name] !== undefined || `${name}_FILE` in given;
  const contradicting = check === 'together' ? contradictions(settings as Partial<Settings>, isGiven) : [];
  const faults = [...unknown.map((name) => `${name}: there is no such setting`), ...ofFiles, ...wrong, ...contradicting];
  if (faults.length > 0) throw new ConfigFaults(faults);
  return settings as Settings;
}

const isOurs = (name: string, value: string | undefined): boolean =>
  name.startsWith('TIDINGS_') && !name.startsWith('TIDINGS_TEST_') && value !== undefined && value !== '';

/** `isGiven`: whether the environment names it at all; a setting with a wrong value is not missed as well. */
type IsGiven = (name: SettingName) => boolean;

function contradictions(settings: Partial<Settings>, isGiven: IsGiven): readonly string[] {
  return [
    ...ofPresence(settings),
    ...ofFeed(settings),
    ...ofTls(isGiven),
    ...ofPurge(isGiven),
    ...ofWebAuthn(settings),
    ...ofProfile(settings, isGiven),
    ...ofQueues(settings, isGiven),
    ...ofFront(settings, isGiven),
    ...sendersOf(settings, isGiven).faults,
  ];
}

function ofPresence({
  TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: ttl = Infinity,
  TIDINGS_GATEWAY_HEARTBEAT_SECONDS: heartbeat = 0,
}: Partial<Settings>): readonly string[] {
  return ttl > heartbeat ? [] : [`TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: expected more than TIDINGS_GATEWAY_HEARTBEAT_SECONDS, ${heartbeat}, got "${ttl}"`];
}

/** Otherwise an author between the two would turn with every count. */
function ofFeed({
  TIDINGS_FEED_PULL_FROM_FOLLOWERS: pullFrom = Infinity,
  TIDINGS_FEED_PUSH_UP_TO_FOLLOWERS: pushUpTo = 0,
}: Partial<Settings>): readonly string[] {
  return pushUpTo < pullFrom ? [] : [`TIDINGS_FEED_PUSH_UP_TO_FOLLOWERS: expected less than TIDINGS_FEED_PULL_FROM_FOLLOWERS, ${pullFrom}, got "${pushUpTo}"`];
}

function ofPurge(isGiven: IsGiven): readonly string[] {
  const [hasUrl, hasSecret] = [isGiven('TIDINGS_MEDIA_PURGE_URL'), isGiven('TIDINGS_MEDIA_PURGE_SECRET')];
  return hasUrl && !hasSecret ? ['TIDINGS_MEDIA_PURGE_SECRET: expected what signs what TIDINGS_MEDIA_PURGE_URL is told, got nothing'] : [];
}

/** Browsers make a key for a domain only on its own pages, and on those of its subdomains. */
function ofWebAuthn({ TIDINGS_WEBAUTHN_RP_ID: domain, TIDINGS_WEBAUTHN_ORIGINS: origins = [] }: Partial<Settings>): readonly string[] {
  const isOfDomain = (host: string) => domain === undefined || host === domain || host.endsWith(`.${domain}`);
  const others = origins.filter((origin) => !isOfDomain(origin === 'localhost' ? origin : new URL(origin).hostname));
  return others.map((origin) => `TIDINGS_WEBAUTHN_ORIGINS: expected pages of TIDINGS_WEBAUTHN_RP_ID, ${domain}, got "${origin}"`);
}

function ofTls(isGiven: IsGiven): readonly string[] {
  const [hasCertificate, hasKey] = [isGiven('TIDINGS_TLS_CERT_FILE'), isGiven('TIDINGS_TLS_KEY_FILE')];
  return [
    ...(hasCertificate && !hasKey ? ['TIDINGS_TLS_KEY_FILE: expected the key of TIDINGS_TLS_CERT_FILE, got nothing'] : []),
    ...(!hasCertificate && hasKey ? ['TIDINGS_TLS_CERT_FILE: expected the certificate of TIDINGS_TLS_KEY_FILE, got nothing'] : []),
  ];
}

/** What the distributed profile can't do without, and says nothing in the embedded one. */
const NEEDED_WHEN_DISTRIBUTED: { readonly [Name in SettingName]?: string } = {
  TIDINGS_EVENTSTORE_URLS: 'the connection strings of EventStoreDB',
  TIDINGS_MONGODB_URL: 'the connection string of MongoDB',
  TIDINGS_REDIS_URL: 'the address of a Redis that evicts nothing',
  TIDINGS_FEED_CACHE_REDIS_URL: 'the address of the Redis for the feed cache',
  TIDINGS_VAULT_KEY_FILE: 'the file with the key of the vault',
  TIDINGS_ADMIN_TOKEN: 'the operator’s token',
};
const ONLY_WHEN_DISTRIBUTED = ['TIDINGS_MONGODB_URL', 'TIDINGS_REDIS_URL', 'TIDINGS_FEED_CACHE_REDIS_URL', 'TIDINGS_VAULT_KEY_FILE'] as const;

/** A process of the event store alone, or of the front, is the same in both profiles. */
function ofProfile({ TIDINGS_PROFILE: profile, TIDINGS_ROLES: roles }: Partial<Settings>, isGiven: IsGiven): readonly string[] {
  if (roles?.every((role) => role === 'event-store') === true || roles?.every((role) => role === FRONT_ROLE) === true) return [];
  if (profile === undefined) return []; // it is wrong itself
  if (profile === 'embedded')
    return ONLY_WHEN_DISTRIBUTED.filter(isGiven).map((name) => `${name}: expected nothing with TIDINGS_PROFILE=embedded, got something`);
  return [
    ...Object.entries(NEEDED_WHEN_DISTRIBUTED).flatMap(([name, what]) =>
      isGiven(name as SettingName) ? [] : [`${name}: expected ${what} with TIDINGS_PROFILE=distributed, got nothing`],
    ),
    ...(roles?.includes('event-store') === true ? ['TIDINGS_ROLES: expected event-store in a process of its own with TIDINGS_PROFILE=distributed'] : []),
  ];
}

const FRONT_UPSTREAMS = {
  TIDINGS_FRONT_WRITE_URL: 'the address of the write-api',
  TIDINGS_FRONT_READ_URL: 'the address of the read-api',
  TIDINGS_FRONT_GATEWAY_URL: 'the address of a gateway',
} as const;

function ofFront({ TIDINGS_ROLES: roles = [], TIDINGS_FRONT_PORT: port }: Partial<Settings>, isGiven: IsGiven): readonly string[] {
  const names = Object.keys(FRONT_UPSTREAMS) as (keyof typeof FRONT_UPSTREAMS)[];
  if (!roles.includes(FRONT_ROLE)) return names.filter(isGiven).map((name) => `${name}: expected nothing without TIDINGS_ROLES=front, got something`);
  return [
    ...(roles.every((role) => role === FRONT_ROLE)
      ? []
      : ['TIDINGS_ROLES: expected front in a process of its own; one with write-api, read-api and gateway has pages without it']),
    ...names.flatMap((name) => (isGiven(name) ? [] : [`${name}: expected ${FRONT_UPSTREAMS[name]} with TIDINGS_ROLES=front, got nothing`])),
    ...(port === undefined && isGiven('TIDINGS_FRONT_PORT') ? ['TIDINGS_FRONT_PORT: expected a port with TIDINGS_ROLES=front, got "off"'] : []),
  ];
}

function ofQueues({ TIDINGS_ROLES: roles }: Partial<Settings>, isGiven: IsGiven): readonly string[] {
  const delivers = roles === undefined || roles.includes('delivery') || roles.includes('workers');
  return isGiven('TIDINGS_DELIVERY_QUEUES') && !delivers
    ? [`TIDINGS_DELIVERY_QUEUES: expected the role delivery among the roles, got ${JSON.stringify(roles.join(','))}`]
    : [];
}

/** Each role once, in the order of the list. */
export const expandRoles = (names: NonNullable<Settings['TIDINGS_ROLES']>) =>
  names
    .flatMap((name): readonly Role[] => (name === 'workers' ? WORKER_ROLES : name === FRONT_ROLE ? [] : [name]))
    .filter((role, index, all) => all.indexOf(role) === index);
