/** The settings of vendors: which are on, and the credentials of the first account of each. What they may be is told by `account-schemas.ts`. */
import { z } from 'zod';
import { countryOf } from '../../../domain/shared/country.ts';
import { SMS_BLOCK_PER_HOUR_MAX, SMS_COUNTRY_PER_HOUR_MAX } from '../../../workers/notifications/vendors/sms-limits.ts';
import { list, wholeNumber } from '../setting-values.ts';
import { accountsFile } from './accounts-file.ts';
import { OUTBOX, VENDORS, type AccountOf, type Vendor } from './vendors.ts';

const NAMES = [OUTBOX, ...VENDORS] as const;
const SOME_VENDORS = `some of ${NAMES.join(', ')}`;
const COUNTRIES = 'codes of countries such as DE, separated by commas';
const text = z.string().optional();

export const senderSettings = {
  TIDINGS_SENDERS: list(SOME_VENDORS)
    .pipe(z.array(z.enum(NAMES, SOME_VENDORS)))
    .optional(),
  TIDINGS_SENDER_ACCOUNTS_FILE: accountsFile.optional(),
  TIDINGS_SMS_COUNTRIES: list(COUNTRIES)
    .refine((codes) => codes.every((code) => countryOf(code) === code), COUNTRIES)
    .optional(),
  TIDINGS_SMS_COUNTRY_PER_HOUR_MAX: wholeNumber(SMS_COUNTRY_PER_HOUR_MAX, { unit: 'texts', max: 100_000_000 }),
  TIDINGS_SMS_BLOCK_PER_HOUR_MAX: wholeNumber(SMS_BLOCK_PER_HOUR_MAX, { unit: 'texts', max: 100_000_000 }),
  TIDINGS_SMS_SEGMENTS_PER_SECOND: wholeNumber(1, { unit: 'segments', max: 10_000 }),
  TIDINGS_FCM_CREDENTIALS: text,
  TIDINGS_APNS_TEAM_ID: text,
  TIDINGS_APNS_KEY_ID: text,
  TIDINGS_APNS_KEY: text,
  TIDINGS_APNS_TOPIC: text,
  TIDINGS_APNS_SANDBOX: text,
  TIDINGS_WEB_PUSH_SUBJECT: text,
  TIDINGS_WEB_PUSH_PUBLIC_KEY: text,
  TIDINGS_WEB_PUSH_PRIVATE_KEY: text,
  TIDINGS_JPUSH_APP_KEY: text,
  TIDINGS_JPUSH_MASTER_SECRET: text,
  TIDINGS_PUSHY_API_KEY: text,
  TIDINGS_TWILIO_ACCOUNT_SID: text,
  TIDINGS_TWILIO_AUTH_TOKEN: text,
  TIDINGS_TWILIO_FROM: text,
  TIDINGS_VONAGE_API_KEY: text,
  TIDINGS_VONAGE_API_SECRET: text,
  TIDINGS_VONAGE_SIGNATURE_SECRET: text,
  TIDINGS_VONAGE_FROM: text,
  TIDINGS_SENDGRID_API_KEY: text,
  TIDINGS_SENDGRID_FROM: text,
  TIDINGS_SENDGRID_FROM_NAME: text,
  TIDINGS_SENDGRID_REGION: text,
  TIDINGS_SENDGRID_WEBHOOK_PUBLIC_KEY: text,
  TIDINGS_SENDGRID_ACTIVITY: text,
  TIDINGS_MAILCHIMP_API_KEY: text,
  TIDINGS_MAILCHIMP_FROM: text,
  TIDINGS_MAILCHIMP_FROM_NAME: text,
  TIDINGS_MAILCHIMP_WEBHOOK_KEY: text,
} as const;

type SettingName = keyof typeof senderSettings;

/** Which setting holds which field of a vendor's first account. */
export const SETTINGS_OF: { readonly [Of in Vendor]: { readonly [Field in keyof Omit<Required<AccountOf[Of]>, 'name'>]: SettingName } } = {
  fcm: { credentials: 'TIDINGS_FCM_CREDENTIALS' },
  apns: {
    teamId: 'TIDINGS_APNS_TEAM_ID',
    keyId: 'TIDINGS_APNS_KEY_ID',
    key: 'TIDINGS_APNS_KEY',
    topic: 'TIDINGS_APNS_TOPIC',
    isSandbox: 'TIDINGS_APNS_SANDBOX',
  },
  'web-push': { subject: 'TIDINGS_WEB_PUSH_SUBJECT', publicKey: 'TIDINGS_WEB_PUSH_PUBLIC_KEY', privateKey: 'TIDINGS_WEB_PUSH_PRIVATE_KEY' },
  jpush: { appKey: 'TIDINGS_JPUSH_APP_KEY', masterSecret: 'TIDINGS_JPUSH_MASTER_SECRET' },
  pushy: { apiKey: 'TIDINGS_PUSHY_API_KEY' },
  twilio: { accountSid: 'TIDINGS_TWILIO_ACCOUNT_SID', authToken: 'TIDINGS_TWILIO_AUTH_TOKEN', from: 'TIDINGS_TWILIO_FROM' },
  vonage: {
    apiKey: 'TIDINGS_VONAGE_API_KEY',
    apiSecret: 'TIDINGS_VONAGE_API_SECRET',
    signatureSecret: 'TIDINGS_VONAGE_SIGNATURE_SECRET',
    from: 'TIDINGS_VONAGE_FROM',
  },
  sendgrid: {
    apiKey: 'TIDINGS_SENDGRID_API_KEY',
    from: 'TIDINGS_SENDGRID_FROM',
    fromName: 'TIDINGS_SENDGRID_FROM_NAME',
    region: 'TIDINGS_SENDGRID_REGION',
    webhookPublicKey: 'TIDINGS_SENDGRID_WEBHOOK_PUBLIC_KEY',
    hasActivity: 'TIDINGS_SENDGRID_ACTIVITY',
  },
  mailchimp: {
    apiKey: 'TIDINGS_MAILCHIMP_API_KEY',
    from: 'TIDINGS_MAILCHIMP_FROM',
    fromName: 'TIDINGS_MAILCHIMP_FROM_NAME',
    webhookKey: 'TIDINGS_MAILCHIMP_WEBHOOK_KEY',
  },
};

/** Of several lines: a file of theirs is taken whole, and not its first line alone. */
export const SECRETS_OF_LINES = ['TIDINGS_FCM_CREDENTIALS', 'TIDINGS_APNS_KEY'] as const;

export const SENDER_SECRETS = [
  ...SECRETS_OF_LINES,
  'TIDINGS_WEB_PUSH_PRIVATE_KEY',
  'TIDINGS_JPUSH_MASTER_SECRET',
  'TIDINGS_PUSHY_API_KEY',
  'TIDINGS_TWILIO_AUTH_TOKEN',
  'TIDINGS_VONAGE_API_SECRET',
  'TIDINGS_VONAGE_SIGNATURE_SECRET',
  'TIDINGS_SENDGRID_API_KEY',
  'TIDINGS_MAILCHIMP_API_KEY',
  'TIDINGS_MAILCHIMP_WEBHOOK_KEY',
] as const;
