/** Reads the bytes of a body, bounded, and parses the JSON in them. */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../../domain/shared/decider.ts';

export type Body = { readonly outcome: 'accepted'; readonly bytes: Uint8Array } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Throws when the client disconnects in the middle of the body. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Body> {
  // A compressed body could have any size once expanded, and an app signs the bytes that it sends.
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return { outcome: 'refused', refusal: { code: 'unsupported-media-type' } };
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return tooLarge(bytesMax);
  const chunks: Buffer[] = [];
  let bytes = 0;
  const received = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of received) {
    bytes += chunk.length;
    if (bytes > bytesMax) return tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return { outcome: 'accepted', bytes: Buffer.concat(chunks) };
}

/** The value is undefined where there is no body. */
export function parseBody(
  bytes: Uint8Array,
  contentType: string | undefined,
): { readonly outcome: 'accepted'; readonly value: unknown } | { readonly outcome: 'refused'; readonly refusal: Refusal } {
  if (bytes.length === 0) return { outcome: 'accepted', value: undefined };
  if (!/^application\/json *(;|$)/i.test(contentType ?? '')) return { outcome: 'refused', refusal: { code: 'unsupported-media-type' } };
  try {
    return { outcome: 'accepted', value: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch {
    return { outcome: 'refused', refusal: { code: 'bad-json' } };
  }
}

/** Throws on bytes that are not UTF-8, instead of replacing them. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const tooLarge = (maxBytes: number): Body => ({ outcome: 'refused', refusal: { code: 'body-too-large', facts: { maxBytes } } });
