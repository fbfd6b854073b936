/** A simulator of Vonage's SMS API, and what Vonage posts to us, signed as it signs. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { CallbackRequest } from '../../ports/sender/callbacks.ts';
import { smsEncodingOf, smsSegmentsIn } from '../../ports/sender/sms/text.ts';
import { signatureOfFields } from '../../ports/sender/vonage/signature.ts';
import { componentOf, operationOf } from './schemas.ts';
import { RETRY_AFTER_SECONDS, startVendorServer, type VendorAnswer, type VendorRequest, type VendorServer } from './vendor-server.ts';

export const VONAGE_KEY = 'abcd1234';
export const VONAGE_SECRET = 'the-api-secret';
export const VONAGE_SIGNATURE_SECRET = 'the-signature-secret';

const FILE = 'vonage-sms.openapi.json';
const operation = operationOf(FILE, '/{format}', 'post');
const checkTaken = componentOf(FILE, 'SMS');
const checkRefused = componentOf(FILE, 'Error');
const checkReceipt = componentOf(FILE, 'DeliveryReceipt');

/** The credentials are `VONAGE_KEY` and `VONAGE_SECRET`. */
export async function startVonage(): Promise<VendorServer> {
  return await startVendorServer({
    refuse: refusalOf,
    deliveryIn: (request) => (isMessage(request) ? (formIn(request).get('client-ref') ?? 'none').split('.')[0] : undefined),
    answer: (request) => (isMessage(request) ? taken(formIn(request)) : json(200, { value: 10.28, autoReload: false })),
    fails: {
      reject: refused('6'),
      'say that the endpoint is gone': refused('33'),
      'refuse our credentials': refused('4'),
      'be unavailable': { status: 503, body: 'no server is available' },
      'limit the rate': { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) }, body: '' },
    },
  });
}

/** An answer that refuses a message by such a status. */
export function refused(status: string): VendorAnswer {
  const answer = { 'message-count': '1', messages: [{ status, 'error-text': `Status ${status}` }] };
  return checked(checkRefused, answer);
}

type Fields = Readonly<Record<string, string>>;

/** What Vonage posts, as JSON, signed by a field. */
export function vonageCallback(url: string, fields: Fields, { secret = VONAGE_SIGNATURE_SECRET, algorithm = 'sha256' } = {}): CallbackRequest {
  const posted = { 'api-key': VONAGE_KEY, timestamp: '1767225600', nonce: 'd1c2b3a4', ...fields };
  const wrong = checkReceipt(posted);
  if (wrong.length > 0) throw new Error(`The simulator posts what Vonage doesn't: ${wrong.join('; ')}`);
  const sig = signatureOfFields(posted, { secret, algorithm }).toString('hex').toUpperCase();
  return { url, method: 'POST', headers: { 'content-type': 'application/json' }, rawBody: Buffer.from(JSON.stringify({ ...posted, sig })) };
}

/** The same, signed by a token over the body. */
export function vonageTokenCallback(url: string, fields: Fields, { secret = VONAGE_SIGNATURE_SECRET, alg = 'HS256' } = {}): CallbackRequest {
  const rawBody = Buffer.from(JSON.stringify(fields));
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'Vonage', iat: 1_767_225_600, jti: 'c5ba8f24', api_key: VONAGE_KEY, payload_hash: createHash('sha256').update(rawBody).digest('hex') };
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  const authorization = `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  return { url, method: 'POST', headers: { 'content-type': 'application/json', authorization }, rawBody };
}

const formIn = ({ body }: VendorRequest) => new URLSearchParams(body);
const isMessage = ({ method, path }: VendorRequest) => method === 'POST' && path === '/sms/json';

function refusalOf(request: VendorRequest): VendorAnswer | undefined {
  if (request.path.startsWith('/account/get-balance?')) {
    const query = new URLSearchParams(request.path.split('?')[1]);
    return query.get('api_key') === VONAGE_KEY && query.get('api_secret') === VONAGE_SECRET ? undefined : json(401, { 'error-code': '401' });
  }
  if (!isMessage(request)) return { status: 404 };
  const form = formIn(request);
  if (form.get('api_key') !== VONAGE_KEY || form.get('api_secret') !== VONAGE_SECRET) return refused('4');
  if (operation.request(Object.fromEntries(form)).length > 0 || !/^\d{7,15}$/.test(form.get('to') ?? '')) return refused('3');
  // It would come with question marks.
  return form.get('type') === 'text' && smsEncodingOf(form.get('text') ?? '') === 'ucs-2' ? refused('3') : undefined;
}

/** A part for each segment. */
function taken(form: URLSearchParams): VendorAnswer {
  const count = smsSegmentsIn(form.get('text') ?? '');
  const part = () => ({
    to: form.get('to') ?? '',
    'message-id': randomBytes(8).toString('hex').toUpperCase(),
    status: '0',
    'remaining-balance': '10.28',
    'message-price': '0.0333',
    network: '22801',
    'client-ref': form.get('client-ref') ?? '',
  });
  return checked(checkTaken, { 'message-count': String(count), messages: Array.from({ length: count }, part) });
}

function checked(check: (value: unknown) => readonly string[], value: unknown): VendorAnswer {
  const wrong = check(value);
  if (wrong.length > 0) throw new Error(`The simulator answers what Vonage doesn't: ${wrong.join('; ')}`);
  return json(200, value);
}

const json = (status: number, value: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
