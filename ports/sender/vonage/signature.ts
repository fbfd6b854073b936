/**
 * How Vonage signs what it posts: by `sig` among the fields (SMS API), or by a JWT over a digest of the body (its newer webhooks). An
 * account's algorithm is chosen in Vonage's settings; MD5, which is its default, and SHA-1 are taken for no signature.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CallbackRequest } from '../callbacks.ts';

export type Fields = Readonly<Record<string, string>>;

/** By the length of the digest in hexadecimal digits. */
const ALGORITHMS: Readonly<Record<number, string>> = { 64: 'sha256', 128: 'sha512' };

export function isSignedByFields(fields: Fields, secret: string): boolean {
  const given = fields['sig'] ?? '';
  const algorithm = ALGORITHMS[given.length];
  return algorithm !== undefined && /^[0-9a-f]+$/i.test(given) && isSame(Buffer.from(given, 'hex'), signatureOfFields(fields, { secret, algorithm }));
}

/** All fields but `sig`, by name, as `&name=value`; what would part them is replaced in values. */
export function signatureOfFields(fields: Fields, { secret, algorithm }: { readonly secret: string; readonly algorithm: string }): Buffer {
  const names = Object.keys(fields)
    .filter((name) => name !== 'sig')
    .sort();
  const signed = names.map((name) => `&${name}=${(fields[name] ?? '').replaceAll(/[&=]/g, '_')}`).join('');
  return createHmac(algorithm, secret).update(signed).digest();
}

/** HS256 alone, and over this very body. */
export function isSignedByToken({ headers, rawBody }: CallbackRequest, secret: string): boolean {
  const [, header = '', claims = '', signature = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(String(headers['authorization'] ?? '')) ?? [];
  if (signature === '' || jsonIn(header)['alg'] !== 'HS256') return false;
  if (!isSame(Buffer.from(signature, 'base64url'), createHmac('sha256', secret).update(`${header}.${claims}`).digest())) return false;
  const digest = jsonIn(claims)['payload_hash'];
  return typeof digest === 'string' && isSame(Buffer.from(digest, 'hex'), createHash('sha256').update(rawBody).digest());
}

const isSame = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);

function jsonIn(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
