/** Media in a bucket, on a server of the S3 protocol that is told nothing without a right signature: the contract, and what it says in outages. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { startSignatureCheck } from '../../tests/servers/s3-signatures.ts';
import { createBucket, S3_KEYS, S3_REGION, startS3Server } from '../../tests/servers/s3.ts';
import test from 'ava';
import { mediaContract } from './contract.ts';
import { MediaUnavailable } from './port.ts';
import { startMediaBucket, type MediaBucketOptions } from './s3.ts';

const withMoto = testWith('moto_server');
let server: ReturnType<typeof startChecked> | undefined;
const shared = () => (server ??= startChecked());
test.after.always(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

async function startChecked() {
  await using starting = new AsyncDisposableStack();
  const { url: behind } = starting.use(await startS3Server());
  const { url } = starting.use(await startSignatureCheck({ url: behind }, S3_KEYS));
  const started = starting.move();
  return { url, behind, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** `behind`: the server itself, where a check of signatures stands before it. */
async function openBucket(of: { readonly url: string; readonly behind?: string }, options: Partial<MediaBucketOptions> = {}) {
  const bucket = ['media', randomUUID()].join('-');
  await createBucket({ url: of.behind ?? of.url }, bucket);
  const all = { ...S3_KEYS, url: of.url, region: S3_REGION, bucket, checksums: 'when-required', timeoutMs: 5_000, ...options } as const;
  return { start: () => startMediaBucket(all), [Symbol.asyncDispose]: async () => undefined };
}

mediaContract('bucket', async () => openBucket(await shared()), withMoto);

withMoto('a bucket that isn’t there is told when the store starts', async (t) => {
  const { url } = await shared();
  const missing = startMediaBucket({ ...S3_KEYS, url, region: S3_REGION, bucket: 'never-made', checksums: 'when-required', timeoutMs: 5_000 });
  await t.throwsAsync(missing, { instanceOf: MediaUnavailable });
});

test('who only reads a bucket writes nothing into it to start', async (t) => {
  const asked: string[] = [];
  const answer = '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>media</Name><KeyCount>0</KeyCount></ListBucketResult>';
  const listener = createServer(({ method }, response) => {
    asked.push(method ?? '');
    response.setHeader('content-type', 'application/xml').end(answer);
  }).listen(0, '127.0.0.1');
  t.teardown(() => listener.close());
  await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const options = { ...S3_KEYS, url, region: S3_REGION, bucket: 'media', checksums: 'when-required', timeoutMs: 5_000 } as const;
  await using _reader = await startMediaBucket(options, { readOnly: true });
  t.deepEqual(asked, ['GET'], 'it has answered');
  await t.throwsAsync(startMediaBucket(options), { instanceOf: MediaUnavailable });
  t.true(asked.includes('PUT'));
});

withMoto('a server that is away or hangs is an outage, and back it goes on', async (t) => {
  await using own = await startS3Server();
  await using store = await (await openBucket(own, { timeoutMs: 1_000 })).start();
  own.hang();
  await t.throwsAsync(store.put('objects/a', new Uint8Array(1)), { instanceOf: MediaUnavailable });
  await t.throwsAsync(store.read('objects/a'), { instanceOf: MediaUnavailable });
  await t.throwsAsync(store.list('objects'), { instanceOf: MediaUnavailable });
  await t.throwsAsync(store.remove(['objects/a']), { instanceOf: MediaUnavailable });
  own.resume();
  // The hung write may have been done meanwhile.
  t.true(['stored', 'exists'].includes(await onceBack(() => store.put('objects/a', new Uint8Array(1)))));
  await own.kill();
  await t.throwsAsync(store.list('objects'), { instanceOf: MediaUnavailable });
});
