/** For tests: accounts that are claimed; and second factors as people have them: an authenticator app (RFC 6238) and a key (WebAuthn), each written from its specification and not with the server's library. */
import { createHash, createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { contextWith } from '../../commands/handling/command-context.ts';
import { epochMs, type Instant } from '../../domain/shared/instant.ts';
import type { WriteApiFixture } from '../test-fixture.ts';

/** The code that an app shows at this time; `steps`: of 30 s, later. */
export function totpCodeAt(base32: string, at: Instant, steps = 0): string {
  const bits = Array.from(base32, (character) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(epochMs(at) / 30_000) + steps));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

type Page = { readonly origin: string; readonly rpId: string };
const PAGE: Page = { origin: 'http://localhost:8080', rpId: 'localhost' };
const USER_PRESENT = 0x01;
const ATTESTED = 0x40;

/** A key that signs with ES256 and counts its signatures. */
export function createSoftwareAuthenticator() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = randomBytes(32);
  let counter = 0;

  const authenticatorData = (rpId: string, flags: number, attested = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    head.writeUInt32BE(++counter, 1);
    return Buffer.concat([sha256(rpId), head, attested]);
  };
  const clientData = (type: string, challenge: string, origin: string): Buffer => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const id = credentialId.toString('base64url');

  return {
    id,
    /** As `navigator.credentials.create()` of a browser on this page. */
    create: (challenge: string, { origin, rpId }: Page = PAGE) => {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const coordinates = [x, y].map((coordinate) => Buffer.from(coordinate, 'base64url')) as [Buffer, Buffer];
      // COSE (RFC 9053): EC2, ES256, on P-256.
      const cose = cborMap([1, 2], [3, -7], [-1, 1], [-2, coordinates[0]], [-3, coordinates[1]]);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credentialId.length);
      const data = authenticatorData(rpId, USER_PRESENT | ATTESTED, Buffer.concat([Buffer.alloc(16), length, credentialId, cose]));
      const attestationObject = cborMap(['fmt', 'none'], ['attStmt', EMPTY_MAP], ['authData', data]);
      const response = {
        clientDataJSON: text(clientData('webauthn.create', challenge, origin)),
        attestationObject: text(attestationObject),
        transports: ['usb'],
      };
      return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {}, authenticatorAttachment: 'cross-platform' };
    },
    /** As `navigator.credentials.get()`. */
    get: (challenge: string, { origin, rpId }: Page = PAGE) => {
      const data = authenticatorData(rpId, USER_PRESENT);
      const client = clientData('webauthn.get', challenge, origin);
      const signature = createSign('sha256').update(data).update(sha256(client)).sign(privateKey);
      const response = { clientDataJSON: text(client), authenticatorData: text(data), signature: text(signature) };
      return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
    },
    /** What is copied off a key doesn't know how often the key has signed since. */
    setCounter: (to: number) => {
      counter = to;
    },
  };
}

const EMPTY_MAP = Symbol('an empty map');

const sha256 = (of: string | Buffer): Buffer => createHash('sha256').update(of).digest();
const text = (bytes: Buffer): string => bytes.toString('base64url');

type CborValue = number | string | Buffer | typeof EMPTY_MAP;

/** As much of CBOR (RFC 8949) as a key writes. */
const cborMap = (...entries: readonly (readonly [number | string, CborValue])[]): Buffer =>
  Buffer.concat([cborHead(5, entries.length), ...entries.flatMap(([key, value]) => [cborOf(key), cborOf(value)])]);

function cborOf(value: CborValue): Buffer {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string') return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  return Buffer.isBuffer(value) ? Buffer.concat([cborHead(2, value.length), value]) : cborHead(5, 0);
}

function cborHead(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  return count < 256 ? Buffer.from([(major << 5) | 24, count]) : Buffer.from([(major << 5) | 25, count >> 8, count & 0xff]);
}

/** Somebody who was imported claims the account. */
export async function accountClaims(t: ExecutionContext, { request, commands: given }: WriteApiFixture): Promise<void> {
  const { commands } = given.process();
  const importing = { contextFor: contextWith(Buffer.from('the secret of a test')), actor: 'local', at: given.now };
  const { id: person } = await commands.importPerson({ loginName: 'imported', name: 'Imported' }, importing);
  const body = { claim: await commands.makeAccountClaim({ person }, given.now), newPassword: 'a stable full of staples' };
  t.is((await request('anonymous', 'POST', '/v1/account-claims', { body })).status, 204);
}
