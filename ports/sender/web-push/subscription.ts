/** A browser's `PushSubscription`, as it comes in JSON: anybody can send us one, and it says where we are to connect to. */
import { ECDH } from 'node:crypto';
import { isIP } from 'node:net';

const ENDPOINT_LENGTH_MAX_CHARACTERS = 2_048;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
const PUBLIC_KEY_BYTES = 65;
const AUTH_BYTES_MIN = 16;

export type Subscription = { readonly endpoint: URL; readonly p256dh: string; readonly auth: string };

/** undefined: no push service made it. An endpoint is an https: address with a host that has a name. */
export function subscriptionIn(token: string): Subscription | undefined {
  const { endpoint, keys } = (parsed(token) ?? {}) as {
    readonly endpoint?: unknown;
    readonly keys?: { readonly p256dh?: unknown; readonly auth?: unknown } | null;
  };
  const { p256dh, auth } = keys ?? {};
  const url = typeof endpoint === 'string' && endpoint.length <= ENDPOINT_LENGTH_MAX_CHARACTERS ? URL.parse(endpoint) : null;
  if (url === null || !isPublicHttps(url)) return undefined;
  if (typeof p256dh !== 'string' || typeof auth !== 'string') return undefined;
  if (!isPublicKey(p256dh) || bytesOf(auth) < AUTH_BYTES_MIN) return undefined;
  return { endpoint: url, p256dh, auth };
}

const isPublicHttps = ({ protocol, username, password, hostname }: URL): boolean =>
  protocol === 'https:' &&
  username === '' &&
  password === '' &&
  isIP(hostname.replaceAll(/[[\]]/g, '')) === 0 &&
  // A name of one part is one of somebody's own network.
  /\.[a-z]/i.test(hostname) &&
  !/\.(local|localhost|internal|home\.arpa)\.?$/i.test(hostname);

const bytesOf = (text: string): number => (BASE64URL.test(text) ? Buffer.from(text, 'base64url').length : 0);

function isPublicKey(text: string): boolean {
  if (bytesOf(text) !== PUBLIC_KEY_BYTES) return false;
  try {
    ECDH.convertKey(text, 'prime256v1', 'base64url');
    return true;
  } catch {
    return false; // no point of the curve
  }
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch {
    return undefined;
  }
}
