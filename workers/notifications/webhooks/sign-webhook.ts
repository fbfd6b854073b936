/** Standard Webhooks: what a message carries so that its receiver knows that it is ours, whole, new, and the same as one that came before. */
import { createHmac } from 'node:crypto';
import { epochMs, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';

type Signed = { readonly id: string; readonly body: string; readonly at: Instant };

/** A signature with each secret, so that one that is replaced is good until its receiver knows the new one. */
export function webhookHeaders(secrets: readonly string[], { id, body, at }: Signed): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(epochMs(at) / SECOND_MS));
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', keyIn(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  return { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

const keyIn = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
