/** What each field of a vendor's account may be, with the words in which a fault tells what was expected. Secrets are read from their files before. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { AccountOf, Vendor } from './vendors.ts';

const TEXT_CHARACTERS_MAX = 4_096;
const FROM_NAME_CHARACTERS_MAX = 100;
/** Of an uncompressed point on P-256. */
const VAPID_PUBLIC_BYTES = 65;
const VAPID_PRIVATE_BYTES = 32;

/** One line of visible characters, as every vendor's keys are. */
const token = (expected: string) =>
  z
    .string(expected)
    .regex(/^[\x21-\x7e]+$/, expected)
    .max(TEXT_CHARACTERS_MAX, expected);
const matching = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected).max(TEXT_CHARACTERS_MAX, expected);

const isKey = (read: () => KeyObject, { of }: { readonly of: 'ec' | 'rsa' }): boolean => {
  try {
    return read().asymmetricKeyType === of;
  } catch {
    return false;
  }
};

/** In an environment variable the lines of a PEM are often written with `\n` between them. */
const pem = (of: 'ec' | 'rsa', expected: string) =>
  z
    .string(expected)
    .transform((text) => text.replaceAll('\\n', '\n'))
    .refine((text) => isKey(() => createPrivateKey(text), { of }), expected);

const base64url = (bytes: number, expected: string) =>
  z.string(expected).refine((text) => /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === bytes, expected);

const SERVICE_ACCOUNT = 'the JSON of a service account’s key, as Firebase gives it';
const serviceAccount = z.preprocess(
  (value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return undefined;
    }
  },
  z.object({ project_id: token(SERVICE_ACCOUNT), client_email: token(SERVICE_ACCOUNT), private_key: pem('rsa', SERVICE_ACCOUNT) }, SERVICE_ACCOUNT),
);

const ADDRESS = 'an email address';
const address = z.email(ADDRESS);
const fromName = matching(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, 'a name of one line').max(
  FROM_NAME_CHARACTERS_MAX,
  `a name of at most ${FROM_NAME_CHARACTERS_MAX} characters`,
);
const NUMBER = '\\+[1-9]\\d{6,14}';
const ON = 'true or false';
/** As the file has it, or a setting. */
const isOn = z.union([z.boolean(), z.enum(['on', 'off']).transform((text) => text === 'on')], ON);
const WEBHOOK_KEY = 'the public key of signed event webhooks, as SendGrid shows it';

export const accountSchemas = {
  fcm: { credentials: serviceAccount },
  apns: {
    teamId: matching(/^[A-Z0-9]{10}$/, 'the ten characters of a team’s id'),
    keyId: matching(/^[A-Z0-9]{10}$/, 'the ten characters of a key’s id'),
    key: pem('ec', 'the PEM of a .p8 file, as Apple gives it'),
    topic: matching(/^[\w.-]+$/, 'the id of an app’s bundle, such as org.example.app'),
    isSandbox: isOn.default(false),
  },
  'web-push': {
    subject: matching(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'a mailto: or https: address'),
    publicKey: base64url(VAPID_PUBLIC_BYTES, 'a VAPID public key of 65 bytes in base64url'),
    privateKey: base64url(VAPID_PRIVATE_BYTES, 'a VAPID private key of 32 bytes in base64url'),
  },
  jpush: { appKey: token('the app key of JPush'), masterSecret: token('the master secret of JPush') },
  pushy: { apiKey: token('the secret API key of Pushy') },
  twilio: {
    accountSid: matching(/^AC[0-9a-f]{32}$/, 'an account’s SID, AC and 32 hexadecimal digits'),
    authToken: token('the auth token of the account'),
    from: matching(new RegExp(`^(${NUMBER}|MG[0-9a-f]{32})$`), 'a number such as +15005550006, or the SID of a messaging service'),
  },
  vonage: {
    apiKey: token('the API key of Vonage'),
    apiSecret: token('the API secret of Vonage'),
    signatureSecret: token('the secret that Vonage signs its callbacks with').optional(),
    from: matching(new RegExp(`^(${NUMBER}|[A-Za-z0-9]{1,11})$`), 'a number such as +447700900000, or a name of at most eleven letters and digits'),
  },
  sendgrid: {
    apiKey: token('the API key of SendGrid'),
    from: address,
    fromName: fromName.optional(),
    region: z.enum(['eu', 'global'], 'eu or global').optional(),
    webhookPublicKey: z
      .string(WEBHOOK_KEY)
      .refine((text) => isKey(() => createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' }), { of: 'ec' }), WEBHOOK_KEY)
      .optional(),
    hasActivity: isOn.optional(),
  },
  mailchimp: {
    apiKey: token('the API key of Mailchimp Transactional'),
    from: address,
    fromName: fromName.optional(),
    webhookKey: token('the key that Mailchimp signs its callbacks with').optional(),
  },
} as const satisfies { readonly [Of in Vendor]: { readonly [Field in keyof Omit<Required<AccountOf[Of]>, 'name'>]: z.ZodType<AccountOf[Of][Field]> } };
