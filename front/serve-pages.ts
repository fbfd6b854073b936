/** Serves the pages: one document for every address of the application, and what it loads. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeOf } from '../web/app/addresses.ts';
import type { Asset, Pages } from './bundle.ts';
import { refuse } from './refuse.ts';

/** Nothing but our own files and calls, no script or style within a page, and nothing that makes text into either. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "manifest-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');
const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(self)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const OK = 200;
const NOT_MODIFIED = 304;
const NOT_FOUND = 404;

export const servePages = (pages: Pages, path: string, request: IncomingMessage, response: ServerResponse): void =>
  serveFiles(pages, { path, isPage: routeOf(path).page !== 'unknown' }, request, response);

/** `isPage`: whether the document is shown at the path. */
export function serveFiles(
  { document, assets, named }: Pages,
  { path, isPage }: { readonly path: string; readonly isPage: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  request.resume();
  const { method = 'GET' } = request;
  const asset = assets.get(path);
  const shown = asset ?? named?.get(path) ?? (isPage ? document : undefined);
  // Somebody who mistyped an address is told so by a page; a program by a problem.
  if (shown === undefined && isNavigation(request)) return sendAsset(document, request, response, { status: NOT_FOUND, caching: 'no-cache' });
  if (shown === undefined) return refuse(response, { code: 'route-unknown' });
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, { code: 'method-not-allowed', facts: { method } });
  sendAsset(shown, request, response, { status: OK, caching: asset === undefined ? 'no-cache' : 'public, max-age=31536000, immutable' });
}

/** Browsers say so of what they show as a page (Fetch Metadata). */
const isNavigation = ({ method, headers }: IncomingMessage): boolean => method === 'GET' && headers['sec-fetch-mode'] === 'navigate';

type Sending = { readonly status: number; readonly caching: string };

function sendAsset(
  { type, body, compressed, etag }: Asset,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { status, caching }: Sending,
): void {
  const common = { ...PAGE_HEADERS, etag, vary: 'Accept-Encoding', 'cache-control': caching };
  if (status === OK && headers['if-none-match'] === etag) return void response.writeHead(NOT_MODIFIED, common).end();
  const isCompressed = /\bgzip\b/.test(String(headers['accept-encoding'] ?? ''));
  const sent = isCompressed ? compressed : body;
  response.writeHead(status, { ...common, ...(isCompressed ? { 'content-encoding': 'gzip' } : {}), 'content-type': type, 'content-length': sent.length });
  response.end(method === 'HEAD' ? undefined : sent);
}
