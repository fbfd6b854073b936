/** What Mailchimp Transactional's webhooks post: a form with a list of events, signed as Twilio signs. */
import type { Instant } from '../../../domain/shared/instant.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { countIn, instantIn, rowOf, textIn } from '../vendor-values.ts';
import type { CallbackFact, CallbackVerifier, VendorCallback } from '../callbacks.ts';
import { formIn, isSameSignature, signatureOfForm } from '../signed-form.ts';
import type { MailchimpAccount } from './account.ts';

/** A webhook's key is known only once there is the webhook: what asks whether its address answers is signed by this, and has no events. */
const KEY_BEFORE_THERE_IS_ONE = 'test-webhook';

type Account = Pick<MailchimpAccount, 'name' | 'webhookKey'>;

export function mailchimpCallbacks({ name, webhookKey }: Account, { clock }: { readonly clock: () => Instant }): CallbackVerifier {
  return {
    vendor: name,
    verify: ({ url, headers, rawBody }) => {
      const form = formIn(rawBody);
      if (form === undefined) return { refused: 'body-unreadable' };
      const given = headers['x-mandrill-signature'] ?? headers['x-mailchimp-signature'];
      const isSignedBy = (key: string) => typeof given === 'string' && isSameSignature(given, signatureOfForm({ url, form, key }));
      const events = eventsIn(form.get('mandrill_events') ?? '');
      if (events?.length === 0 && isSignedBy(KEY_BEFORE_THERE_IS_ONE)) return [];
      if (webhookKey === undefined) return { refused: 'key-missing' };
      if (!isSignedBy(webhookKey)) return { refused: 'signature-wrong' };
      return events === undefined ? { refused: 'body-unreadable' } : events.map((event) => callbackOf(event, clock()));
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function eventsIn(json: string): readonly Fields[] | undefined {
  try {
    const events: unknown = JSON.parse(json);
    return Array.isArray(events) ? events.filter((event) => typeof event === 'object' && event !== null) : undefined;
  } catch {
    return undefined;
  }
}

const FACTS: Readonly<Record<string, CallbackFact>> = {
  send: 'accepted',
  delivered: 'delivered',
  hard_bounce: 'undelivered',
  soft_bounce: 'undelivered',
  reject: 'undelivered',
  open: 'opened',
  click: 'clicked',
  spam: 'complained',
  unsub: 'unsubscribed',
};

/** Events have no id of their own: the message's, their kind and their second are one. */
function callbackOf(event: Fields, now: Instant): VendorCallback {
  const message = fieldsIn(event['msg']);
  const metadata = fieldsIn(message['metadata']);
  const kind = textIn(event['event']) ?? textIn(event['type']) ?? 'none';
  const what = rowOf(FACTS, kind) ?? 'other';
  const [delivery, attempt, id, to] = [metadata['delivery'], countIn(metadata['attempt']), textIn(event['_id']), textIn(message['email'])];
  return {
    ...(typeof delivery === 'string' && { delivery: delivery as DeliveryId }),
    ...(attempt !== undefined && { attempt }),
    ...(id !== undefined && { vendorId: id }),
    callback: `${id ?? ''}.${kind}.${textIn(event['ts']) ?? ''}`,
    at: instantIn(event['ts']) ?? now,
    what,
    ...(what === 'undelivered' && { reason: reasonOf(kind, message['bounce_description']) }),
    ...(what === 'other' && { reason: kind }),
    ...(kind === 'hard_bounce' && { endpointLost: 'hard-bounce' as const }),
    ...(to !== undefined && { to }),
  };
}

const fieldsIn = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** Its own classification; the diagnosis of a recipient's server can name the person. */
const reasonOf = (kind: string, description: unknown): string =>
  (typeof description === 'string' && /^[a-z_]{1,60}$/.test(description) ? description : kind).replaceAll('_', '-');
