/** A text message as Vonage’s SMS API takes it: a form. */
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import type { Attempt } from '../port.ts';
import { isE164, isNumberPool, smsEncodingOf, smsTextThatFits } from '../sms/text.ts';
import type { VonageAccount } from './account.ts';

/** Vonage would take more; a vendor that takes over sends the same words. */
const TEXT_MAX_UNITS = 1_600;
/** Vonage's limits of how long it tries. */
const TTL_MIN_MS = 20 * SECOND_MS;
const TTL_MAX_MS = 604_800_000;

export type VonageMessage = Readonly<Record<string, string>>;

/** `refused`: Vonage would refuse it, so it isn't sent. */
export function messageOf(
  attempt: Pick<Attempt, 'delivery' | 'attempt' | 'target' | 'content' | 'identity' | 'ttlSeconds'>,
  { account, publicUrl }: { readonly account: VonageAccount; readonly publicUrl: string | undefined },
): VonageMessage | { readonly refused: string } {
  const { target, content, identity, ttlSeconds, delivery } = attempt;
  if (target.channel !== 'sms' || !isE164(target.phone)) return { refused: 'number-invalid' };
  const text = smsTextThatFits(content, TEXT_MAX_UNITS);
  if (text === undefined) return { refused: 'message-too-long' };
  return {
    api_key: account.apiKey,
    api_secret: account.apiSecret,
    from: withoutPlus(senderOf(identity, account)),
    to: withoutPlus(target.phone),
    text,
    // What GSM-7 lacks would come as question marks.
    type: smsEncodingOf(text) === 'gsm-7' ? 'text' : 'unicode',
    ttl: String(Math.max(TTL_MIN_MS, Math.min(Math.floor(ttlSeconds) * SECOND_MS, TTL_MAX_MS))),
    'client-ref': `${delivery}.${attempt.attempt}`,
    ...(publicUrl !== undefined && { 'status-report-req': 'true', callback: `${publicUrl}/v1/callbacks/vonage/${encodeURIComponent(account.name)}` }),
  };
}

/** Another vendor's messaging service says nothing here. */
const senderOf = (identity: Attempt['identity'], { from }: VonageAccount): string =>
  identity?.sms === undefined || isNumberPool(identity.sms.from) ? from : identity.sms.from;

/** Vonage writes numbers without it. */
const withoutPlus = (number: string): string => number.replace(/^\+/, '');
