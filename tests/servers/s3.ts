/** A server of the S3 protocol for tests: Moto, which keeps everything in memory and checks no signatures. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { freePort } from './free-port.ts';
import { startServerProcess, type TestServer } from './server-process.ts';

const INSTALLED = resolve(import.meta.dirname, '../../.venv/bin/moto_server');

export const S3_REGION = 'us-east-1';
export const S3_KEYS = { accessKey: 'the-access-key-of-a-test', secretKey: 'the-secret-key-of-a-test' } as const;

export async function startS3Server(): Promise<TestServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return await startServerProcess({
    command: existsSync(INSTALLED) ? INSTALLED : 'moto_server',
    args: ['-H', '127.0.0.1', '-p', String(port)],
    port,
    url,
    isReady: async () => void (await fetch(`${url}/moto-api/`)),
    onDispose: async () => undefined,
  });
}

/** It takes anybody's word, so no signature is needed. */
export async function createBucket(server: Pick<TestServer, 'url'>, bucket: string): Promise<void> {
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${S3_KEYS.accessKey}/20260101/${S3_REGION}/s3/aws4_request, SignedHeaders=host, Signature=0` };
  const { status } = await fetch(`${server.url}/${bucket}`, { method: 'PUT', headers });
  if (status !== 200) throw new Error(`The bucket ${bucket} was not created: ${status}.`);
}
