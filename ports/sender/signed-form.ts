/**
 * How Twilio and Mailchimp Transactional sign a form that they post: HMAC-SHA1, in base64, over the exact public address, followed by each
 * field's name and value, the names in order.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** No vendor posts so many; whoever posts more has signed nothing, and each costs time before that is known. */
export const FORM_FIELDS_MAX = 1_000;

/** undefined: it has more fields than any vendor's. */
export function formIn(rawBody: Buffer): URLSearchParams | undefined {
  let fields = 1;
  for (let at = rawBody.indexOf('&'); at !== -1; at = rawBody.indexOf('&', at + 1)) {
    fields += 1;
    if (fields > FORM_FIELDS_MAX) return undefined;
  }
  return new URLSearchParams(rawBody.toString('utf8'));
}

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
