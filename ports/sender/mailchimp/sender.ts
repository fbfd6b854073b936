/** Email by Mailchimp Transactional. It can't be asked what became of a message by an id of ours: webhooks tell. */
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, openVendorHttps, type VendorHttps, type VendorOptions } from '../vendor-https.ts';
import type { MailchimpAccount } from './account.ts';
import { outcomeOf } from './outcome.ts';
import { messageOf } from './request.ts';

const ORIGIN = 'https://mandrillapp.com';

export function startMailchimpSender(account: MailchimpAccount, { clock, connect }: VendorOptions): Sender {
  const https = openVendorHttps(connect ?? { origin: ORIGIN });

  const send = async (attempt: Attempt): Promise<Outcome> => {
    const made = messageOf(attempt, account);
    if ('refused' in made) return { outcome: 'rejected', reason: made.refused };
    try {
      const answer = await post(https, {
        path: '/api/1.0/messages/send.json',
        value: { key: account.apiKey, message: made.message, async: false },
        traceparent: attempt.traceparent,
        signal: attempt.signal,
      });
      return outcomeOf(answer, retryAfterMsIn(answer.headers['retry-after'], clock()));
    } catch (error) {
      if (error instanceof NoVendorAnswer) return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
      throw error;
    }
  };

  return {
    vendor: account.name,
    channel: 'email',
    send,
    check: (signal) => checkAccount(https, account, signal),
    [Symbol.asyncDispose]: () => https[Symbol.asyncDispose](),
  };
}

type Posting = { readonly path: string; readonly value: object; readonly traceparent?: string | undefined; readonly signal: AbortSignal };

const post = (https: VendorHttps, { path, value, traceparent, signal }: Posting) =>
  https.ask({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    traceparent,
    body: JSON.stringify(value),
    signal,
  });

async function checkAccount(https: VendorHttps, { apiKey }: MailchimpAccount, signal: AbortSignal): Promise<AccountCheck> {
  try {
    const answer = await post(https, { path: '/api/1.0/users/ping2.json', value: { key: apiKey }, signal });
    if (answer.status === 200) return { accepted: true };
    const outcome = outcomeOf(answer, undefined);
    return { accepted: false, reason: 'reason' in outcome ? outcome.reason : outcome.outcome };
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
