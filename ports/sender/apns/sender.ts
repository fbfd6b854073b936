/** Pushes to Apple's devices, by APNs over HTTP/2 with a provider token. */
import { epochMs, SECOND_MS } from '../../../domain/shared/instant.ts';
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, traceHeaders, type VendorOptions } from '../vendor-https.ts';
import type { ApnsAccount } from './account.ts';
import { isExpiredProviderToken, outcomeOfApnsFailure } from './outcome.ts';
import { createProviderTokens } from './provider-token.ts';
import { apnsRequestOf } from './request.ts';
import { openApnsSession } from './session.ts';

const ORIGIN = 'https://api.push.apple.com';
const SANDBOX_ORIGIN = 'https://api.sandbox.push.apple.com';
/** No device has it. */
const CHECK_TOKEN = '00'.repeat(32);
const CHECK_MAX_SECONDS = 60;

type Sent = { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Stopping ends the attempts under way, and waits until they have said so. Throws where the account's key can't be read. */
export function startApnsSender(account: ApnsAccount, { clock, connect }: VendorOptions): Sender {
  const tokens = createProviderTokens(account, clock);
  const session = openApnsSession(connect ?? { origin: account.isSandbox ? SANDBOX_ORIGIN : ORIGIN });

  const ask = async ({ path, headers, body }: Sent, signal: AbortSignal): Promise<Outcome> => {
    try {
      const authorization = `bearer ${await tokens.current()}`;
      const answer = await session.ask({ headers: { ':method': 'POST', ':path': path, authorization, ...headers }, body, signal });
      if (answer.status === 200) return { outcome: 'accepted', vendorId: headers['apns-id'] ?? '' };
      if (isExpiredProviderToken(answer)) tokens.expire();
      const retryAfterMs = retryAfterMsIn(answer.retryAfter, clock());
      return outcomeOfApnsFailure({ ...answer, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
    }
  };

  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.target.channel !== 'push') return { outcome: 'rejected', reason: 'no-push' };
    const topic = attempt.identity?.apns?.topic ?? account.topic;
    const request = apnsRequestOf(attempt, attempt.target.token, { topic, now: clock() });
    if (!('refused' in request)) return await ask({ ...request, headers: { ...request.headers, ...traceHeaders(attempt.traceparent) } }, attempt.signal);
    return { outcome: 'rejected', reason: request.refused, ...(request.refused === 'token-malformed' && { endpointLost: true }) };
  };

  /** APNs has nothing to try: a token that no device has is refused as such only after our credentials and topic were taken. */
  const check = async (signal: AbortSignal): Promise<AccountCheck> => {
    const expiration = String(Math.floor(epochMs(clock()) / SECOND_MS) + CHECK_MAX_SECONDS);
    const headers = { 'apns-push-type': 'alert', 'apns-topic': account.topic, 'apns-priority': '5', 'apns-expiration': expiration };
    const outcome = await ask({ path: `/3/device/${CHECK_TOKEN}`, headers, body: '{"aps":{"alert":{"body":"-"}}}' }, signal);
    if (outcome.outcome === 'accepted' || (outcome.outcome === 'rejected' && outcome.endpointLost === true)) return { accepted: true };
    return { accepted: false, reason: outcome.reason };
  };

  return {
    vendor: account.name,
    channel: 'push',
    platforms: ['apns'],
    send,
    check,
    [Symbol.asyncDispose]: async () => await session[Symbol.asyncDispose](),
  };
}
