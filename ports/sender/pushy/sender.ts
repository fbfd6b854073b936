/** Pushes by Pushy, which has connections of its own to devices, also where there is no Google. */
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, openVendorHttps, type VendorOptions } from '../vendor-https.ts';
import type { PushyAccount } from './account.ts';
import { outcomeOfPushyAnswer } from './outcome.ts';
import { pushyRequestOf } from './request.ts';

const ORIGIN = 'https://api.pushy.me';

/** Stopping ends the attempts under way, and waits until they have said so. */
export function startPushySender({ name, apiKey }: PushyAccount, { clock, connect }: VendorOptions): Sender {
  const https = openVendorHttps(connect ?? { origin: ORIGIN });
  const key = `api_key=${encodeURIComponent(apiKey)}`;

  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.target.channel !== 'push') return { outcome: 'rejected', reason: 'no-push' };
    const { token } = attempt.target;
    const request = pushyRequestOf(attempt, token);
    if ('refused' in request) return { outcome: 'rejected', reason: request.refused, ...(request.refused === 'token-malformed' && { endpointLost: true }) };
    try {
      const headers = { 'content-type': 'application/json' };
      const { traceparent, signal } = attempt;
      const answer = await https.ask({ method: 'POST', path: `/push?${key}`, headers, traceparent, body: request.body, signal });
      const retryAfterMs = retryAfterMsIn(answer.headers['retry-after'], clock());
      return outcomeOfPushyAnswer({ ...answer, ...(retryAfterMs !== undefined && { retryAfterMs }) }, token);
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
    }
  };

  /** Pushy has nothing to try a push with: the list of topics is given to the same key. */
  const check = async (signal: AbortSignal): Promise<AccountCheck> => {
    try {
      const { status } = await https.ask({ method: 'GET', path: `/topics?${key}`, signal });
      return status === 200 ? { accepted: true } : { accepted: false, reason: `http-${status}` };
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      return { accepted: false, reason: error.message };
    }
  };

  return {
    vendor: name,
    channel: 'push',
    platforms: ['pushy'],
    send,
    check,
    [Symbol.asyncDispose]: async () => await https[Symbol.asyncDispose](),
  };
}
