/**
 * A document that never changes while the process runs, such as that of an API: encoded once and shared by all responses, so that many
 * requests for it hold no memory. Clients that have it already are told so, and it is compressed for those that take it.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { namesTag, takesGzip } from './send-json.ts';

export type SharedDocument = (request: IncomingMessage, response: ServerResponse) => void;

/** As JSON. */
export function shareDocument(document: object): SharedDocument {
  const bytes = Buffer.from(JSON.stringify(document));
  const tag = `W/"${createHash('sha256').update(bytes).digest('base64url')}"`; // weak: the same for both encodings
  let compressed: Buffer | undefined;
  return ({ headers }, response) => {
    response.setHeader('ETag', tag).setHeader('Cache-Control', 'no-cache').appendHeader('Vary', 'Accept-Encoding');
    if (namesTag(headers['if-none-match'], tag)) return void response.writeHead(304).end();
    const isCompressed = takesGzip(headers['accept-encoding']?.toString());
    const body = isCompressed ? (compressed ??= gzipSync(bytes)) : bytes;
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': body.length,
      ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(body);
  };
}
