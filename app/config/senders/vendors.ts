/** The vendors that there are, the channel of each, and what an account of each holds. */
import type { ApnsAccount } from '../../../ports/sender/apns/account.ts';
import type { FcmAccount } from '../../../ports/sender/fcm/account.ts';
import type { JpushAccount } from '../../../ports/sender/jpush/account.ts';
import type { MailchimpAccount } from '../../../ports/sender/mailchimp/account.ts';
import type { PushyAccount } from '../../../ports/sender/pushy/account.ts';
import type { SendGridAccount } from '../../../ports/sender/sendgrid/account.ts';
import type { TwilioAccount } from '../../../ports/sender/twilio/account.ts';
import type { VonageAccount } from '../../../ports/sender/vonage/account.ts';
import type { WebPushAccount } from '../../../ports/sender/web-push/account.ts';
import type { SentChannel } from '../../../domain/people/notification-channels.ts';

export const CHANNEL_OF = {
  fcm: 'push',
  apns: 'push',
  'web-push': 'push',
  jpush: 'push',
  pushy: 'push',
  twilio: 'sms',
  vonage: 'sms',
  sendgrid: 'email',
  mailchimp: 'email',
} as const satisfies Readonly<Record<string, SentChannel>>;

export type Vendor = keyof typeof CHANNEL_OF;
export const VENDORS = Object.keys(CHANNEL_OF) as readonly Vendor[];
/** The local one, in the place of the vendors of a channel. */
export const OUTBOX = 'outbox';

export type AccountOf = {
  readonly fcm: FcmAccount;
  readonly apns: ApnsAccount;
  readonly 'web-push': WebPushAccount;
  readonly jpush: JpushAccount;
  readonly pushy: PushyAccount;
  readonly twilio: TwilioAccount;
  readonly vonage: VonageAccount;
  readonly sendgrid: SendGridAccount;
  readonly mailchimp: MailchimpAccount;
};

/** What is true of an account whatever its vendor. */
export type AccountTerms = {
  /** In the vendor's place, for proxies and simulators: `https://host:port`, and the authority of its certificate as PEM. */
  readonly connect?: { readonly origin: string; readonly ca?: string };
  /** Messages a second that the account may send, over all processes; absent: the vendor's usual. */
  readonly perSecond?: number;
  /** Segments a second of each number that texts are sent from, over all processes. */
  readonly segmentsPerSecond?: number;
};

export type SenderAccount = { readonly [Of in Vendor]: AccountTerms & { readonly vendor: Of; readonly account: AccountOf[Of] } }[Vendor];

/** Accounts are in order of preference, and only of vendors that are on. A channel without any has the outbox. */
export type SendersConfig = {
  readonly vendors: readonly Vendor[];
  readonly accounts: readonly SenderAccount[];
  /** Of the numbers of accounts that don’t say otherwise. */
  readonly segmentsPerSecond: number;
};

/** What browsers subscribe to pushes with; undefined where none go to browsers. */
export const webPushKeyOf = ({ accounts }: Pick<SendersConfig, 'accounts'>): string | undefined =>
  accounts.find((account) => account.vendor === 'web-push')?.account.publicKey;
