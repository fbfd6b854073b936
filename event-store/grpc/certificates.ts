/**
 * Certificates for development and tests: a new authority and a server certificate signed by it, since some clients (rustls) reject
 * self-signed servers. Node signs but can't write X.509, hence the DER by hand (RFC 5280). Not for production.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

export type Certificates = {
  /** PEM: the authority for clients to trust. */
  readonly authority: string;
  /** PEM, with its chain. */
  readonly certificate: string;
  readonly key: string;
};

/** The longest validity that all clients accept. */
const VALID_DAYS = 825;
const DAY_MS = 86_400_000;

/** `hosts`: the names and addresses that clients connect to. */
export function makeCertificates(hosts: readonly string[], nowMs: number): Certificates {
  const authority = { name: 'Event store development authority', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const server = { name: hosts[0] ?? 'localhost', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  const root = certify({ subject: authority, issuer: authority, nowMs, extensions: authorityExtensions(authority.publicKey) });
  const leaf = certify({ subject: server, issuer: authority, nowMs, extensions: serverExtensions(server.publicKey, authority.publicKey, hosts) });
  return { authority: root, certificate: leaf + root, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

type Party = { readonly name: string; readonly publicKey: KeyObject; readonly privateKey: KeyObject };

function certify(of: { readonly subject: Party; readonly issuer: Party; readonly nowMs: number; readonly extensions: readonly Buffer[] }): string {
  const { subject, issuer, nowMs, extensions } = of;
  const algorithm = sequence(objectId('1.2.840.10045.4.3.2')); // ECDSA with SHA-256
  const body = sequence(
    der(0xa0, integer(Buffer.of(2))), // version 3
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    commonName(issuer.name),
    sequence(time(nowMs - DAY_MS), time(nowMs + VALID_DAYS * DAY_MS)),
    commonName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, issuer.privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function authorityExtensions(key: KeyObject): readonly Buffer[] {
  return [
    critical('2.5.29.19', sequence(der(0x01, Buffer.of(0xff)))), // basic constraints: an authority
    critical('2.5.29.15', der(0x03, Buffer.of(1, 0b0000_0110))), // key usage: signs certificates and revocations
    extension('2.5.29.14', der(0x04, keyDigest(key))),
  ];
}

function serverExtensions(key: KeyObject, authorityKey: KeyObject, hosts: readonly string[]): readonly Buffer[] {
  return [
    critical('2.5.29.19', sequence()), // basic constraints: no authority
    critical('2.5.29.15', der(0x03, Buffer.of(7, 0b1000_0000))), // key usage: signs
    extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))), // for servers
    extension('2.5.29.17', sequence(...hosts.map(alternativeName))),
    extension('2.5.29.14', der(0x04, keyDigest(key))),
    extension('2.5.29.35', sequence(der(0x80, keyDigest(authorityKey)))),
  ];
}

function alternativeName(host: string): Buffer {
  const family = isIP(host);
  if (family === 0) return der(0x82, Buffer.from(host, 'latin1'));
  return der(0x87, family === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':')).map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

const keyDigest = (key: KeyObject) =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();

const extension = (id: string, value: Buffer) => sequence(objectId(id), der(0x04, value));
const critical = (id: string, value: Buffer) => sequence(objectId(id), der(0x01, Buffer.of(0xff)), der(0x04, value));
const commonName = (name: string) => sequence(der(0x31, sequence(objectId('2.5.4.3'), der(0x0c, Buffer.from(name)))));
const sequence = (...parts: readonly Buffer[]) => der(0x30, Buffer.concat(parts));
const integer = (bytes: Buffer) => der(0x02, bytes);
const bitString = (bytes: Buffer) => der(0x03, Buffer.concat([Buffer.of(0), bytes]));

/** UTCTime, which RFC 5280 requires until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const septets = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) septets.unshift((rest & 0x7f) | 0x80);
  return septets;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  return Buffer.concat([length < 0x100 ? Buffer.of(tag, 0x81, length) : Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}
