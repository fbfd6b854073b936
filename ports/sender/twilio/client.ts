/**
 * Twilio's own client over our connections. Its transport has a time limit of its own, follows environment variables and knows no signal,
 * so that this one takes its place: each call has the deadline of the attempt that it is made for, and keeps what was answered.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import twilio from 'twilio';
import { NoVendorAnswer, openVendorHttps, type VendorAnswer, type VendorHttps, type VendorOptions, type VendorRequest } from '../vendor-https.ts';
import type { TwilioAccount } from './account.ts';

const ORIGIN = 'https://api.twilio.com';

type Asked = Pick<VendorRequest, 'signal' | 'traceparent'>;
type Call = Asked & { answer?: VendorAnswer };

export type TwilioClient = AsyncDisposable & {
  /** Throws `TwilioRefused` for any answer that isn't a success, or can't be read, and `NoVendorAnswer`. */
  call<Result>(of: Asked, calls: (client: twilio.Twilio) => Promise<Result>): Promise<Result>;
};

export class TwilioRefused extends Error {
  override readonly name = 'TwilioRefused';
  readonly answer: VendorAnswer;
  readonly code: number | undefined;

  constructor(answer: VendorAnswer, code: number | undefined) {
    super(`Twilio answered ${answer.status}${code === undefined ? '' : `, code ${code}`}.`);
    this.answer = answer;
    this.code = code;
  }
}

export function openTwilioClient({ accountSid, authToken }: TwilioAccount, { connect }: Pick<VendorOptions, 'connect'>): TwilioClient {
  const https = openVendorHttps(connect ?? { origin: ORIGIN });
  const calls = new AsyncLocalStorage<Call>();
  const client = twilio(accountSid, authToken, { httpClient: new Transport(https, calls) });
  return {
    call: async ({ signal, traceparent }, made) => {
      const call: Call = { signal, traceparent };
      try {
        return await calls.run(call, () => made(client));
      } catch (error) {
        if (error instanceof NoVendorAnswer || call.answer === undefined) throw error;
        // What Twilio's client can't read isn't what Twilio answers to a success.
        throw new TwilioRefused(call.answer, error instanceof twilio.RestException && typeof error.code === 'number' ? error.code : undefined);
      }
    },
    [Symbol.asyncDispose]: () => https[Symbol.asyncDispose](),
  };
}

class Transport extends twilio.RequestClient {
  readonly #https: VendorHttps;
  readonly #calls: AsyncLocalStorage<Call>;

  constructor(https: VendorHttps, calls: AsyncLocalStorage<Call>) {
    super();
    this.#https = https;
    this.#calls = calls;
  }

  override async request<TData>({ method, uri, username = '', password = '', headers, params, data }: Parameters<twilio.RequestClient['request']>[0]) {
    const call = this.#calls.getStore();
    if (call === undefined) throw new Error('Twilio is called within `call` alone.');
    const { pathname, searchParams } = new URL(uri);
    for (const [name, value] of pairsIn(params)) searchParams.append(name, value);
    const query = searchParams.size === 0 ? '' : `?${searchParams.toString()}`;
    const answer = await this.#https.ask({
      method: method.toUpperCase() === 'POST' ? 'POST' : 'GET',
      path: pathname + query,
      headers: { ...(headers as Record<string, string>), authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      ...(data !== undefined && { body: new URLSearchParams(pairsIn(data)).toString() }),
      traceparent: call.traceparent,
      signal: call.signal,
    });
    call.answer = answer;
    return { statusCode: answer.status, body: jsonIn(answer.body) as TData, headers: answer.headers, toString: () => `HTTP ${answer.status}` };
  }
}

const pairsIn = (values: unknown): [string, string][] =>
  Object.entries((values ?? {}) as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined).map((one): [string, string] => [name, String(one)]),
  );

/** As Twilio's own transport does: what isn't JSON stays text. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
