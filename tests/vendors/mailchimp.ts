/** A simulator of Mailchimp Transactional's `messages/send`, and of its webhooks, signed as it signs. It publishes no schema: the rules are its reference's. */
import { randomBytes } from 'node:crypto';
import type { CallbackRequest } from '../../ports/sender/callbacks.ts';
import { signatureOfForm } from '../../ports/sender/signed-form.ts';
import { RETRY_AFTER_SECONDS, startVendorServer, type VendorAnswer, type VendorRequest, type VendorServer } from './vendor-server.ts';

export const MAILCHIMP_KEY = 'md-the-api-key';
export const MAILCHIMP_WEBHOOK_KEY = 'the-webhook-key';

const SEND = '/api/1.0/messages/send.json';
const PING = '/api/1.0/users/ping2.json';
/** All that the reference names and is sent here. */
const PROPERTIES =
  'from_email from_name to headers subject text html metadata tags track_opens track_clicks auto_text auto_html inline_css merge important bcc_address subaccount'.split(
    ' ',
  );
const METADATA_MAX_BYTES = 500;

type Body = {
  readonly key?: string;
  readonly async?: boolean;
  readonly message?: {
    readonly from_email?: string;
    readonly to?: readonly { readonly email?: string; readonly type?: string }[];
    readonly subject?: string;
    readonly text?: string;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly tags?: readonly string[];
  };
};

export async function startMailchimp(): Promise<VendorServer> {
  return await startVendorServer({
    refuse: refusalOf,
    deliveryIn: (request) => (request.path === SEND ? (bodyIn(request).message?.metadata?.['delivery'] ?? 'none') : undefined),
    answer: (request) => (request.path === PING ? json(200, { PING: 'PONG!' }) : recipient(request, { status: 'sent', reject_reason: null })),
    fails: {
      reject: json(200, [{ email: 'ann@example.org', status: 'rejected', reject_reason: 'soft-bounce', _id: 'a1' }]),
      'say that the endpoint is gone': json(200, [{ email: 'ann@example.org', status: 'rejected', reject_reason: 'hard-bounce', _id: 'a1' }]),
      'refuse our credentials': fault('Invalid_Key'),
      'be unavailable': fault('ServiceUnavailable'),
      'limit the rate': { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, body: '' },
    },
  });
}

/** What a webhook posts, signed. */
export function mailchimpCallback(url: string, events: readonly object[], key = MAILCHIMP_WEBHOOK_KEY): CallbackRequest {
  const form = new URLSearchParams({ mandrill_events: JSON.stringify(events) });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-mandrill-signature': signatureOfForm({ url, form, key }) };
  return { url, method: 'POST', headers, rawBody: Buffer.from(form.toString()) };
}

const bodyIn = ({ body }: VendorRequest) => JSON.parse(body) as Body;
const isAddress = (text: string | undefined) => /^[\x21-\x7e]+@[a-z0-9.-]+$/i.test(text ?? '');

function refusalOf(request: VendorRequest): VendorAnswer | undefined {
  if (request.method !== 'POST' || ![SEND, PING].includes(request.path)) return { status: 404 };
  const { key, message, async } = bodyIn(request);
  if (key !== MAILCHIMP_KEY) return fault('Invalid_Key');
  if (request.path === PING) return undefined;
  const { from_email: from, to = [], subject, text, metadata = {}, tags = [] } = message ?? {};
  const unknown = Object.keys(message ?? {}).filter((name) => !PROPERTIES.includes(name));
  const isRight =
    async === false &&
    unknown.length === 0 &&
    isAddress(from) &&
    to.length === 1 &&
    to.every(({ email, type }) => isAddress(email) && type === 'to') &&
    [subject, text].every((one) => typeof one === 'string' && one !== '') &&
    Buffer.byteLength(JSON.stringify(metadata)) <= METADATA_MAX_BYTES &&
    tags.every((tag) => tag.length <= 50 && !tag.startsWith('_'));
  return isRight ? undefined : fault('ValidationError');
}

const recipient = (request: VendorRequest, fields: object): VendorAnswer =>
  json(200, [{ email: bodyIn(request).message?.to?.[0]?.email, _id: randomBytes(16).toString('hex'), ...fields }]);

const fault = (name: string): VendorAnswer => json(500, { status: 'error', code: -1, name, message: `Fault ${name}` });

const json = (status: number, value: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
