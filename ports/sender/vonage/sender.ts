/** Text messages by Vonage's SMS API. It can't be asked what became of a message: receipts tell. */
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, openVendorHttps, type VendorHttps, type VendorOptions } from '../vendor-https.ts';
import type { VonageAccount } from './account.ts';
import { outcomeOf } from './outcome.ts';
import { messageOf } from './request.ts';

const ORIGIN = 'https://rest.nexmo.com';

export function startVonageSender(account: VonageAccount, { clock, publicUrl, connect }: VendorOptions): Sender {
  const https = openVendorHttps(connect ?? { origin: ORIGIN });

  const send = async (attempt: Attempt): Promise<Outcome> => {
    const message = messageOf(attempt, { account, publicUrl });
    const { traceparent, signal } = attempt;
    if (isRefused(message)) return { outcome: 'rejected', reason: message.refused };
    try {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
      const body = new URLSearchParams(message).toString();
      const answer = await https.ask({ method: 'POST', path: '/sms/json', headers, traceparent, body, signal });
      return outcomeOf(answer, retryAfterMsIn(answer.headers['retry-after'], clock()));
    } catch (error) {
      if (error instanceof NoVendorAnswer) return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
      throw error;
    }
  };

  return {
    vendor: account.name,
    channel: 'sms',
    from: account.from,
    send,
    check: (signal) => checkAccount(https, account, signal),
    [Symbol.asyncDispose]: () => https[Symbol.asyncDispose](),
  };
}

const isRefused = (message: ReturnType<typeof messageOf>): message is { readonly refused: string } => 'refused' in message;

/** Asks for the balance, which takes the same credentials as a message. */
async function checkAccount(https: VendorHttps, { apiKey, apiSecret }: VonageAccount, signal: AbortSignal): Promise<AccountCheck> {
  const query = new URLSearchParams({ api_key: apiKey, api_secret: apiSecret });
  try {
    const { status } = await https.ask({ method: 'GET', path: `/account/get-balance?${query.toString()}`, headers: { accept: 'application/json' }, signal });
    if (status === 200) return { accepted: true };
    return { accepted: false, reason: status === 401 ? 'unauthorized' : `http-${status}` };
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
