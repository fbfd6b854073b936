/** Simulates a browser and its push service: the service checks what RFC 8030 and RFC 8292 ask for, the browser decrypts (RFC 8291). */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { RETRY_AFTER_SECONDS, type VendorAnswer, type VendorRequest, type VendorRules } from './vendor-server.ts';

const BODY_MAX_BYTES = 4_096;
const DAY_SECONDS = 86_400;

export type Browser = {
  readonly subscription: { readonly endpoint: string; readonly keys: { readonly p256dh: string; readonly auth: string } };
  decrypt(body: Buffer): string;
};

export function subscribeBrowser(endpoint: string): Browser {
  const curve = createECDH('prime256v1');
  const ours = curve.generateKeys();
  const auth = randomBytes(16);
  return {
    subscription: { endpoint, keys: { p256dh: ours.toString('base64url'), auth: auth.toString('base64url') } },
    decrypt: (body) => {
      const [salt, idBytes] = [body.subarray(0, 16), body[20] ?? 0];
      const theirs = body.subarray(21, 21 + idBytes);
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), ours, theirs]);
      const secret = Buffer.from(hkdfSync('sha256', curve.computeSecret(theirs), auth, info, 32));
      const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16));
      const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12));
      const decipher = createDecipheriv('aes-128-gcm', key, nonce);
      decipher.setAuthTag(body.subarray(-16));
      const padded = Buffer.concat([decipher.update(body.subarray(21 + idBytes, -16)), decipher.final()]);
      return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
    },
  };
}

/** `publicKey`: of VAPID, in base64url. Messages are known by the tag of what they show. */
export function webPushRules({ publicKey, browser }: { readonly publicKey: string; readonly browser: Browser }): VendorRules {
  const { pathname, search } = new URL(browser.subscription.endpoint);
  let messages = 0;
  return {
    refuse: (request) => refusalOf(request, publicKey) ?? (request.path === pathname + search ? undefined : { status: 404 }),
    deliveryIn: ({ bytes }) => shownBy(browser.decrypt(bytes)).tag,
    answer: () => ({ status: 201, headers: { location: `https://push.example.org/m/${(messages += 1)}` } }),
    fails: {
      reject: { status: 400, body: '{"errno":110}' },
      'say that the endpoint is gone': { status: 410 },
      'refuse our credentials': { status: 401 },
      'be unavailable': { status: 503 },
      'limit the rate': { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    },
  };
}

export const shownBy = (payload: string) => (JSON.parse(payload) as { readonly notification: { readonly tag: string; readonly body: string } }).notification;

function refusalOf({ method, headers, bytes }: VendorRequest, publicKey: string): VendorAnswer | undefined {
  if (method !== 'POST') return { status: 405 };
  const [, token = '', key] = /^vapid t=([^,]+), ?k=(\S+)$/.exec(headers['authorization'] ?? '') ?? [];
  if (key === undefined) return { status: 401 };
  if (key !== publicKey || !isSigned(token, { publicKey, audience: `https://${headers['host'] ?? headers[':authority'] ?? ''}` })) return { status: 403 };
  if (!/^\d+$/.test(headers['ttl'] ?? '')) return { status: 400, body: 'TTL' };
  if (!['very-low', 'low', 'normal', 'high'].includes(headers['urgency'] ?? 'normal')) return { status: 400, body: 'Urgency' };
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(headers['topic'] ?? 'none')) return { status: 400, body: 'Topic' };
  if (headers['content-encoding'] !== 'aes128gcm') return { status: 400, body: 'Content-Encoding' };
  return bytes.length > BODY_MAX_BYTES ? { status: 413 } : undefined;
}

function isSigned(token: string, { publicKey, audience }: { readonly publicKey: string; readonly audience: string }): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(publicKey, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
  const {
    aud,
    exp = 0,
    sub = '',
  } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly aud?: string; readonly exp?: number; readonly sub?: string };
  const leftSeconds = exp - Date.now() / 1_000;
  const holds = aud === audience && leftSeconds > 0 && leftSeconds <= DAY_SECONDS && /^(mailto:|https:)/.test(sub);
  return holds && verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
}
