/** Cross-origin requests: which pages may call us from a browser. There are no cookies, so naming the origin is enough. */
import type { RequestHandler } from 'express';
import { isAllowedOrigin, type AllowedOrigins } from '../network/origins.ts';

const PREFLIGHT_MAX_AGE_SECONDS = 600;
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, Min-Position, Tidings-Position, Last-Event-ID, Range, Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id, Tidings-Reason';
const EXPOSED_HEADERS =
  'Date, ETag, Idempotency-Key, Idempotency-Replayed, Tidings-Position, Retry-After, Location, Tus-Resumable, Upload-Length, Upload-Offset, X-Request-Id';

export function allowOrigins(allowed: AllowedOrigins): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin');
    response.vary('Origin');
    if (origin === undefined || !isAllowedOrigin(allowed, origin)) return next();
    response.set('Access-Control-Allow-Origin', origin);
    response.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) return next();
    response.set('Access-Control-Allow-Methods', METHODS);
    response.set('Access-Control-Allow-Headers', REQUEST_HEADERS);
    response.set('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS));
    response.status(204).end();
  };
}
