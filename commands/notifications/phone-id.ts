import { createHmac } from 'node:crypto';

/** The HMAC of a phone's number: the name of the stream of what it has stopped. The same number has the same one, and nobody can tell from it which. */
export const phoneIdOf = (secret: Uint8Array, phone: string): string =>
  createHmac('sha256', secret).update(`phone\n${phone.trim()}`).digest('base64url').slice(0, 32);
