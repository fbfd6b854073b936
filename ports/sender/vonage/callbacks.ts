/** What Vonage sends: receipts of messages, and messages that people send to our numbers; as JSON, as a form or in the address, as its settings say. */
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { rowOf, textIn } from '../vendor-values.ts';
import type { CallbackFact, CallbackRequest, CallbackVerifier, VendorCallback } from '../callbacks.ts';
import { FORM_FIELDS_MAX, formIn } from '../signed-form.ts';
import { stopWordIn } from '../sms/stop-words.ts';
import type { VonageAccount } from './account.ts';
import { VONAGE_RECEIPT_FAILURES } from './outcome.ts';
import { isSignedByFields, isSignedByToken, type Fields } from './signature.ts';

type Account = Pick<VonageAccount, 'name' | 'apiKey' | 'signatureSecret'>;

export function vonageCallbacks({ name, apiKey, signatureSecret }: Account, { clock }: { readonly clock: () => Instant }): CallbackVerifier {
  return {
    vendor: name,
    verify: (request) => {
      if (signatureSecret === undefined) return { refused: 'key-missing' };
      const fields = fieldsIn(request);
      if (fields === undefined) return { refused: 'body-unreadable' };
      if (!isSignedByFields(fields, signatureSecret) && !isSignedByToken(request, signatureSecret)) return { refused: 'signature-wrong' };
      if ((fields['api-key'] ?? apiKey) !== apiKey) return { refused: 'account-other' };
      const message = fields['messageId'] ?? fields['message-id'];
      if (message === undefined || message === '') return { refused: 'message-missing' };
      const at = timeIn(fields) ?? clock();
      return [fields['status'] === undefined ? inbound(fields, { message, at }) : receipt(fields, { message, at, status: fields['status'] })];
    },
  };
}

function fieldsIn({ url, method, headers, rawBody }: CallbackRequest): Fields | undefined {
  if (method === 'GET') return Object.fromEntries(new URLSearchParams(url.slice(url.indexOf('?') + 1)));
  if (!String(headers['content-type'] ?? '').includes('json')) {
    const form = formIn(rawBody);
    return form === undefined ? undefined : Object.fromEntries(form);
  }
  try {
    const fields: unknown = JSON.parse(rawBody.toString('utf8'));
    if (typeof fields !== 'object' || fields === null) return undefined;
    const entries = Object.entries(fields);
    if (entries.length > FORM_FIELDS_MAX) return undefined;
    return Object.fromEntries(entries.map(([field, value]) => [field, textIn(value) ?? JSON.stringify(value)]));
  } catch {
    return undefined;
  }
}

const FACTS: Readonly<Record<string, CallbackFact>> = {
  accepted: 'accepted',
  buffered: 'accepted',
  delivered: 'delivered',
  expired: 'undelivered',
  failed: 'undelivered',
  rejected: 'undelivered',
  deleted: 'undelivered',
};

type Receipt = { readonly message: string; readonly at: Instant; readonly status: string };

/** One for each part of a message: all have the ids that rode with it. */
function receipt(fields: Fields, { message, at, status }: Receipt): VendorCallback {
  const what = rowOf(FACTS, status) ?? 'other';
  const code = fields['err-code'] ?? '';
  const failure = rowOf(VONAGE_RECEIPT_FAILURES, code);
  const to = fields['msisdn'];
  return {
    ...idsIn(fields['client-ref'] ?? ''),
    vendorId: message,
    callback: `${message}.${status}.${code}`,
    at,
    what,
    ...(what === 'undelivered' && { reason: failure?.reason ?? (Number(code) > 0 ? `vonage-${code}` : status) }),
    ...(what === 'other' && { reason: status }),
    ...(what === 'undelivered' && failure?.isLost === true && { endpointLost: 'hard-bounce' as const }),
    ...(to !== undefined && { to: withPlus(to) }),
  };
}

function inbound(fields: Fields, { message, at }: Pick<Receipt, 'message' | 'at'>): VendorCallback {
  const what = stopWordIn(fields['text'] ?? '') ?? 'other';
  const [from, to] = [fields['msisdn'], fields['to']];
  return {
    callback: message,
    at,
    what,
    ...(what === 'other' && { reason: 'inbound' }),
    ...(from !== undefined && { from: withPlus(from) }),
    ...(to !== undefined && { to: withPlus(to) }),
  };
}

/** `<delivery>.<attempt>` */
function idsIn(reference: string): Pick<VendorCallback, 'delivery' | 'attempt'> {
  const [, delivery, attempt] = /^(.+)\.(\d{1,9})$/.exec(reference) ?? [];
  return delivery === undefined ? {} : { delivery: delivery as DeliveryId, attempt: Number(attempt) };
}

/** `2026-01-01 00:00:00`, in UTC. */
function timeIn(fields: Fields): Instant | undefined {
  const ms = Date.parse(`${(fields['message-timestamp'] ?? '').replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : instant(ms);
}

/** Names of senders stay as they are. */
const withPlus = (number: string): string => (/^\d+$/.test(number) ? `+${number}` : number);
