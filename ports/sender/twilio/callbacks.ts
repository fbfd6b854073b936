/** What Twilio posts: the status of messages, and messages that people send to our numbers. */
import type { Instant } from '../../../domain/shared/instant.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { countIn, rowOf } from '../vendor-values.ts';
import type { CallbackFact, CallbackRequest, CallbackVerifier, VendorCallback } from '../callbacks.ts';
import { formIn, isSameSignature, signatureOfForm } from '../signed-form.ts';
import { stopWordIn } from '../sms/stop-words.ts';
import type { TwilioAccount } from './account.ts';
import { TWILIO_FAULTS } from './error-codes.ts';

export function twilioCallbacks(
  { name, authToken }: Pick<TwilioAccount, 'name' | 'authToken'>,
  { clock }: { readonly clock: () => Instant },
): CallbackVerifier {
  return {
    vendor: name,
    verify: (request) => {
      const form = formIn(request.rawBody);
      if (form === undefined) return { refused: 'body-unreadable' };
      if (!isSigned(request, form, authToken)) return { refused: 'signature-wrong' };
      const message = form.get('MessageSid') ?? form.get('SmsSid');
      if (message === null || message === '') return { refused: 'message-missing' };
      const status = form.get('MessageStatus');
      return [status === null ? inbound(form, message, clock()) : statusOf(form, { request, message, status, at: clock() })];
    },
  };
}

/** Twilio signs an address that has a port now with it and now without (its own libraries try both), so that either is taken. */
function isSigned({ url, headers }: CallbackRequest, form: URLSearchParams, key: string): boolean {
  const given = headers['x-twilio-signature'];
  if (typeof given !== 'string') return false;
  return spellingsOf(url).some((spelling) => isSameSignature(given, signatureOfForm({ url: spelling, form, key })));
}

/** The address as it is, without a port, and with that of its scheme. It isn't parsed: that would spell it anew. */
function spellingsOf(url: string): readonly string[] {
  const [, origin, rest] = /^(https?:\/\/(?:\[[^\]]*\]|[^/?#:]*))(?::\d+)?(.*)$/s.exec(url) ?? [];
  if (origin === undefined || rest === undefined) return [url];
  return [url, origin + rest, `${origin}:${origin.startsWith('https:') ? 443 : 80}${rest}`];
}

/** `sent` is what a carrier has taken: it says no more of the person than `queued` does. */
const FACTS: Readonly<Record<string, CallbackFact>> = {
  accepted: 'accepted',
  scheduled: 'accepted',
  queued: 'accepted',
  sending: 'accepted',
  sent: 'accepted',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'undelivered',
  canceled: 'undelivered',
};

type Status = { readonly request: CallbackRequest; readonly message: string; readonly status: string; readonly at: Instant };

function statusOf(form: URLSearchParams, { request, message, status, at }: Status): VendorCallback {
  const what = rowOf(FACTS, status) ?? 'other';
  const code = Number(form.get('ErrorCode') ?? '');
  const fault = TWILIO_FAULTS[code];
  const to = form.get('To');
  return {
    ...idsIn(request.url),
    vendorId: message,
    callback: `${message}.${status}`,
    at,
    what,
    ...(what === 'undelivered' && { reason: fault?.reason ?? (code > 0 ? `twilio-${code}` : status) }),
    ...(what === 'other' && { reason: status }),
    ...(what === 'undelivered' && fault?.blame === 'number' && { endpointLost: 'hard-bounce' as const }),
    ...(to !== null && { to }),
  };
}

/** They rode in the address that the message was sent with. */
function idsIn(url: string): Pick<VendorCallback, 'delivery' | 'attempt'> {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const [delivery, attempt] = [query.get('delivery'), countIn(query.get('attempt'))];
  return {
    ...(delivery !== null && delivery !== '' && { delivery: delivery as DeliveryId }),
    ...(attempt !== undefined && { attempt }),
  };
}

/** `OptOutType` comes where Twilio itself answers the words that an operator has told it, in whatever language. */
function inbound(form: URLSearchParams, message: string, at: Instant): VendorCallback {
  const told = form.get('OptOutType')?.toLowerCase();
  const what = told === 'stop' || told === 'start' ? told : (stopWordIn(form.get('Body') ?? '') ?? 'other');
  const [from, to, service] = [form.get('From'), form.get('To'), form.get('MessagingServiceSid')];
  return {
    callback: message,
    at,
    what,
    ...(what === 'other' && { reason: 'inbound' }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...(service !== null && service !== '' && { service }),
  };
}
