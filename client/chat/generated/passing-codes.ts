// Made of the server’s own document by `npm run client:types`; edit that, and not this.
export const PASSING_CODES: ReadonlySet<string> = new Set([
  'write-contention',
  'rate-limited',
  'gateway-full',
  'queue-full',
  'log-unavailable',
  'store-unavailable',
  'views-not-ready',
  'views-damaged',
  'position-not-reached',
  'internal-error',
  'content-unchecked',
  'same-text',
  'quota-exceeded',
]);
