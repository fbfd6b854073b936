/** Media in a bucket, over the S3 protocol. An object is created by a conditional write (`If-None-Match: *`), which the server has to know. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { checkKey, checkList, checkRemove, MediaUnavailable, type MediaBytes, type MediaStore, type StoredMedia } from './port.ts';

export type MediaBucketOptions = {
  /** Of the server; that of AWS for the region where it is undefined. The bucket is named in the path where it is given. */
  readonly url: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Whether each request carries a checksum: many servers other than AWS refuse them. */
  readonly checksums: 'when-required' | 'when-supported';
  /** Of one request, all of its attempts included, until its response begins; what is sent has more time by its size. */
  readonly timeoutMs: number;
};

const ATTEMPTS_MAX = 3;
/** The slowest at which something large may be sent. */
const BYTES_PER_MS_MIN = 1_000;
const CONNECTIONS_MAX = 128;
/** The connection may be used for it, but no more time is waited for one. */
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * The bucket has answered, and knows conditional writes, when it resolves. `readOnly`: it is another’s, and nothing is written to find that
 * out. Throws `MediaUnavailable`.
 */
export async function startMediaBucket(options: MediaBucketOptions, { readOnly = false }: { readonly readOnly?: boolean } = {}): Promise<MediaStore> {
  const client = new S3Client({
    region: options.region,
    credentials: { accessKeyId: options.accessKey, secretAccessKey: options.secretKey },
    requestChecksumCalculation: CHECKSUMS[options.checksums],
    responseChecksumValidation: CHECKSUMS[options.checksums],
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, httpAgent: { maxSockets: CONNECTIONS_MAX }, httpsAgent: { maxSockets: CONNECTIONS_MAX } },
    ...(options.url !== undefined && { endpoint: options.url, forcePathStyle: true }),
  });
  const store = storeIn(client, options);
  try {
    if (readOnly) await store.list(PROBES, { limit: 1 });
    else await checkConditionalWrites(store);
  } catch (error) {
    client.destroy();
    throw error;
  }
  return store;
}

const CHECKSUMS = { 'when-required': 'WHEN_REQUIRED', 'when-supported': 'WHEN_SUPPORTED' } as const;

function storeIn(client: S3Client, { bucket: Bucket, timeoutMs }: MediaBucketOptions): MediaStore {
  const within = <Value>(ms: number, send: (options: { readonly abortSignal: AbortSignal }) => Promise<Value>) => answered(ms, send);
  return {
    put: async (Key, bytes) => {
      checkKey(Key);
      const ContentLength = bytes instanceof Uint8Array ? bytes.length : bytes.bytes;
      // A stream is read once, and can't be sent a second time: the caller tries again.
      const send = (options: { readonly abortSignal: AbortSignal }) =>
        client.send(new PutObjectCommand({ Bucket, Key, ContentLength, IfNoneMatch: '*', Body: bodyOf(bytes) }), options);
      return within(timeoutMs + ContentLength / BYTES_PER_MS_MIN, async (options) => {
        const answer = await send(options).catch(orStatus);
        if (typeof answer !== 'number') return 'stored';
        if (answer === PRECONDITION_FAILED || answer === CONFLICT) return 'exists';
        throw new MediaUnavailable(`The bucket answered a write with ${answer}.`);
      });
    },
    read: async (Key, range) => {
      checkKey(Key);
      const Range = range === undefined ? undefined : `bytes=${range.from}-${range.to}`;
      return within(timeoutMs, async (options) => {
        const answer = await client.send(new GetObjectCommand({ Bucket, Key, Range }), options).catch(orStatus);
        if (answer === NOT_FOUND) return undefined;
        if (answer === RANGE_NOT_SATISFIABLE) throw new RangeError(`The range begins at ${range?.from}, behind the end.`);
        if (typeof answer === 'number') throw new MediaUnavailable(`The bucket answered a read with ${answer}.`);
        return { bytes: wholeBytesOf(answer), stream: answer.Body as Readable } satisfies StoredMedia;
      });
    },
    remove: async (keys) => {
      checkRemove(keys);
      if (keys.length === 0) return;
      await within(timeoutMs, async (options) => {
        const Delete = { Quiet: true, Objects: keys.map((Key) => ({ Key })) };
        const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }), options);
        if (Errors.length > 0) throw new MediaUnavailable(`The bucket refused to remove ${Errors.length} objects: ${Errors[0]?.Code ?? 'no code'}.`);
      });
    },
    list: (folder, listOptions) => {
      const { after, limit } = checkList(folder, listOptions);
      return within(timeoutMs, async (options) => {
        const command = new ListObjectsV2Command({ Bucket, Prefix: `${folder}/`, MaxKeys: limit, StartAfter: after });
        const { Contents = [] } = await client.send(command, options);
        return Contents.map(({ Key = '', Size = 0, LastModified }) => ({ key: Key, bytes: Size, storedMs: LastModified?.getTime() ?? 0 }));
      });
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

const PRECONDITION_FAILED = 412;
/** Another writes the same object at this moment, and is the first. */
const CONFLICT = 409;
const NOT_FOUND = 404;
const RANGE_NOT_SATISFIABLE = 416;

/** What a caller may make something of; a missing bucket is none of these. */
function orStatus(error: unknown): number {
  if (error instanceof S3ServiceException && error.name !== 'NoSuchBucket' && error.$metadata.httpStatusCode !== undefined) {
    return error.$metadata.httpStatusCode;
  }
  throw error;
}

const bodyOf = (bytes: MediaBytes) => (bytes instanceof Uint8Array ? bytes : createReadStream(bytes.file));

/** `bytes 0-99/1234` of a range. */
function wholeBytesOf({
  ContentRange,
  ContentLength = 0,
}: {
  readonly ContentRange?: string | undefined;
  readonly ContentLength?: number | undefined;
}): number {
  return ContentRange === undefined ? ContentLength : Number(ContentRange.slice(ContentRange.indexOf('/') + 1));
}

async function answered<Value>(ms: number, send: (options: { readonly abortSignal: AbortSignal }) => Promise<Value>): Promise<Value> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    return await send({ abortSignal: late.signal });
  } catch (error) {
    if (error instanceof RangeError || error instanceof MediaUnavailable) throw error;
    throw new MediaUnavailable('The bucket can’t be reached, or doesn’t answer in time.', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The folder of what a start writes and removes. */
const PROBES = 'probes';

/** A server that doesn't know the condition would let one upload write over the other. */
async function checkConditionalWrites(store: MediaStore): Promise<void> {
  const key = `${PROBES}/${randomUUID()}`;
  const outcomes = [await store.put(key, new Uint8Array(1)), await store.put(key, new Uint8Array(1))];
  await store.remove([key]);
  if (outcomes.join() !== 'stored,exists') throw new MediaUnavailable('The S3 server ignores If-None-Match, which uploads are kept apart by.');
}
