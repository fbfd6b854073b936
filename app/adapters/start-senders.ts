/** Starts a sender for each account of the vendors that are on, beside those of the outbox. The modules of other vendors, with their SDKs, are never loaded. */
import type { Agent } from 'node:https';
import { textOf } from '../../domain/notifications/content.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { isE164, smsSegmentsIn } from '../../ports/sender/sms/text.ts';
import type { Outbox, Sender } from '../../ports/sender/port.ts';
import type { VendorOptions } from '../../ports/sender/vendor-https.ts';
import { openOutboundAgent } from './open-outbound.ts';
import type { Config } from '../config/config.ts';
import type { AccountOf, SenderAccount, Vendor } from '../config/senders/vendors.ts';

type StartOptions = VendorOptions & { /** For subscriptions of browsers, which name any host. */ readonly agent: Agent };
type Start<Of extends Vendor> = (account: AccountOf[Of], options: StartOptions) => Promise<Sender>;

const START: { readonly [Of in Vendor]: Start<Of> } = {
  fcm: async (account, options) => (await import('../../ports/sender/fcm/sender.ts')).startFcmSender(account, options),
  apns: async (account, options) => (await import('../../ports/sender/apns/sender.ts')).startApnsSender(account, options),
  'web-push': async (account, options) => (await import('../../ports/sender/web-push/sender.ts')).startWebPushSender(account, options),
  jpush: async (account, options) => (await import('../../ports/sender/jpush/sender.ts')).startJpushSender(account, options),
  pushy: async (account, options) => (await import('../../ports/sender/pushy/sender.ts')).startPushySender(account, options),
  twilio: async (account, options) => (await import('../../ports/sender/twilio/sender.ts')).startTwilioSender(account, options),
  vonage: async (account, options) => (await import('../../ports/sender/vonage/sender.ts')).startVonageSender(account, options),
  sendgrid: async (account, options) => (await import('../../ports/sender/sendgrid/sender.ts')).startSendGridSender(account, options),
  mailchimp: async (account, options) => (await import('../../ports/sender/mailchimp/sender.ts')).startMailchimpSender(account, options),
};

/** Whose processes plan with the vendors or call them. The others need no more than to know them. */
const SENDING_ROLES: Config['roles'] = ['planning', 'delivery', 'schedules'];

/** In order of preference within a channel; those of the outbox last, and all there are in a process that calls no vendor. */
export type Senders = AsyncDisposable & { readonly senders: readonly Sender[] };

export type SendersNeeds = Pick<Config, 'roles' | 'senders' | 'publicUrl' | 'outbound'>;

export async function startSenders(
  { outbox, clock }: { readonly outbox: Pick<Outbox, 'senders'>; readonly clock: () => Instant },
  { roles, senders: { accounts, segmentsPerSecond }, publicUrl, outbound }: SendersNeeds,
): Promise<Senders> {
  await using starting = new AsyncDisposableStack();
  const agent = openOutboundAgent({ outbound });
  starting.defer(() => agent.destroy());
  const options = { clock, agent, ...(publicUrl === undefined ? {} : { publicUrl }) };
  const started: Sender[] = [];
  if (roles.some((role) => SENDING_ROLES.includes(role))) {
    for (const account of accounts) {
      const { connect } = account;
      const sender = starting.use(await startOf(account, { ...options, ...(connect === undefined ? {} : { connect }) }));
      const numberOf = numberOfWith(account, segmentsPerSecond);
      started.push(numberOf === undefined ? sender : { ...sender, numberOf });
    }
  }
  const stack = starting.move();
  return { senders: [...started, ...outbox.senders], [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Names and messaging services, which share their texts out among numbers themselves, have no pace here. */
function numberOfWith(of: SenderAccount, usual: number): Sender['numberOf'] {
  if (of.vendor !== 'twilio' && of.vendor !== 'vonage') return undefined;
  const { segmentsPerSecond = usual, account } = of;
  return ({ content, identity }) => {
    const number = identity?.sms?.from ?? account.from;
    return isE164(number) ? { number, segments: smsSegmentsIn(textOf(content)), segmentsPerSecond } : undefined;
  };
}

function startOf({ vendor, account }: Pick<SenderAccount, 'vendor' | 'account'>, options: StartOptions): Promise<Sender> {
  const start = START[vendor] as Start<Vendor>;
  return start(account as never, options);
}
