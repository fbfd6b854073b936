/** Simulates APNs: what it checks of a request, in its own order and words. */
import { verify } from 'node:crypto';
import { RETRY_AFTER_SECONDS, type VendorAnswer, type VendorRequest, type VendorRules } from './vendor-server.ts';

const PAYLOAD_MAX_BYTES = 4_096;
const COLLAPSE_ID_MAX_BYTES = 64;
const TOKEN_AGE_MAX_SECONDS = 3_600;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export type ApnsTeam = {
  readonly teamId: string;
  readonly keyId: string;
  /** PEM */ readonly publicKey: string;
  readonly topics: readonly string[];
  readonly nowMs: () => number;
};

/** Messages are known by their collapse id. No device has a token of zeros. */
export function apnsRules(team: ApnsTeam): VendorRules {
  return {
    refuse: (request) => refusalOf(request, team),
    deliveryIn: ({ headers }) => headers['apns-collapse-id'] ?? 'without a collapse id',
    answer: ({ headers }) => ({ status: 200, headers: { 'apns-id': headers['apns-id'] ?? '' } }),
    fails: {
      reject: apnsError(400, 'DeviceTokenNotForTopic'),
      'say that the endpoint is gone': apnsError(410, 'Unregistered', 1_767_225_600_000),
      'refuse our credentials': apnsError(403, 'InvalidProviderToken'),
      'be unavailable': apnsError(503, 'ServiceUnavailable'),
      'limit the rate': { ...apnsError(429, 'TooManyRequests'), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    },
  };
}

export const apnsError = (status: number, reason: string, timestamp?: number): VendorAnswer => ({
  status,
  body: JSON.stringify({ reason, ...(timestamp !== undefined && { timestamp }) }),
});

function refusalOf({ method, path, headers, body, httpVersion }: VendorRequest, team: ApnsTeam): VendorAnswer | undefined {
  if (httpVersion !== '2.0') return apnsError(400, 'BadPath');
  if (method !== 'POST') return apnsError(405, 'MethodNotAllowed');
  const [, token] = /^\/3\/device\/([^/?]+)$/.exec(path) ?? [];
  if (token === undefined) return apnsError(404, 'BadPath');
  const refusedToken = refusalOfToken(headers['authorization'], team);
  if (refusedToken !== undefined) return apnsError(403, refusedToken);
  if (!UUID.test(headers['apns-id'] ?? '00000000-0000-0000-0000-000000000000')) return apnsError(400, 'BadMessageId');
  if (Buffer.byteLength(headers['apns-collapse-id'] ?? '') > COLLAPSE_ID_MAX_BYTES) return apnsError(400, 'BadCollapseId');
  if (!['1', '5', '10'].includes(headers['apns-priority'] ?? '10')) return apnsError(400, 'BadPriority');
  if (!/^\d{1,10}$/.test(headers['apns-expiration'] ?? '0')) return apnsError(400, 'BadExpirationDate');
  if (!['alert', 'background'].includes(headers['apns-push-type'] ?? '')) return apnsError(400, 'InvalidPushType');
  if (headers['apns-topic'] === undefined) return apnsError(400, 'MissingTopic');
  if (!team.topics.includes(headers['apns-topic'])) return apnsError(400, 'TopicDisallowed');
  if (!/^[0-9a-f]{64,200}$/i.test(token) || /^0+$/.test(token)) return apnsError(400, 'BadDeviceToken');
  if (Buffer.byteLength(body) > PAYLOAD_MAX_BYTES) return apnsError(413, 'PayloadTooLarge');
  const payload = JSON.parse(body || '{}') as { readonly aps?: { readonly alert?: unknown } };
  return payload.aps?.alert === undefined ? apnsError(400, 'PayloadEmpty') : undefined;
}

function refusalOfToken(authorization: string | undefined, { teamId, keyId, publicKey, nowMs }: ApnsTeam): string | undefined {
  const [scheme, token = ''] = authorization?.split(' ') ?? [];
  if (scheme?.toLowerCase() !== 'bearer') return 'MissingProviderToken';
  const [header = '', claims = '', signature = ''] = token.split('.');
  const { alg, kid } = jsonIn(header);
  const { iss, iat } = jsonIn(claims);
  const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  if (!isSigned || alg !== 'ES256' || kid !== keyId || iss !== teamId || typeof iat !== 'number') return 'InvalidProviderToken';
  return Math.abs(nowMs() / 1_000 - iat) > TOKEN_AGE_MAX_SECONDS ? 'ExpiredProviderToken' : undefined;
}

const jsonIn = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}') as Readonly<Record<string, unknown>>;
