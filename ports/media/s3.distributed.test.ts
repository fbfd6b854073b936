/** Media in a bucket, on a server of the S3 protocol: the contract, and what it says in outages. */
import { randomUUID } from 'node:crypto';
import { testWith } from '../../tests/servers/availability.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { createBucket, S3_KEYS, S3_REGION, startS3Server } from '../../tests/servers/s3.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import test from 'ava';
import { mediaContract } from './contract.ts';
import { MediaUnavailable } from './port.ts';
import { startMediaBucket, type MediaBucketOptions } from './s3.ts';

const withMoto = testWith('moto_server');
let server: Promise<TestServer> | undefined;
const shared = () => (server ??= startS3Server());
test.after.always(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

async function openBucket(of: TestServer, options: Partial<MediaBucketOptions> = {}) {
  const bucket = ['media', randomUUID()].join('-');
  await createBucket(of, bucket);
  const all = { ...S3_KEYS, url: of.url, region: S3_REGION, bucket, checksums: 'when-required', timeoutMs: 5_000, ...options } as const;
  return { start: () => startMediaBucket(all), [Symbol.asyncDispose]: async () => undefined };
}

mediaContract('bucket', async () => openBucket(await shared()), withMoto);

withMoto('a bucket that isn’t there is told when the store starts', async (t) => {
  const { url } = await shared();
  const missing = startMediaBucket({ ...S3_KEYS, url, region: S3_REGION, bucket: 'never-made', checksums: 'when-required', timeoutMs: 5_000 });
  await t.throwsAsync(missing, { instanceOf: MediaUnavailable });
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
