/** Reads the bytes of a body, bounded, and parses the JSON in them. */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { ReceivedBytes } from '../overload/received-bytes.ts';

export type Body = { readonly outcome: 'accepted'; readonly bytes: Uint8Array } | { readonly outcome: 'refused'; readonly refusal: Refusal };

type BodyBounds = { readonly bytesMax: number; readonly receivedBytes: ReceivedBytes };

/** Throws when the client disconnects in the middle of the body, or is disconnected because too many bytes are being received. */
export async function readBody(request: IncomingMessage, { bytesMax, receivedBytes }: BodyBounds): Promise<Body> {
  const { headers } = request;
  // A compressed body could have any size once expanded, and an app signs the bytes that it sends.
  const isEncoded = (headers['content-encoding'] ?? 'identity') !== 'identity' || (headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked';
  if (isEncoded) return { outcome: 'refused', refusal: { code: 'unsupported-media-type' } };
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > bytesMax) return tooLarge(bytesMax);
  if (announced === 0 && headers['transfer-encoding'] === undefined) return { outcome: 'accepted', bytes: NO_BYTES };
  using receiving = receivedBytes.begin(() => void request.destroy());
  const chunks: Buffer[] = [];
  let bytes = 0;
  const received = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of received) {
    bytes += chunk.length;
    if (bytes > bytesMax) return tooLarge(bytesMax);
    receiving.add(chunk.length + CHUNK_OVERHEAD_BYTES);
    chunks.push(chunk);
  }
  return { outcome: 'accepted', bytes: Buffer.concat(chunks) };
}

/** A chunk holds so much memory beside its bytes, which may be one. */
const CHUNK_OVERHEAD_BYTES = 200;

export const NO_BYTES = new Uint8Array(0);

/** The value is undefined where there is no body. */
export function parseBody(
  bytes: Uint8Array,
  contentType: string | undefined,
): { readonly outcome: 'accepted'; readonly value: unknown } | { readonly outcome: 'refused'; readonly refusal: Refusal } {
  if (bytes.length === 0) return { outcome: 'accepted', value: undefined };
  const { charset = 'utf-8' } = /^application\/json *(?:$|;)(?:.*charset="?(?<charset>[^";]*))?/i.exec(contentType ?? '')?.groups ?? { charset: 'none' };
  if (charset.trim().toLowerCase() !== 'utf-8') return { outcome: 'refused', refusal: { code: 'unsupported-media-type' } };
  try {
    return { outcome: 'accepted', value: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch {
    return { outcome: 'refused', refusal: { code: 'bad-json' } };
  }
}

/** Throws on bytes that are not UTF-8, instead of replacing them. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const tooLarge = (maxBytes: number): Body => ({ outcome: 'refused', refusal: { code: 'body-too-large', facts: { maxBytes } } });
