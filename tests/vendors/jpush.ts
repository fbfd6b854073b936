/** Simulates JPush: what it refuses by its own codes, and the `cid`s under which it takes a push once. */
import { randomUUID } from 'node:crypto';
import { RETRY_AFTER_SECONDS, type VendorAnswer, type VendorRequest, type VendorRules } from './vendor-server.ts';

const ANDROID_MAX_BYTES = 4_000;
const APPLE_MAX_BYTES = 3_584;
const TTL_MAX_SECONDS = 864_000;
const CIDS_MAX = 1_000;

type Push = {
  readonly cid?: string;
  readonly platform?: unknown;
  readonly audience?: { readonly registration_id?: readonly string[] };
  readonly notification?: { readonly android?: unknown; readonly ios?: unknown; readonly alert?: string };
  readonly options?: { readonly time_to_live?: number; readonly apns_collapse_id?: string };
};

/** Messages are known by their collapse id. No device has a registration id of zeros. */
export function jpushRules({ appKey, masterSecret }: { readonly appKey: string; readonly masterSecret: string }): VendorRules {
  const authorization = `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`;
  const drawn = new Set<string>();
  /** By `cid`, the answers to pushes that were taken. */
  const taken = new Map<string, VendorAnswer>();
  let pushes = 0;

  const acceptance = (): VendorAnswer => json(200, { sendno: '0', msg_id: String(18_100_000_000_000_000n + BigInt((pushes += 1))) });
  return {
    refuse: (request) => {
      if (request.headers['authorization'] !== authorization) return jpushError(401, 1004, 'Authen failed');
      if (isForCids(request)) return undefined;
      const push = pushIn(request);
      if (push.cid !== undefined && !drawn.has(push.cid)) return jpushError(400, 1003, 'cid is invalid');
      return refusalOf(request, push);
    },
    // One that was taken before is no message any more.
    deliveryIn: (request) => {
      if (isForCids(request) || request.path.endsWith('/validate')) return undefined;
      const { cid, options } = pushIn(request);
      return cid !== undefined && taken.has(cid) ? undefined : (options?.apns_collapse_id ?? 'without a collapse id');
    },
    answer: (request) => {
      if (isForCids(request)) {
        const count = Number(new URLSearchParams(request.path.split('?')[1]).get('count') ?? 1);
        const cidlist = Array.from({ length: Math.min(count, CIDS_MAX) }, () => `${appKey}-${randomUUID()}`);
        for (const cid of cidlist) drawn.add(cid);
        return json(200, { cidlist });
      }
      const { cid } = pushIn(request);
      return (cid === undefined ? undefined : taken.get(cid)) ?? acceptance();
    },
    take: (request) => {
      const { cid } = pushIn(request);
      if (cid !== undefined) taken.set(cid, acceptance());
    },
    fails: {
      reject: jpushError(400, 1003, 'Invalid parameter.'),
      'say that the endpoint is gone': jpushError(400, 1011, 'cannot find user by this audience or has been inactive for more than 255 days'),
      'refuse our credentials': jpushError(401, 1004, 'Authen failed'),
      'be unavailable': jpushError(503, 1030, 'Internal server timeout.'),
      'limit the rate': { ...jpushError(429, 2002, 'Rate limit exceed.'), headers: { 'X-Rate-Limit-Reset': String(RETRY_AFTER_SECONDS) } },
    },
  };
}

export const jpushError = (status: number, code: number, message: string): VendorAnswer => json(status, { error: { code, message } });

export const pushIn = (request: VendorRequest) => JSON.parse(request.body) as Push;

const isForCids = ({ method, path }: VendorRequest) => method === 'GET' && path.startsWith('/v3/push/cid');

function refusalOf({ method, path }: VendorRequest, { platform, audience, notification, options = {} }: Push): VendorAnswer | undefined {
  if (method !== 'POST') return jpushError(405, 1001, 'Only support HTTP Post.');
  if (!['/v3/push', '/v3/push/validate'].includes(path)) return json(404, {});
  if (platform === undefined || audience === undefined || notification === undefined) return jpushError(400, 1002, 'Missing parameter');
  const { registration_id: ids } = audience;
  if (ids === undefined || ids.some((id) => !/^\w[\w-]{7,63}$/.test(id))) return jpushError(400, 1003, 'Audience value must be JSON Array format!');
  if (bytesOf(notification.android) > ANDROID_MAX_BYTES || bytesOf(notification.ios) > APPLE_MAX_BYTES) return jpushError(400, 1005, 'Message too long.');
  const { time_to_live: ttl = 0 } = options;
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > TTL_MAX_SECONDS) return jpushError(400, 1003, 'time_to_live is invalid');
  return ids.every((id) => /^0+$/.test(id)) ? jpushError(400, 1011, 'cannot find user by this audience') : undefined;
}

const bytesOf = (value: unknown) => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));
const json = (status: number, body: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
