/**
 * SendGrid's own clients over our connections. Theirs have no time limit, follow redirects and proxies of the environment, and send a
 * message's own headers as those of the request too: this transport takes their place, with the deadline of the attempt.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import defaultClient from '@sendgrid/client';
import defaultMails from '@sendgrid/mail';
import { openVendorHttps, type VendorAnswer, type VendorOptions, type VendorRequest } from '../vendor-https.ts';
import type { SendGridAccount } from './account.ts';

type Client = typeof defaultClient;
type Mails = typeof defaultMails;
export type Mail = Exclude<Parameters<Mails['send']>[0], readonly unknown[]>;

// The packages hand out one instance each, with its class; accounts need their own.
const { Client: NewClient } = defaultClient as unknown as { readonly Client: new () => Client };
const { MailService: NewMails } = defaultMails as unknown as { readonly MailService: new () => Mails };

export type SendGridClient = AsyncDisposable & {
  /** Throws `NoVendorAnswer`. Any status is an answer. */
  send(of: Asked, mail: Mail): Promise<VendorAnswer>;
  get(signal: AbortSignal, path: string): Promise<VendorAnswer>;
};

type Asked = Pick<VendorRequest, 'signal' | 'traceparent'>;
/** The one request that is made within. */
type Call = Asked & { answer?: VendorAnswer };

export function openSendGridClient({ apiKey, region = 'global' }: SendGridAccount, { connect }: Pick<VendorOptions, 'connect'>): SendGridClient {
  const client = new NewClient();
  // The region first: setting the key sets the address anew, by the region.
  client.setDataResidency(region);
  client.setApiKey(apiKey);
  const { baseURL } = client.createRequest({ url: '', method: 'GET' }) as { readonly baseURL?: string };
  const https = openVendorHttps(connect ?? { origin: new URL(baseURL ?? '').origin });
  const calls = new AsyncLocalStorage<Call>();

  client.request = async ({ method, url, body }) => {
    const call = calls.getStore();
    if (call === undefined) throw new Error('SendGrid is called within `within` alone.');
    const answer = await https.ask({
      method: method === 'POST' ? 'POST' : 'GET',
      path: url,
      headers: client.createHeaders({}),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      traceparent: call.traceparent,
      signal: call.signal,
    });
    call.answer = answer;
    return [{ statusCode: answer.status, body: {}, headers: answer.headers, toString: () => `HTTP ${answer.status}` }, answer.body];
  };
  const mails = new NewMails();
  mails.setClient(client);

  const within = async ({ signal, traceparent }: Asked, request: () => Promise<unknown>): Promise<VendorAnswer> => {
    const call: Call = { signal, traceparent };
    await calls.run(call, request);
    if (call.answer === undefined) throw new Error('SendGrid’s client has asked for nothing.');
    return call.answer;
  };
  return {
    send: (of, mail) => within(of, () => mails.send(mail)),
    get: (signal, path) => within({ signal }, () => client.request({ method: 'GET', url: path })),
    [Symbol.asyncDispose]: () => https[Symbol.asyncDispose](),
  };
}
