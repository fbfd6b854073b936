/** A simulator of SendGrid's mail and activity, and of its event webhook, signed as it signs. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { CallbackRequest } from '../../ports/sender/callbacks.ts';
import { operationOf } from './schemas.ts';
import { RETRY_AFTER_SECONDS, startVendorServer, type VendorAnswer, type VendorRequest, type VendorServer } from './vendor-server.ts';

export const SENDGRID_KEY = 'SG.the-key.of-tidings';

const PATH = '/v3/mail/send';
const PERSONALIZATIONS_MAX = 1_000;
const operation = operationOf('sendgrid-mail-send.openapi.json', PATH, 'post');

type Mail = {
  readonly from: { readonly email: string };
  readonly subject?: string;
  readonly content?: readonly { readonly type: string; readonly value: string }[];
  readonly personalizations: readonly {
    readonly to: readonly { readonly email: string }[];
    readonly custom_args?: Readonly<Record<string, string>>;
  }[];
  readonly mail_settings?: { readonly sandbox_mode?: { readonly enable?: boolean } };
};
type Kept = { readonly msg_id: string; readonly to_email: string; readonly last_event_time: string; readonly unique_args: string };

/** `clock` dates its messages; `isListing`: the account has bought the Email Activity API. */
export async function startSendGrid({
  clock = Date.now,
  isListing = true,
}: { readonly clock?: () => number; readonly isListing?: boolean } = {}): Promise<VendorServer> {
  const kept: Kept[] = [];
  const keep = (request: VendorRequest): string => {
    const id = randomBytes(12).toString('base64url');
    const [personalization] = mailIn(request).personalizations;
    kept.unshift({
      msg_id: `${id}.filter0307p1las1-16816-5A023E36-1.0`,
      to_email: personalization?.to[0]?.email ?? '',
      last_event_time: new Date(clock()).toISOString(),
      unique_args: JSON.stringify(personalization?.custom_args ?? {}),
    });
    return id;
  };
  const made = new Map<VendorRequest, string>();
  return await startVendorServer({
    refuse: (request) => refusalOf(request, isListing),
    deliveryIn: (request) =>
      isMail(request) && !isSandboxed(request) ? (mailIn(request).personalizations[0]?.custom_args?.['delivery'] ?? 'none') : undefined,
    take: (request) => made.set(request, keep(request)),
    answer: (request) => {
      if (isMail(request)) return isSandboxed(request) ? { status: 200 } : { status: 202, headers: { 'x-message-id': made.get(request) ?? keep(request) } };
      return activity(request, kept);
    },
    fails: {
      reject: faults(400, [{ field: 'content.0.value', message: 'The content value is too odd.' }]),
      'say that the endpoint is gone': faults(400, [{ field: 'personalizations.0.to.0.email', message: 'Does not contain a valid address.' }]),
      'refuse our credentials': faults(401, [{ field: null, message: 'The provided authorization grant is invalid, expired, or revoked' }]),
      'be unavailable': { status: 503, body: 'upstream connect error' },
      'limit the rate': {
        ...faults(429, [{ field: null, message: 'too many requests' }], { isDocumented: false }),
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      },
    },
  });
}

export type SendGridWebhook = {
  /** As SendGrid's settings show it. */
  readonly publicKey: string;
  readonly post: (events: readonly Readonly<Record<string, unknown>>[], url: string, at?: number) => CallbackRequest;
};

/** With a key of its own. */
export function sendGridWebhook(): SendGridWebhook {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    post: (events, url, at = Date.now()) =>
      signedBy(privateKey, { url, at, rawBody: Buffer.from(`[${events.map((event) => JSON.stringify(event)).join(',\r\n')}]\r\n`) }),
  };
}

function signedBy(key: KeyObject, { url, at, rawBody }: { readonly url: string; readonly at: number; readonly rawBody: Buffer }): CallbackRequest {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), rawBody]), key).toString('base64');
  const headers = { 'x-twilio-email-event-webhook-signature': signature, 'x-twilio-email-event-webhook-timestamp': timestamp };
  return { url, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, rawBody };
}

const isMail = ({ method, path }: VendorRequest) => method === 'POST' && path === PATH;
const mailIn = ({ body }: VendorRequest) => JSON.parse(body) as Mail;
const isSandboxed = (request: VendorRequest) => mailIn(request).mail_settings?.sandbox_mode?.enable === true;

function refusalOf(request: VendorRequest, isListing: boolean): VendorAnswer | undefined {
  if (request.headers['authorization'] !== `Bearer ${SENDGRID_KEY}`) return faults(401, [{ field: null, message: 'unauthorized' }]);
  if (request.method === 'GET') return isListing ? undefined : faults(403, [{ field: null, message: 'access forbidden' }]);
  if (!isMail(request)) return faults(404, [{ field: null, message: 'not found' }]);
  // A message's own headers have no place among those of the request.
  if (request.headers['list-unsubscribe'] !== undefined) return faults(400, [{ field: 'headers', message: 'not here' }]);
  const mail = mailIn(request);
  const wrong = operation.request(mail);
  if (wrong.length > 0) return faults(400, [{ field: 'schema', message: wrong.join('; ') }]);
  if (mail.personalizations.length > PERSONALIZATIONS_MAX) return faults(400, [{ field: 'personalizations', message: 'too many' }]);
  if (mail.subject === undefined) return faults(400, [{ field: 'subject', message: 'The subject is required.' }]);
  const types = (mail.content ?? []).map(({ type }) => type);
  return types[0] === 'text/plain' || types[0] === 'text/html' ? undefined : faults(400, [{ field: 'content', message: 'text/plain comes first' }]);
}

function activity({ path }: VendorRequest, kept: readonly Kept[]): VendorAnswer {
  const { pathname, searchParams } = new URL(path, 'https://api.sendgrid.com');
  if (pathname !== '/v3/messages') {
    const found = kept.find(({ msg_id: id }) => pathname === `/v3/messages/${encodeURIComponent(id)}`);
    return found === undefined ? faults(404, [{ field: 'msg_id', message: 'not found' }]) : json(200, found);
  }
  const [, to, from, until] =
    /^to_email="([^"]+)" AND last_event_time BETWEEN TIMESTAMP "([^"]+)" AND TIMESTAMP "([^"]+)"$/.exec(searchParams.get('query') ?? '') ?? [];
  if (to === undefined || from === undefined || until === undefined) return faults(400, [{ field: 'query', message: 'invalid' }]);
  const found = kept.filter((one) => one.to_email === to && one.last_event_time >= from && one.last_event_time <= until);
  return json(200, {
    messages: found.slice(0, Number(searchParams.get('limit') ?? 10)).map(({ msg_id, to_email, last_event_time }) => ({ msg_id, to_email, last_event_time })),
  });
}

type Fault = { readonly field: string | null; readonly message: string };

function faults(status: number, errors: readonly Fault[], { isDocumented = true }: { readonly isDocumented?: boolean } = {}): VendorAnswer {
  const wrong = isDocumented ? operation.answer(status, { errors }) : [];
  if (wrong.length > 0) throw new Error(`The simulator answers what SendGrid doesn't: ${wrong.join('; ')}`);
  return json(status, { errors });
}

const json = (status: number, value: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
