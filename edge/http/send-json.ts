/**
 * Sends a response of JSON: compressed where the client takes that and it is long enough to be worth it, and, of a route that may be asked
 * again for the same thing, with a tag of its content: a client that names the tag and has the content still is told so, with nothing more.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** Shorter ones fit into a packet, or nearly. */
export const COMPRESSED_FROM_BYTES = 2_048;
/** The fastest: most of what there is to save, it saves. */
const LEVEL = constants.Z_BEST_SPEED;

const compress = promisify(gzip);

type JsonConfig = {
  /** Larger ones are a fault of the route. */
  readonly responseBytesMax: number;
  /** 0: none is compressed. */
  readonly compressedFromBytes: number;
  readonly revalidates: boolean;
};

/** Answers how many bytes the response has for its receiver, however few were sent: they are what was worked for. */
export async function sendJson(
  request: Pick<Request, 'get' | 'method'>,
  response: Response,
  body: unknown,
  { responseBytesMax, compressedFromBytes, revalidates }: JsonConfig,
): Promise<number> {
  const text = Buffer.from(JSON.stringify(body)); // encoded once, for the tag, the compression and the wire
  const bytes = text.length;
  if (bytes > responseBytesMax) throw new Error(`A response of ${bytes} bytes is larger than any may be; the route has to answer in pages.`);
  if (revalidates) {
    // Weak: the same for both encodings. It is computed of what is answered now, so a 304 is as fresh as any answer.
    const tag = `W/"${hash('sha256', text, 'base64url')}"`;
    response.set({ ETag: tag, 'Cache-Control': 'private, no-cache' }).vary('Authorization');
    if (response.statusCode === 200 && namesTag(request.get('if-none-match'), tag)) {
      response.status(304).end();
      return 0;
    }
  }
  response.set('Content-Type', 'application/json; charset=utf-8');
  const mayCompress = compressedFromBytes > 0 && bytes >= compressedFromBytes && request.method === 'GET';
  if (mayCompress) response.vary('Accept-Encoding');
  const sent = mayCompress && takesGzip(request.get('accept-encoding')) ? await compress(text, { level: LEVEL }) : undefined;
  if (sent !== undefined) response.set('Content-Encoding', 'gzip');
  response.set('Content-Length', String(sent?.length ?? bytes)).end(sent ?? text);
  return bytes;
}

/** RFC 9110, 12.5.3. */
export const takesGzip = (acceptEncoding: string | undefined): boolean => /\bgzip\b(?!\s*;\s*q=0(\.0*)?(?![.\d]))/i.test(acceptEncoding ?? '');

/** RFC 9110, 13.1.2: compared weakly. */
export const namesTag = (ifNoneMatch: string | undefined, tag: string): boolean => {
  const opaque = tag.replace(/^W\//, '');
  return ifNoneMatch?.split(',').some((known) => known.trim() === '*' || known.trim().replace(/^W\//, '') === opaque) === true;
};
