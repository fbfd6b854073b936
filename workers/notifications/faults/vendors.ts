/** Every vendor's real sender, with an account that its simulator knows, and what is promised where an answer of the vendor is lost. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import webPush from 'web-push';
import type { NotificationChannel, Platform } from '../../../domain/people/notification-channels.ts';
import { epochMs, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { startApnsSender } from '../../../ports/sender/apns/sender.ts';
import type { CallbackRequest, CallbackVerifier } from '../../../ports/sender/callbacks.ts';
import { startFcmSender } from '../../../ports/sender/fcm/sender.ts';
import { startJpushSender } from '../../../ports/sender/jpush/sender.ts';
import { mailchimpCallbacks } from '../../../ports/sender/mailchimp/callbacks.ts';
import { startMailchimpSender } from '../../../ports/sender/mailchimp/sender.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import { startPushySender } from '../../../ports/sender/pushy/sender.ts';
import { RedirectableAgent } from '../../../ports/sender/redirectable-agent.ts';
import { sendGridCallbacks } from '../../../ports/sender/sendgrid/callbacks.ts';
import { startSendGridSender } from '../../../ports/sender/sendgrid/sender.ts';
import { twilioCallbacks } from '../../../ports/sender/twilio/callbacks.ts';
import { startTwilioSender } from '../../../ports/sender/twilio/sender.ts';
import type { VendorAddress } from '../../../ports/sender/vendor-https.ts';
import { vonageCallbacks } from '../../../ports/sender/vonage/callbacks.ts';
import { startVonageSender } from '../../../ports/sender/vonage/sender.ts';
import { startWebPushSender } from '../../../ports/sender/web-push/sender.ts';
import { apnsRules } from '../../../tests/vendors/apns.ts';
import { fcmRules } from '../../../tests/vendors/fcm.ts';
import { jpushRules } from '../../../tests/vendors/jpush.ts';
import { MAILCHIMP_KEY, MAILCHIMP_WEBHOOK_KEY, mailchimpCallback, startMailchimp } from '../../../tests/vendors/mailchimp.ts';
import { pushyRules } from '../../../tests/vendors/pushy.ts';
import { SENDGRID_KEY, sendGridWebhook, startSendGrid } from '../../../tests/vendors/sendgrid.ts';
import { startTwilio, TWILIO_SID, TWILIO_TOKEN, twilioCallback } from '../../../tests/vendors/twilio.ts';
import { startVendorServer, type VendorRequest, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { startVonage, VONAGE_KEY, VONAGE_SECRET, VONAGE_SIGNATURE_SECRET, vonageCallback } from '../../../tests/vendors/vonage.ts';
import { subscribeBrowser, webPushRules } from '../../../tests/vendors/web-push.ts';

type Clock = () => Instant;

/** What its vendor posts later of a message that it has taken. */
export type Reports = { readonly verifier: CallbackVerifier; readonly delivered: (taken: VendorRequest) => CallbackRequest };

export type FaultyVendor = {
  readonly name: string;
  readonly channel: NotificationChannel;
  /**
   * Of an attempt whose answer was lost. `asked`: the vendor tells whether it has the message. `key`: it takes a message once. `replaces`: a
   * second push takes the place of the first on the device. `marked`: a second message may come, which the log says.
   */
  readonly promise: 'asked' | 'key' | 'replaces' | 'marked';
  /** Of pushes: the token of a device, by its number. */
  readonly device?: { readonly platform: Platform; readonly tokenOf: (n: number) => string; readonly devicesMax?: number };
  startServer(clock: Clock): Promise<VendorServer>;
  startSender(clock: Clock, connect: VendorAddress): Sender;
  /** By which the simulator knows the messages of a delivery. */
  keyOf(delivery: string): string;
  readonly reports?: (clock: Clock) => Reports;
};

const PUBLIC_URL = 'https://tidings.example.org';
const same = (delivery: string): string => delivery;
const pem = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } } as const;

