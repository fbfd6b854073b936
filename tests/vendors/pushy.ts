/** Simulates Pushy's API. */
import { RETRY_AFTER_SECONDS, type VendorAnswer, type VendorRequest, type VendorRules } from './vendor-server.ts';

const PAYLOAD_MAX_BYTES = 4_096;
const TTL_MAX_SECONDS = 31_536_000;

type Push = {
  readonly to?: unknown;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly notification?: { readonly body?: string };
  readonly time_to_live?: unknown;
  readonly collapse_key?: string;
};

/** Messages are known by their collapse key. No device has a token of zeros. */
export function pushyRules({ apiKey }: { readonly apiKey: string }): VendorRules {
  let pushes = 0;
  return {
    refuse: (request) => {
      const { pathname, searchParams } = new URL(request.path, 'https://api.pushy.me');
      if (searchParams.get('api_key') !== apiKey) return pushyError(401, 'INVALID_API_KEY');
      if (request.method === 'GET' && pathname === '/topics') return undefined;
      return request.method === 'POST' && pathname === '/push' ? refusalOf(pushIn(request)) : json(404, {});
    },
    deliveryIn: (request) => (request.method === 'GET' ? undefined : (pushIn(request).collapse_key ?? 'without a collapse key')),
    answer: ({ method }) =>
      method === 'GET' ? json(200, { topics: [] }) : json(200, { success: true, id: (pushes += 1).toString(16).padStart(24, '5'), info: { devices: 1 } }),
    fails: {
      reject: pushyError(400, 'INVALID_PARAM'),
      'say that the endpoint is gone': pushyError(400, 'NO_RECIPIENTS'),
      'refuse our credentials': pushyError(401, 'INVALID_API_KEY'),
      'be unavailable': json(503, {}),
      'limit the rate': { ...pushyError(429, 'RATE_LIMIT_EXCEEDED'), headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    },
  };
}

export const pushyError = (status: number, code: string): VendorAnswer => json(status, { code, error: 'Simulated.' });

export const pushIn = (request: VendorRequest) => JSON.parse(request.body) as Push;

function refusalOf({ to, data, notification, time_to_live: ttl = 0, collapse_key: collapseKey = '' }: Push): VendorAnswer | undefined {
  if (typeof to !== 'string' || data === undefined) return pushyError(400, 'INVALID_PARAM');
  if (typeof ttl !== 'number' || !Number.isInteger(ttl) || ttl < 0 || ttl > TTL_MAX_SECONDS || collapseKey.length > 32) return pushyError(400, 'INVALID_PARAM');
  if (Buffer.byteLength(JSON.stringify({ data, notification })) > PAYLOAD_MAX_BYTES) return pushyError(413, 'PAYLOAD_LIMIT_EXCEEDED');
  return /^0+$/.test(to) ? pushyError(400, 'NO_RECIPIENTS') : undefined;
}

const json = (status: number, body: unknown): VendorAnswer => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
