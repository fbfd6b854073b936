/** What SendGrid's event webhook posts: lists of events, signed by ECDSA over the time and the raw bytes. */
import { createPublicKey, verify as verifySignature, type KeyObject } from 'node:crypto';
import { epochMs, MINUTE_MS, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { countIn, instantIn, rowOf, textIn } from '../vendor-values.ts';
import type { CallbackFact, CallbackRequest, CallbackVerifier, VendorCallback } from '../callbacks.ts';
import type { SendGridAccount } from './account.ts';
import { vendorIdIn } from './resolve.ts';

/** An older one may be somebody's who has kept it. SendGrid signs each time that it sends. */
const AGE_MAX_MS = 10 * MINUTE_MS;

type Clock = { readonly clock: () => Instant };

/** Throws where the account's key is none. */
export function sendGridCallbacks({ name, webhookPublicKey }: Pick<SendGridAccount, 'name' | 'webhookPublicKey'>, { clock }: Clock): CallbackVerifier {
  const key = webhookPublicKey === undefined ? undefined : publicKeyOf(webhookPublicKey);
  return {
    vendor: name,
    verify: (request) => {
      if (key === undefined) return { refused: 'key-missing' };
      const refused = refusalOf(request, key, clock());
      if (refused !== undefined) return { refused };
      const events = eventsIn(request.rawBody);
      return events === undefined ? { refused: 'body-unreadable' } : events.map((event) => callbackOf(event, clock()));
    },
  };
}

const publicKeyOf = (base64: string): KeyObject => createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });

function refusalOf({ headers, rawBody }: CallbackRequest, key: KeyObject, now: Instant): string | undefined {
  const signature = headers['x-twilio-email-event-webhook-signature'];
  const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
  if (typeof signature !== 'string' || typeof timestamp !== 'string') return 'signature-missing';
  const signed = Buffer.concat([Buffer.from(timestamp), rawBody]);
  if (!verifySignature('sha256', signed, key, Buffer.from(signature, 'base64'))) return 'signature-wrong';
  const age = epochMs(now) - Number(timestamp) * SECOND_MS;
  return Math.abs(age) <= AGE_MAX_MS ? undefined : 'timestamp-old';
}

/** Custom arguments stand among the fields of an event. */
type SendGridEvent = Readonly<Record<string, unknown>>;

function eventsIn(rawBody: Buffer): readonly SendGridEvent[] | undefined {
  try {
    const events: unknown = JSON.parse(rawBody.toString('utf8'));
    return Array.isArray(events) ? events.filter((event) => typeof event === 'object' && event !== null) : undefined;
  } catch {
    return undefined;
  }
}

const FACTS: Readonly<Record<string, CallbackFact>> = {
  processed: 'accepted',
  delivered: 'delivered',
  bounce: 'undelivered',
  dropped: 'undelivered',
  open: 'opened',
  click: 'clicked',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
};

/** Why SendGrid drops a message before it sends it, where it knows that the address is gone. */
const DROPPED_AS_GONE = ['Bounced Address', 'Invalid'];

function callbackOf(event: SendGridEvent, now: Instant): VendorCallback {
  const text = (name: string) => (typeof event[name] === 'string' && event[name] !== '' ? event[name] : undefined);
  const kind = text('event') ?? 'none';
  const what = rowOf(FACTS, kind) ?? 'other';
  const [delivery, messageId, to, attempt] = [text('delivery'), text('sg_message_id'), text('email'), countIn(event['attempt'])];
  return {
    ...(delivery !== undefined && { delivery: delivery as DeliveryId }),
    // A `deferred` event says by the same name how often SendGrid has tried.
    ...(kind !== 'deferred' && attempt !== undefined && { attempt }),
    ...(messageId !== undefined && { vendorId: vendorIdIn(messageId) }),
    callback: text('sg_event_id') ?? `${messageId ?? ''}.${kind}.${textIn(event['timestamp']) ?? ''}.${to ?? ''}`,
    at: instantIn(event['timestamp']) ?? now,
    what,
    ...reasonOf(event, { kind, what }),
    ...(isHardBounce(event, kind) && { endpointLost: 'hard-bounce' as const }),
    ...(isOfMachine(event) && { isMachine: true }),
    ...(to !== undefined && { to }),
  };
}

/** The vendor's words can quote the recipient's server, and with it the person: only its own classification is kept. */
function reasonOf(event: SendGridEvent, { kind, what }: { readonly kind: string; readonly what: CallbackFact }): { readonly reason?: string } {
  if (what === 'other') return { reason: kind };
  if (what !== 'undelivered') return {};
  const classification = event[kind === 'bounce' ? 'bounce_classification' : 'reason'];
  const known = typeof classification === 'string' && /^[A-Za-z ]{1,60}$/.test(classification) ? classification.toLowerCase().replaceAll(' ', '-') : kind;
  return { reason: kind === 'bounce' && event['type'] === 'blocked' ? `blocked: ${known}` : known };
}

/** `blocked` is a server that refuses for now, or refuses us. */
const isHardBounce = (event: SendGridEvent, kind: string): boolean =>
  (kind === 'bounce' && (event['type'] ?? 'bounce') === 'bounce') || (kind === 'dropped' && DROPPED_AS_GONE.includes(textIn(event['reason']) ?? ''));

const isOfMachine = (event: SendGridEvent): boolean => event['sg_machine_open'] === true || event['sg_machine_open'] === 'true';
