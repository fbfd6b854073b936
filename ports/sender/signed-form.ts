/**
 * How Twilio and Mailchimp Transactional sign a form that they post: HMAC-SHA1, in base64, over the exact public address, followed by each
 * field's name and value, the names in order.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type SignedForm = { readonly url: string; readonly form: URLSearchParams; readonly key: string };

export function signatureOfForm({ url, form, key }: SignedForm): string {
  const names = [...new Set(form.keys())].sort();
  // A name that comes more than once counts with each of its values once, in order.
  const fields = names.flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value));
  return createHmac('sha1', key)
    .update(url + fields.join(''))
    .digest('base64');
}

/** In a time that says nothing of where they differ. */
export function isSameSignature(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
