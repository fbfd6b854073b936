/** Which vendors are on, and with which accounts: of settings and of the file of accounts, in order of preference. */
import type { z } from 'zod';
import { accountSchemas } from './account-schemas.ts';
import { SENDER_SECRETS, SETTINGS_OF, type senderSettings } from './sender-settings.ts';
import { strictly } from './strictly.ts';
import { OUTBOX, VENDORS, type SenderAccount, type SendersConfig, type Vendor } from './vendors.ts';

/** Where a setting is wrong itself it is absent here. */
type Settings = Partial<z.infer<z.ZodObject<typeof senderSettings>>>;
type SettingName = keyof Settings;
type Read = { readonly faults: readonly string[]; readonly account?: SenderAccount };

export type SendersRead = SendersConfig & { readonly faults: readonly string[] };

/** `isGiven`: whether the environment names a setting at all; one that is wrong itself is not missed as well. */
export function sendersOf(settings: Settings, isGiven: (name: SettingName) => boolean = () => false): SendersRead {
  const vendors = [...new Set(settings.TIDINGS_SENDERS ?? [])].filter((name) => name !== OUTBOX);
  const { file = '', accounts: ofFile = [] } = settings.TIDINGS_SENDER_ACCOUNTS_FILE ?? {};
  const isFileWrong = settings.TIDINGS_SENDER_ACCOUNTS_FILE === undefined && isGiven('TIDINGS_SENDER_ACCOUNTS_FILE');
  const first = new Map(VENDORS.map((vendor) => [vendor, isNeeded(vendor) ? firstAccountOf(vendor, settings, isGiven) : { faults: [] }]));
  const doubled = ofFile.filter(({ vendor, account }) => account.name === vendor && first.get(vendor)?.account !== undefined);
  return {
    vendors,
    segmentsPerSecond: settings.TIDINGS_SMS_SEGMENTS_PER_SECOND ?? 1,
    accounts: vendors.flatMap((vendor) => [first.get(vendor)?.account ?? [], ofFile.filter((account) => account.vendor === vendor)].flat()),
    faults: [
      ...first.values().flatMap(({ faults }) => faults),
      ...doubled.map(
        ({ vendor }) => `TIDINGS_SENDER_ACCOUNTS_FILE: expected no account named ${vendor} beside the settings of ${vendor}, got ${JSON.stringify(file)}`,
      ),
    ],
  };

  /** An account that is given is checked, also while its vendor is off. */
  function isNeeded(vendor: Vendor): boolean {
    const hasSettings = Object.values(SETTINGS_OF[vendor]).some((name) => settings[name] !== undefined);
    return hasSettings || (!isFileWrong && vendors.includes(vendor) && !ofFile.some((account) => account.vendor === vendor));
  }
}

function firstAccountOf(vendor: Vendor, settings: Settings, isGiven: (name: SettingName) => boolean): Read {
  const names: Readonly<Record<string, SettingName>> = SETTINGS_OF[vendor];
  const given = Object.fromEntries(Object.entries(names).flatMap(([field, name]) => (settings[name] === undefined ? [] : [[field, settings[name]]])));
  const parsed = strictly(accountSchemas[vendor]).safeParse(given);
  if (parsed.success) return { faults: [], account: { vendor, account: { ...parsed.data, name: vendor } } as SenderAccount };
  const told = new Map<SettingName, string>(); // a field may have several faults, each with the same words
  for (const { path, message } of parsed.error.issues) {
    const name = names[String(path[0])];
    if (name !== undefined && (settings[name] !== undefined || !isGiven(name))) told.set(name, message);
  }
  return { faults: Array.from(told, ([name, message]) => `${name}: expected ${message}, got ${gotOf(name, settings)}`) };
}

function gotOf(name: SettingName, settings: Settings): string {
  if (settings[name] === undefined) return 'nothing';
  return SENDER_SECRETS.some((secret) => secret === name) ? 'something else' : JSON.stringify(settings[name]);
}