function fcm(): FaultyVendor {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, ...pem });
  const credentials = { project_id: 'tidings-test', client_email: 'tidings@tidings-test.iam.gserviceaccount.com', private_key: privateKey };
  return {
    name: 'fcm',
    channel: 'push',
    promise: 'replaces',
    device: { platform: 'fcm', tokenOf: (n) => `token-of-device-${n}` },
    startServer: () => startVendorServer(fcmRules({ publicKey, clientEmail: credentials.client_email, projects: [credentials.project_id] })),
    startSender: (clock, connect) => startFcmSender({ name: 'fcm', credentials }, { clock, connect }),
    keyOf: same,
  };
}

function apns(): FaultyVendor {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem });
  const team = { teamId: 'TEAM123456', keyId: 'KEY1234567' };
  const topic = 'org.example.tidings';
  return {
    name: 'apns',
    channel: 'push',
    promise: 'replaces',
    device: { platform: 'apns', tokenOf: (n) => (n + 1).toString(16).padStart(64, 'a') },
    startServer: (clock) => startVendorServer(apnsRules({ ...team, publicKey, topics: [topic], nowMs: () => epochMs(clock()) })),
    startSender: (clock, connect) => startApnsSender({ name: 'apns', ...team, key: privateKey, topic, isSandbox: false }, { clock, connect }),
    keyOf: same,
  };
}

function webPushes(): FaultyVendor {
  const browser = subscribeBrowser('https://push.example.org/send/ann?v=1');
  const keys = webPush.generateVAPIDKeys();
  return {
    name: 'web-push',
    channel: 'push',
    promise: 'replaces',
    device: { platform: 'web', tokenOf: () => JSON.stringify(browser.subscription), devicesMax: 1 },
    startServer: () => startVendorServer(webPushRules({ publicKey: keys.publicKey, browser })),
    startSender: (clock, connect) => {
      const agent = new RedirectableAgent({ keepAlive: true }, connect);
      const sender = startWebPushSender({ name: 'web-push', subject: 'mailto:push@example.org', ...keys }, { clock, agent });
      const stop = async () => {
        await sender[Symbol.asyncDispose]();
        agent.destroy();
      };
      return { ...sender, [Symbol.asyncDispose]: stop };
    },
    keyOf: same,
  };
}

function jpush(): FaultyVendor {
  const account = { name: 'jpush', appKey: '7d431e42dfa6a6d693ac2d04', masterSecret: '5e987ac6d2e04d95a9d8f0d1' };
  return {
    name: 'jpush',
    channel: 'push',
    promise: 'key',
    device: { platform: 'jpush', tokenOf: (n) => `1104a89792a9d0f1b${n}` },
    startServer: () => startVendorServer(jpushRules(account)),
    startSender: (clock, connect) => startJpushSender(account, { clock, connect }),
    keyOf: same,
  };
}

/** It replaces a push that still waits for the device, and not one that is shown. */
function pushy(): FaultyVendor {
  const account = { name: 'pushy', apiKey: '6a547f1e7fa1dca83ec11a92' };
  return {
    name: 'pushy',
    channel: 'push',
    promise: 'marked',
    device: { platform: 'pushy', tokenOf: (n) => `a6345d0278adc55d34${n}` },
    startServer: () => startVendorServer(pushyRules(account)),
    startSender: (clock, connect) => startPushySender(account, { clock, connect }),
    keyOf: (delivery) => createHash('sha256').update(delivery).digest('hex').slice(0, 32),
  };
}

function twilio(): FaultyVendor {
  const account = { name: 'twilio', accountSid: TWILIO_SID, authToken: TWILIO_TOKEN, from: '+15017122661' };
  return {
    name: 'twilio',
    channel: 'sms',
    promise: 'asked',
    startServer: (clock) => startTwilio({ clock: () => epochMs(clock()) }),
    startSender: (clock, connect) => startTwilioSender(account, { clock, connect, publicUrl: PUBLIC_URL }),
    keyOf: same,
    reports: (clock) => ({
      verifier: twilioCallbacks(account, { clock }),
      delivered: ({ body }) => {
        const form = new URLSearchParams(body);
        const fields = { MessageSid: `SM${randomBytes(16).toString('hex')}`, MessageStatus: 'delivered', To: form.get('To') ?? '' };
        return twilioCallback(form.get('StatusCallback') ?? '', fields);
      },
    }),
  };
}

