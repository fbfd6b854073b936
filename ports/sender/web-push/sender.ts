/** Pushes to browsers, by whichever push service each has subscribed to. */
import { createECDH } from 'node:crypto';
import type { Agent } from 'node:https';
import { ADDRESS_NOT_PUBLIC } from '../../outbound/port.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { exchange, NoVendorAnswer, traceHeaders, type VendorAnswer, type VendorOptions } from '../vendor-https.ts';
import type { WebPushAccount } from './account.ts';
import { outcomeOfWebPushFailure } from './outcome.ts';
import { webPushRequestOf, type WebPushMessage } from './request.ts';

/** `agent`: whose connections go to public addresses alone, for it is subscriptions that say where to. It is its owner's to end. */
export type WebPushOptions = Pick<VendorOptions, 'clock'> & { readonly agent: Agent };

/** Stopping ends the attempts under way, and waits until they have said so. Throws where the keys are no pair, or the subject is no address. */
export function startWebPushSender(account: WebPushAccount, { clock, agent }: WebPushOptions): Sender {
  checkAccount(account);
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const ask = async ({ endpoint, headers: ofMessage, body }: WebPushMessage, attempt: Attempt): Promise<VendorAnswer> => {
    const signal = AbortSignal.any([attempt.signal, stopping.signal]);
    const headers = { ...ofMessage, ...traceHeaders(attempt.traceparent) };
    if (signal.aborted) throw new NoVendorAnswer('deadline-passed', { isCertain: true });
    const { hostname, port, pathname, search } = endpoint;
    const answer = exchange({ method: 'POST', hostname, port, path: pathname + search, headers, agent, signal }, body);
    underWay.add(answer);
    return await answer.finally(() => underWay.delete(answer));
  };

  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.target.channel !== 'push') return { outcome: 'rejected', reason: 'no-push' };
    const message = webPushRequestOf(attempt, attempt.target.token, account);
    if ('refused' in message)
      return { outcome: 'rejected', reason: message.refused, ...(message.refused === 'subscription-malformed' && { endpointLost: true }) };
    try {
      const { status, headers } = await ask(message, attempt);
      if (status >= 200 && status < 300) return { outcome: 'accepted', vendorId: addressIn(headers.location) ?? `${attempt.delivery}.${attempt.attempt}` };
      const retryAfterMs = retryAfterMsIn(headers['retry-after'], clock());
      return outcomeOfWebPushFailure({ status, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      if (error.message === ADDRESS_NOT_PUBLIC) return { outcome: 'rejected', reason: 'address-not-public' };
      return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
    }
  };

  return {
    vendor: account.name,
    channel: 'push',
    platforms: ['web'],
    isManyServers: true,
    send,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
    },
  };
}

const ADDRESS_MAX_CHARACTERS = 512;

/** The message's own address, where the push service tells it: anybody's server may say anything there, and it is kept. */
const addressIn = (location: string | undefined): string | undefined =>
  location !== undefined && location.length <= ADDRESS_MAX_CHARACTERS && /^[\x21-\x7e]+$/.test(location) ? location : undefined;

function checkAccount({ publicKey, privateKey, subject }: WebPushAccount): void {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(privateKey, 'base64url');
  if (curve.getPublicKey('base64url') !== publicKey) throw new TypeError('The public and the private key of Web Push are no pair.');
  if (!/^(mailto:|https:)/.test(subject) || !URL.canParse(subject)) throw new TypeError('The subject of Web Push is no mailto: or https: address.');
}
