/**
 * The file of `TIDINGS_SENDER_ACCOUNTS_FILE`: a JSON list of accounts, each with its `vendor`, its `name` and what that vendor's account
 * holds. Any text in it may be `{ "file": "…" }` instead, named from the folder of the list, so that the list itself needs no secret.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isRecord, strictly } from './strictly.ts';
import { accountSchemas } from './account-schemas.ts';
import { VENDORS, type AccountTerms, type SenderAccount, type Vendor } from './vendors.ts';

const ACCOUNTS_MAX = 100;
const NAME_CHARACTERS_MAX = 40;
const RATE_MAX = 100_000;
/** Of these a file is taken whole, of other fields its first line. */
const FIELDS_OF_LINES: ReadonlySet<string> = new Set(['credentials', 'key', 'ca']);

const rate = (expected: string) => z.number(expected).positive(expected).max(RATE_MAX, expected);

/** `caFile` has become `ca` when this is asked. */
const terms = {
  origin: z
    .url({ protocol: /^https$/, error: 'an https:// address without a path' })
    .regex(/^https:\/\/[^/?#@]+$/, 'an https:// address without a path')
    .optional(),
  ca: z.string('a file').optional(),
  perSecond: rate('a number of messages a second').optional(),
  segmentsPerSecond: rate('a number of segments a second').optional(),
};

export type AccountsFile = { readonly file: string; readonly accounts: readonly SenderAccount[] };

/** Faults are messages behind 'expected', each with its place in the file. */
export const accountsFile = z.string().transform((file, context): AccountsFile => {
  const faults: string[] = [];
  const accounts = readList(file, faults).flatMap((entry, index) => accountOf(entry, { at: `[${index}]`, folder: dirname(resolve(file)), faults }) ?? []);
  const names = accounts.map(({ account }) => account.name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) faults.push(`one account named "${name}", and there are several`);
  for (const message of faults) context.addIssue({ code: 'custom', message });
  return { file, accounts };
});

function readList(file: string, faults: string[]): readonly unknown[] {
  const text = readFile(file, faults);
  if (text === undefined) return [];
  try {
    const read: unknown = JSON.parse(text);
    if (Array.isArray(read) && read.length <= ACCOUNTS_MAX) return read;
  } catch {
    // told below, without what is in it
  }
  faults.push(`a file with a JSON list of at most ${ACCOUNTS_MAX} accounts`);
  return [];
}

function readFile(file: string, faults: string[], what = ''): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    faults.push(`${what}a file that can be read, and ${JSON.stringify(file)} can’t be (${code})`);
    return undefined;
  }
}

type Place = { readonly at: string; readonly folder: string; readonly faults: string[] };

function accountOf(entry: unknown, place: Place): SenderAccount | undefined {
  const { at, faults } = place;
  if (!isRecord(entry)) {
    faults.push(`an account at ${at}`);
    return undefined;
  }
  const { vendor, name, ...rest } = withFiles(entry, place);
  if (!isVendor(vendor)) {
    faults.push(`one of ${VENDORS.join(', ')} at ${at}.vendor`);
    return undefined;
  }
  const named = nameOf(vendor).safeParse(name);
  const parsed = strictly({ ...accountSchemas[vendor], ...terms }).safeParse(rest);
  if (!named.success) faults.push(`${named.error.issues[0]?.message ?? 'a name'} at ${at}.name`);
  for (const { message, path } of parsed.error?.issues ?? []) faults.push(`${message} at ${[at, ...path.map(String)].join('.')}`);
  if (!named.success || !parsed.success) return undefined;
  const { origin, ca, perSecond, segmentsPerSecond, ...held } = parsed.data as Record<string, unknown> &
    AccountTerms & { readonly origin?: string; readonly ca?: string };
  const connect = origin === undefined ? undefined : { origin, ...(ca === undefined ? {} : { ca }) };
  return {
    vendor,
    account: { ...held, name: named.data },
    ...(connect === undefined ? {} : { connect }),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(segmentsPerSecond === undefined ? {} : { segmentsPerSecond }),
  } as SenderAccount;
}

const isVendor = (text: unknown): text is Vendor => VENDORS.some((vendor) => vendor === text);

/** A name tells the vendor: it stands in names of queues, in metrics, and in the addresses that the vendor calls back. */
function nameOf(vendor: Vendor) {
  const expected = `${vendor} or ${vendor}- with small letters, digits and dashes, at most ${NAME_CHARACTERS_MAX} characters,`;
  return z
    .string(expected)
    .max(NAME_CHARACTERS_MAX, expected)
    .regex(new RegExp(`^${vendor}(-[a-z0-9]+)*$`), expected);
}

function withFiles(entry: Readonly<Record<string, unknown>>, { at, folder, faults }: Place): Readonly<Record<string, unknown>> {
  const { caFile, ...rest } = entry;
  const named = { ...rest, ...(caFile === undefined ? {} : { ca: { file: caFile } }) };
  return Object.fromEntries(
    Object.entries(named).map(([field, value]) => {
      if (!isRecord(value) || typeof value['file'] !== 'string' || Object.keys(value).length !== 1) return [field, value];
      const text = readFile(resolve(folder, value['file']), faults, `at ${at}.${field} `) ?? '';
      return [field, FIELDS_OF_LINES.has(field) ? text : text.split(/\r?\n/, 1)[0]];
    }),
  );
}
