/** A text message as Twilio takes it. */
import type { MessageListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/message.js';
import type { Attempt } from '../port.ts';
import { isE164, isNumberPool, smsTextThatFits } from '../sms/text.ts';
import type { TwilioAccount } from './account.ts';

/** Twilio's limit, in units of the encoding: characters outside of GSM-7 take more of it. */
export const TWILIO_TEXT_MAX_UNITS = 1_600;
/** How long Twilio keeps a message queued at most; then it fails. */
export const VALIDITY_MAX_SECONDS = 36_000;
const VALIDITY_MIN_SECONDS = 1;

export type TwilioMessage = Pick<MessageListInstanceCreateOptions, 'to' | 'from' | 'messagingServiceSid' | 'body' | 'statusCallback' | 'validityPeriod'>;

/** `refused`: Twilio would refuse it, so it isn't sent. */
export function messageOf(
  attempt: Pick<Attempt, 'delivery' | 'attempt' | 'target' | 'content' | 'identity' | 'ttlSeconds'>,
  { account, publicUrl }: { readonly account: TwilioAccount; readonly publicUrl: string | undefined },
): TwilioMessage | { readonly refused: string } {
  const { target, content, identity, ttlSeconds } = attempt;
  if (target.channel !== 'sms' || !isE164(target.phone)) return { refused: 'number-invalid' };
  const body = textFor(content);
  if (body === undefined) return { refused: 'message-too-long' };
  return {
    to: target.phone,
    ...senderIn(identity?.sms?.from ?? account.from),
    body,
    validityPeriod: Math.max(VALIDITY_MIN_SECONDS, Math.min(Math.floor(ttlSeconds), VALIDITY_MAX_SECONDS)),
    ...(publicUrl !== undefined && { statusCallback: callbackUrl({ publicUrl, account, attempt }) }),
  };
}

/** As it is sent, and found again among what was sent. */
export const textFor = (content: Attempt['content']): string | undefined => smsTextThatFits(content, TWILIO_TEXT_MAX_UNITS);

export const senderIn = (from: string): Pick<TwilioMessage, 'from' | 'messagingServiceSid'> => (isNumberPool(from) ? { messagingServiceSid: from } : { from });

function callbackUrl({
  publicUrl,
  account,
  attempt: { delivery, attempt },
}: {
  readonly publicUrl: string;
  readonly account: TwilioAccount;
  readonly attempt: Pick<Attempt, 'delivery' | 'attempt'>;
}): string {
  const query = new URLSearchParams({ delivery, attempt: String(attempt) });
  return `${publicUrl}/v1/callbacks/twilio/${encodeURIComponent(account.name)}?${query.toString()}`;
}
