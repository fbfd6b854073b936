/** A simulator of Twilio's messages, and what Twilio posts to us, signed as it signs. */
import { randomBytes } from 'node:crypto';
import { signatureOfForm } from '../../ports/sender/signed-form.ts';
import { smsSegmentsIn, smsUnitsIn } from '../../ports/sender/sms/text.ts';
import type { CallbackRequest } from '../../ports/sender/callbacks.ts';
import { operationOf } from './schemas.ts';
import { RETRY_AFTER_SECONDS, startVendorServer, type VendorAnswer, type VendorRequest, type VendorServer } from './vendor-server.ts';

export const TWILIO_SID = `AC${'a1'.repeat(16)}`;
export const TWILIO_TOKEN = 'the-auth-token';

const PATH = '/2010-04-01/Accounts/{AccountSid}/Messages.json';
const ACCOUNT_PATH = `/2010-04-01/Accounts/${TWILIO_SID}.json`;
const MESSAGES_PATH = PATH.replace('{AccountSid}', TWILIO_SID);
/** Twilio: 'Messages can only be queued for 10 hours'. */
const VALIDITY_MAX_SECONDS = 36_000;
const BODY_MAX = 1_600;
const create = operationOf('twilio-messages.openapi.json', PATH, 'post');
const list = operationOf('twilio-messages.openapi.json', PATH, 'get');

type Message = Readonly<Record<string, string | number | null>>;

export type TwilioSimulator = VendorServer & {
  /** Puts a message among those that are listed, as another program of the account would. */
  keep(message: Partial<Message>): void;
  readonly messages: readonly Message[];
};

/** `clock` dates its messages. The credentials are `TWILIO_SID` and `TWILIO_TOKEN`; with `isTest` they may only send, as Twilio's test credentials. */
export async function startTwilio({
  clock = Date.now,
  isTest = false,
}: { readonly clock?: () => number; readonly isTest?: boolean } = {}): Promise<TwilioSimulator> {
  const messages: Message[] = [];
  const made = new Map<VendorRequest, Message>();
  const keep = (fields: Partial<Message>): Message => {
    const message = messageWith(fields, clock());
    messages.unshift(message);
    return message;
  };
  const server = await startVendorServer({
    refuse: (request) => refusalOf(request, isTest),
    deliveryIn: (request) => (isMessage(request) ? deliveryIn(formIn(request)) : undefined),
    take: (request) => made.set(request, keep(Object.fromEntries(fieldsOf(formIn(request))))),
    answer: (request) => {
      if (request.path === ACCOUNT_PATH) return json(200, { sid: TWILIO_SID, friendly_name: 'Tidings', status: 'active', type: 'Full' });
      if (request.method === 'POST') return checked(create, 201, made.get(request) ?? keep(Object.fromEntries(fieldsOf(formIn(request)))));
      return checked(list, 200, pageOf(messages, new URLSearchParams(request.path.split('?')[1])));
    },
    fails: {
      reject: fault(400, 21408),
      'say that the endpoint is gone': fault(400, 21211),
      'refuse our credentials': fault(401, 20003),
      'be unavailable': fault(503, 20503),
      'limit the rate': { ...fault(429, 20429), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    },
  });
  return Object.assign(server, { keep: (message: Partial<Message>) => void keep(message), messages });
}

/** What Twilio posts to an address that it was given, signed. */
export function twilioCallback(url: string, fields: Readonly<Record<string, string>>, key = TWILIO_TOKEN): CallbackRequest {
  const form = new URLSearchParams({ AccountSid: TWILIO_SID, ApiVersion: '2010-04-01', ...fields });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signatureOfForm({ url, form, key }) };
  return { url, method: 'POST', headers, rawBody: Buffer.from(form.toString()) };
}

const formIn = ({ body }: VendorRequest) => new URLSearchParams(body);
const isMessage = ({ method, path }: VendorRequest) => method === 'POST' && path === MESSAGES_PATH;
const deliveryIn = (form: URLSearchParams) => new URL(form.get('StatusCallback') ?? 'https://none').searchParams.get('delivery') ?? 'none';

function refusalOf(request: VendorRequest, isTest: boolean): VendorAnswer | undefined {
  const path = request.path.split('?')[0] ?? '';
  if (request.headers['authorization'] !== `Basic ${Buffer.from(`${TWILIO_SID}:${TWILIO_TOKEN}`).toString('base64')}`) return fault(401, 20003);
  if (isTest && !isMessage(request)) return fault(403, 20008);
  if (path === ACCOUNT_PATH) return undefined;
  if (path !== MESSAGES_PATH) return fault(404, 20404);
  if (request.method !== 'POST') return undefined;
  const form = formIn(request);
  const wrong = create.request(Object.fromEntries(form));
  if (wrong.length > 0) return fault(400, 20001, wrong.join('; '));
  if (form.get('From') === null && form.get('MessagingServiceSid') === null) return fault(400, 21603);
  if (!/^\+[1-9]\d{6,14}$/.test(form.get('To') ?? '')) return fault(400, 21211);
  if ((form.get('Body') ?? '') === '') return fault(400, 21602);
  if (smsUnitsIn(form.get('Body') ?? '') > BODY_MAX) return fault(400, 21617);
  const validity = Number(form.get('ValidityPeriod') ?? VALIDITY_MAX_SECONDS);
  return validity < 1 || validity > VALIDITY_MAX_SECONDS ? fault(400, 20001, 'ValidityPeriod') : undefined;
}

function fieldsOf(form: URLSearchParams): readonly (readonly [string, string | null])[] {
  return [
    ['to', form.get('To')],
    ['from', form.get('From')],
    ['messaging_service_sid', form.get('MessagingServiceSid')],
    ['body', form.get('Body')],
  ];
}

function messageWith(fields: Partial<Message>, nowMs: number): Message {
  const date = new Date(nowMs).toUTCString().replace('GMT', '+0000');
  const sid = `SM${randomBytes(16).toString('hex')}`;
  return {
    sid,
    account_sid: TWILIO_SID,
    api_version: '2010-04-01',
    direction: 'outbound-api',
    status: 'queued',
    num_segments: String(smsSegmentsIn(String(fields['body'] ?? ''))),
    num_media: '0',
    date_created: date,
    date_updated: date,
    date_sent: date,
    price: null,
    price_unit: 'USD',
    error_code: null,
    error_message: null,
    uri: `/2010-04-01/Accounts/${TWILIO_SID}/Messages/${sid}.json`,
    from: null,
    ...(fields as Message),
  };
}

function pageOf(messages: readonly Message[], query: URLSearchParams) {
  const after = query.get('DateSent>');
  const found = messages.filter(
    ({ to, date_sent }) =>
      (query.get('To') === null || to === query.get('To')) && (after === null || (date_sent !== null && Date.parse(String(date_sent)) >= Date.parse(after))),
  );
  const size = Number(query.get('PageSize') ?? 50);
  return {
    page: 0,
    page_size: size,
    start: 0,
    end: found.length,
    uri: 'https://api.twilio.com/list',
    next_page_uri: null,
    previous_page_uri: null,
    messages: found.slice(0, size),
  };
}

function checked(operation: typeof create, status: number, value: unknown): VendorAnswer {
  const wrong = operation.answer(status, value);
  if (wrong.length > 0) throw new Error(`The simulator answers what Twilio doesn't: ${wrong.join('; ')}`);
  return json(status, value);
}

const fault = (status: number, code: number, message = `Fault ${code}`): VendorAnswer =>
  json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });

const json = (status: number, value: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