function vonage(): FaultyVendor {
  const account = { name: 'vonage', apiKey: VONAGE_KEY, apiSecret: VONAGE_SECRET, signatureSecret: VONAGE_SIGNATURE_SECRET, from: '+15017122661' };
  return {
    name: 'vonage',
    channel: 'sms',
    promise: 'marked',
    startServer: () => startVonage(),
    startSender: (clock, connect) => startVonageSender(account, { clock, connect, publicUrl: PUBLIC_URL }),
    keyOf: same,
    reports: (clock) => ({
      verifier: vonageCallbacks(account, { clock }),
      delivered: ({ body }) => {
        const form = new URLSearchParams(body);
        return vonageCallback(form.get('callback') ?? '', {
          messageId: randomBytes(8).toString('hex').toUpperCase(),
          msisdn: form.get('to') ?? '',
          to: form.get('from') ?? '',
          status: 'delivered',
          'err-code': '0',
          'client-ref': form.get('client-ref') ?? '',
        });
      },
    }),
  };
}

/** `hasActivity`: the account has bought what tells of messages. */
function sendgrid(hasActivity: boolean): FaultyVendor {
  const webhook = sendGridWebhook();
  const account = { name: 'sendgrid', apiKey: SENDGRID_KEY, from: 'news@example.org', hasActivity, webhookPublicKey: webhook.publicKey };
  return {
    name: hasActivity ? 'sendgrid, activity' : 'sendgrid',
    channel: 'email',
    promise: hasActivity ? 'asked' : 'marked',
    startServer: (clock) => startSendGrid({ clock: () => epochMs(clock()) }),
    startSender: (clock, connect) => startSendGridSender(account, { clock, connect }),
    keyOf: same,
    reports: (clock) => ({
      verifier: sendGridCallbacks(account, { clock }),
      delivered: ({ body }) => {
        const [mail] = (JSON.parse(body) as { readonly personalizations: readonly { readonly custom_args: Readonly<Record<string, string>> }[] })
          .personalizations;
        const id = randomBytes(12).toString('base64url');
        const at = epochMs(clock());
        const event = { event: 'delivered', sg_event_id: id, sg_message_id: `${id}.filter0001.0`, timestamp: Math.floor(at / SECOND_MS) };
        return webhook.post([{ ...event, ...mail?.custom_args }], `${PUBLIC_URL}/v1/callbacks/sendgrid/sendgrid`, at);
      },
    }),
  };
}

function mailchimp(): FaultyVendor {
  const account = { name: 'mailchimp', apiKey: MAILCHIMP_KEY, from: 'news@example.org', webhookKey: MAILCHIMP_WEBHOOK_KEY };
  return {
    name: 'mailchimp',
    channel: 'email',
    promise: 'marked',
    startServer: () => startMailchimp(),
    startSender: (clock, connect) => startMailchimpSender(account, { clock, connect }),
    keyOf: same,
    reports: (clock) => ({
      verifier: mailchimpCallbacks(account, { clock }),
      delivered: ({ body }) => {
        const { message } = JSON.parse(body) as { readonly message: { readonly metadata: Readonly<Record<string, string>> } };
        const _id = randomBytes(16).toString('hex');
        const event = { event: 'delivered', _id, ts: Math.floor(epochMs(clock()) / SECOND_MS), msg: { _id, metadata: message.metadata } };
        return mailchimpCallback(`${PUBLIC_URL}/v1/callbacks/mailchimp/mailchimp`, [event]);
      },
    }),
  };
}

/** Made anew: their accounts have keys of their own. */
export const faultyVendors = (): readonly FaultyVendor[] => [
  fcm(),
  apns(),
  webPushes(),
  jpush(),
  pushy(),
  twilio(),
  vonage(),
  sendgrid(true),
  sendgrid(false),
  mailchimp(),
];
