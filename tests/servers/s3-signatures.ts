/**
 * Checks what a client of the S3 protocol signs, for the server in tests checks nothing: AWS Signature Version 4 in the `Authorization`
 * header, by the published algorithm (Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header"). What isn't
 * signed as the server would compute it never reaches the server.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SignedRequest = {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

type SigningKeys = { readonly accessKey: string; readonly secretKey: string };

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** What S3 allows. */
const CLOCKS_DIFFER_MAX_MS = 15 * 60_000;
/** What stands for the digest of a body that isn't signed: whole, or with its checksum behind it. */
const UNSIGNED = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];

/** The code that S3 answers where a request isn't signed right; undefined where it is. */
export function signatureFault({ method, url, headers, body }: SignedRequest, { accessKey, secretKey }: SigningKeys, nowMs: number): string | undefined {
  const given = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '');
  const [, credential = '', signedHeaders = '', signature = ''] = given ?? [];
  const [key, day = '', region = '', service = '', end] = credential.split('/');
  if (given === null || service !== 's3' || end !== 'aws4_request') return 'AccessDenied';
  if (key !== accessKey) return 'InvalidAccessKeyId';

  const at = headers['x-amz-date'] ?? '';
  const atMs = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!at.startsWith(day) || !(Math.abs(nowMs - atMs) <= CLOCKS_DIFFER_MAX_MS)) return 'RequestTimeTooSkewed';

  const digest = headers['x-amz-content-sha256'] ?? '';
  if (!UNSIGNED.includes(digest) && digest !== sha256(body)) return 'XAmzContentSHA256Mismatch';

  const names = signedHeaders.split(';');
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (mustBeSigned.some((name) => !names.includes(name)) || names.join(';') !== names.toSorted().join(';')) return 'AccessDenied';

  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path.split('/').map(encodedOnce).join('/'),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders,
    digest,
  ].join('\n');
  const scope = [day, region, service, end].join('/');
  const signingKey = [day, region, service, end].reduce<string | Buffer>((by, of) => hmac(by, of), `AWS4${secretKey}`);
  const expected = hmac(signingKey, [ALGORITHM, at, scope, sha256(canonical)].join('\n')).toString('hex');
  return expected === signature ? undefined : 'SignatureDoesNotMatch';
}

const sha256 = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('hex');
const hmac = (key: string | Buffer, of: string): Buffer => createHmac('sha256', key).update(of).digest();

/** RFC 3986, of a text that may be encoded already. */
const encodedOnce = (text: string): string =>
  encodeURIComponent(decodeURIComponent(text)).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(query: string): string {
  const parameters = query.split('&').filter((one) => one !== '');
  const pairs = parameters.map((one) => {
    const [name = '', ...value] = one.split('=');
    return [encodedOnce(name), encodedOnce(value.join('='))] as const;
  });
  return pairs
    .toSorted(([one, a], [other, b]) => (one === other ? (a < b ? -1 : 1) : one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

export type SignatureCheck = AsyncDisposable & {
  readonly url: string;
  /** How many requests were let through, and the codes that the others were refused with. */
  readonly checked: () => { readonly right: number; readonly refused: readonly string[] };
};

/** Stands before a server of the S3 protocol, and passes on what is signed with these keys. */
export async function startSignatureCheck(server: { readonly url: string }, keys: SigningKeys): Promise<SignatureCheck> {
  let right = 0;
  const refused: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const { method = 'GET', url = '/' } = request;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const fault = signatureFault({ method, url, headers, body }, keys, Date.now());
    if (fault !== undefined) {
      refused.push(fault);
      response.writeHead(403, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${fault}</Code><Message>Refused.</Message></Error>`);
      return;
    }
    right++;
    const passed = httpRequest(server.url + url, { method, headers: request.headers });
    passed.on('response', (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end(body);
  };
  const front = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    checked: () => ({ right, refused }),
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        front.close(() => done());
        front.closeAllConnections();
      }),
  };
}
