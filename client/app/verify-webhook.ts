/** What Tidings sends to an app's endpoint is signed by the Standard Webhooks specification (standardwebhooks.com, version 1). */

export type WebhookHeaders = { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The message isn't from this Tidings, or is older than the tolerance: don't believe it. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

export const WEBHOOK_TOLERANCE_MS = 5 * 60 * 1_000;
const PREFIX = 'whsec_';
const VERSION = 'v1,';

/** `body`: the bytes as they came, not parsed and written again. Resolves with what it says; `id` is the same for each time it is sent. */
export async function verifyWebhook(
  secret: string,
  { headers, body }: { readonly headers: WebhookHeaders; readonly body: string },
  { nowMs = Date.now() }: { readonly nowMs?: number } = {},
): Promise<{ readonly id: string; readonly event: unknown }> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headerOf(headers, name));
  if (id === undefined || timestamp === undefined || signatures === undefined) throw new WebhookRefused('The message has no signature.');
  const sentMs = Number(timestamp) * 1_000;
  if (!(Math.abs(nowMs - sentMs) <= WEBHOOK_TOLERANCE_MS)) throw new WebhookRefused('The message was signed too long ago, or one of the two clocks is wrong.');
  const key = await crypto.subtle.importKey(
    'raw',
    bytesOf(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  for (const signature of signatures.split(' ')) {
    if (!signature.startsWith(VERSION)) continue;
    if (await crypto.subtle.verify('HMAC', key, bytesOf(signature.slice(VERSION.length)), signed)) return { id, event: JSON.parse(body) as unknown };
  }
  throw new WebhookRefused('The signature is another one: the message is not from this Tidings, was changed, or the secret is not the newest.');
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  const value = typeof headers.get === 'function' ? (headers.get as (name: string) => string | null)(name) : (headers as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new WebhookRefused('The secret or the signature is not Base64.');
  }
}
