/** What the official client signs on our behalf, judged by a check that is itself held by the examples that Amazon has published. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { testWith } from '../../tests/servers/availability.ts';
import { signatureFault, startSignatureCheck, type SignedRequest } from '../../tests/servers/s3-signatures.ts';
import { createBucket, S3_KEYS, S3_REGION, startS3Server } from '../../tests/servers/s3.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { textIn } from './contract.ts';
import { MediaUnavailable } from './port.ts';
import { startMediaBucket, type MediaBucketOptions } from './s3.ts';

const EXAMPLE_KEYS = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const EXAMPLE_AT = Date.parse('2013-05-24T00:00:00Z');
const NO_BODY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const ALWAYS_SIGNED = 'host;x-amz-content-sha256;x-amz-date';

type Example = { readonly method?: string; readonly url: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

function exampleOf({ method = 'GET', url, body = '', headers = {} }: Example, signed: string, signature: string): SignedRequest {
  const authorization = `AWS4-HMAC-SHA256 Credential=${EXAMPLE_KEYS.accessKey}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`;
  const common = { host: 'examplebucket.s3.amazonaws.com', 'x-amz-content-sha256': NO_BODY, 'x-amz-date': '20130524T000000Z' };
  return { method, url, body: Buffer.from(body), headers: { ...common, ...headers, authorization } };
}

/** Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk". */
const EXAMPLES: readonly SignedRequest[] = [
  exampleOf(
    { url: '/test.txt', headers: { range: 'bytes=0-9' } },
    'host;range;x-amz-content-sha256;x-amz-date',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ),
  exampleOf(
    {
      method: 'PUT',
      url: '/test$file.text',
      body: 'Welcome to Amazon S3.',
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      },
    },
    'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ),
  exampleOf({ url: '/?lifecycle' }, ALWAYS_SIGNED, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'),
  exampleOf({ url: '/?max-keys=2&prefix=J' }, ALWAYS_SIGNED, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
];

const faultOf = (request: SignedRequest, keys = EXAMPLE_KEYS, atMs = EXAMPLE_AT) => signatureFault(request, keys, atMs);

test('the check takes the examples that Amazon has published, and none that was changed on the way', (t) => {
  for (const example of EXAMPLES) {
    t.is(faultOf(example), undefined, example.url);
    t.is(faultOf({ ...example, url: `${example.url}2` }), 'SignatureDoesNotMatch');
    t.is(faultOf({ ...example, method: 'DELETE' }), 'SignatureDoesNotMatch');
    t.is(faultOf({ ...example, headers: { ...example.headers, host: 'elsewhere' } }), 'SignatureDoesNotMatch');
    t.is(faultOf({ ...example, headers: { ...example.headers, 'x-amz-acl': 'public-read' } }), 'AccessDenied', 'what isn’t signed');
    t.is(faultOf({ ...example, body: Buffer.from('another') }), 'XAmzContentSHA256Mismatch');
    t.is(faultOf(example, { ...EXAMPLE_KEYS, secretKey: 'another' }), 'SignatureDoesNotMatch');
    t.is(faultOf(example, { ...EXAMPLE_KEYS, accessKey: 'another' }), 'InvalidAccessKeyId');
    t.is(faultOf(example, EXAMPLE_KEYS, EXAMPLE_AT + 16 * 60_000), 'RequestTimeTooSkewed');
    t.is(faultOf({ ...example, headers: { host: 'elsewhere' } }), 'AccessDenied', 'nothing is signed at all');
  }
});

const withMoto = testWith('moto_server');
const BUCKET = 'signed';

async function startChecked() {
  await using starting = new AsyncDisposableStack();
  const server = starting.use(await startS3Server());
  await createBucket(server, BUCKET);
  const check = starting.use(await startSignatureCheck(server, S3_KEYS));
  const options = { ...S3_KEYS, url: check.url, region: S3_REGION, bucket: BUCKET, checksums: 'when-required', timeoutMs: 5_000 } as const;
  const started = starting.move();
  const start = (other: Partial<MediaBucketOptions> = {}) => startMediaBucket({ ...options, ...other });
  return { ...check, server, start, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

for (const checksums of ['when-required', 'when-supported'] as const) {
  withMoto(`bytes and files, ranges, lists and removals are signed, with checksums ${checksums}`, async (t) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'file');
    await writeFile(file, 'of a file');
    await using checked = await startChecked();
    await using store = await checked.start({ checksums });
    t.is(await store.put('objects/bytes', Buffer.from('of a buffer')), 'stored');
    t.is(await store.put('objects/bytes', Buffer.from('of a buffer')), 'exists');
    t.is(await store.put('objects/file', { file, bytes: 9 }), 'stored');
    t.is(await textIn(store, 'objects/file'), 'of a file');
    t.is(await textIn(store, 'objects/bytes', { from: 3, to: 12 }), 'a buffer');
    t.deepEqual(
      (await store.list('objects')).map(({ key }) => key),
      ['objects/bytes', 'objects/file'],
    );
    await store.remove(['objects/bytes', 'objects/file']);
    t.deepEqual(await store.list('objects'), []);
    t.like(checked.checked(), { refused: [] });
    t.true(checked.checked().right >= 9);
  });
}

withMoto('keys that the server doesn’t know end the start as an outage that says nothing of them', async (t) => {
  await using checked = await startChecked();
  for (const wrong of [{ secretKey: 'another-secret' }, { accessKey: 'another-key' }]) {
    const error = await t.throwsAsync(checked.start(wrong), { instanceOf: MediaUnavailable });
    t.false(String(error?.message).includes('another-'));
  }
  t.deepEqual([...new Set(checked.checked().refused)], ['SignatureDoesNotMatch', 'InvalidAccessKeyId']);
});
