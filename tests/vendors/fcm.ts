/** Simulates FCM's HTTP v1 API, and where Google gives out access tokens for it. */
import { verify } from 'node:crypto';
import { RETRY_AFTER_SECONDS, type VendorAnswer, type VendorRequest, type VendorRules } from './vendor-server.ts';

const ACCESS_TOKEN = 'ya29.simulated';
const PAYLOAD_MAX_BYTES = 4_096;
const TTL_MAX_SECONDS = 2_419_200;

type Fields = Readonly<Record<string, unknown>>;

/** `publicKey`: of the service account, as PEM. Messages are known by their collapse key. */
export function fcmRules({
  publicKey,
  clientEmail,
  projects,
}: {
  readonly publicKey: string;
  readonly clientEmail: string;
  readonly projects: readonly string[];
}): VendorRules {
  return {
    refuse: (request) => (request.path === '/token' ? refusalOfGrant(request, { publicKey, clientEmail }) : refusalOfMessage(request, projects)),
    deliveryIn: (request) => {
      if (request.path === '/token' || bodyOf(request)['validate_only'] === true) return undefined;
      return String(fieldsIn(messageIn(request), 'android')['collapse_key']);
    },
    answer: (request) =>
      request.path === '/token'
        ? json(200, { access_token: ACCESS_TOKEN, expires_in: 3_599, token_type: 'Bearer' })
        : json(200, { name: `${request.path.replace(/^\/v1\/|\/messages:send$/g, '')}/messages/${nextId()}` }),
    fails: {
      reject: fcmError(403, 'SENDER_ID_MISMATCH'),
      'say that the endpoint is gone': fcmError(404, 'UNREGISTERED'),
      'refuse our credentials': unauthenticated(),
      'be unavailable': fcmError(503, 'UNAVAILABLE'),
      'limit the rate': { ...fcmError(429, 'QUOTA_EXCEEDED'), headers: { 'content-type': 'application/json', 'retry-after': String(RETRY_AFTER_SECONDS) } },
    },
  };
}

/** As FCM answers with one of its own codes. */
export function fcmError(code: number, errorCode: string, message = 'Simulated.'): VendorAnswer {
  const statuses: Readonly<Record<number, string>> = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    503: 'UNAVAILABLE',
  };
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
  return json(code, { error: { code, message, status: statuses[code], details } });
}

let messages = 0;
const nextId = () => `0:${(messages += 1)}`;

function refusalOfGrant(
  { body }: VendorRequest,
  { publicKey, clientEmail }: { readonly publicKey: string; readonly clientEmail: string },
): VendorAnswer | undefined {
  const [header = '', claims = '', signature = ''] = (new URLSearchParams(body).get('assertion') ?? '').split('.');
  const isSigned = verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as { readonly iss?: string; readonly scope?: string };
  if (isSigned && iss === clientEmail && scope?.includes('firebase.messaging') === true) return undefined;
  return json(400, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
}

function refusalOfMessage(request: VendorRequest, projects: readonly string[]): VendorAnswer | undefined {
  const [, project] = /^\/v1\/projects\/([^/]+)\/messages:send$/.exec(request.path) ?? [];
  if (request.method !== 'POST' || project === undefined) return json(404, 'Not Found');
  if (request.headers['authorization'] !== `Bearer ${ACCESS_TOKEN}`) return unauthenticated();
  if (!projects.includes(project)) return json(403, { error: { code: 403, message: 'Permission denied.', status: 'PERMISSION_DENIED' } });
  const message = messageIn(request);
  const {
    token,
    topic,
    data = {},
    notification,
  } = message as { readonly token?: string; readonly topic?: string; readonly data?: Fields; readonly notification?: Fields };
  if ((token === undefined) === (topic === undefined)) return invalid('message', 'Exactly one of token or topic.');
  if (token !== undefined && !/^[A-Za-z0-9_:-]{8,4096}$/.test(token))
    return fcmError(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token');
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string') return invalid(`message.data[${key}].value`, 'Not a string.');
    if (/^(google|gcm)|^(from|message_type)$/.test(key)) return invalid('message.data', `Invalid data payload key: ${key}`);
  }
  const { ttl = '0s', priority = 'normal' } = fieldsIn(message, 'android') as { readonly ttl?: string; readonly priority?: string };
  if (!(/^\d+(\.\d+)?s$/.test(ttl) && Number.parseFloat(ttl) <= TTL_MAX_SECONDS)) return invalid('message.android.ttl', 'Invalid TTL.');
  if (!['high', 'normal', 'HIGH', 'NORMAL'].includes(priority)) return invalid('message.android.priority', 'Invalid value.');
  if (bytesOf(data) + bytesOf(notification ?? {}) > PAYLOAD_MAX_BYTES) return fcmError(400, 'INVALID_ARGUMENT', 'Android message is too big');
  return bytesOf({ ...fieldsIn(fieldsIn(message, 'apns'), 'payload'), ...data }) > PAYLOAD_MAX_BYTES
    ? fcmError(400, 'INVALID_ARGUMENT', 'APNs payload is too big')
    : undefined;
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const bodyOf = (request: VendorRequest) => JSON.parse(request.body) as Fields;
const fieldsIn = (fields: Fields, name: string) => (fields[name] ?? {}) as Fields;
export const messageIn = (request: VendorRequest) => fieldsIn(bodyOf(request), 'message');

const json = (status: number, body: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const unauthenticated = () => json(401, { error: { code: 401, message: 'Request had invalid authentication credentials.', status: 'UNAUTHENTICATED' } });

function invalid(field: string, description: string): VendorAnswer {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] }];
  return json(400, { error: { code: 400, message: description, status: 'INVALID_ARGUMENT', details } });
}
