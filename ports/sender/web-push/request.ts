/** A push as a browser's push service takes it: encrypted for the browser (RFC 8291), signed by us (RFC 8292), with how urgent it is (RFC 8030). */
import { createHash } from 'node:crypto';
import webPush from 'web-push';
import { DAY_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { bytesIn } from '../../../domain/shared/text/text.ts';
import type { Attempt } from '../port.ts';
import { dataForDevice, payloadThatFits, PUSH_PAYLOAD_MAX_BYTES } from '../push-payload.ts';
import type { WebPushAccount } from './account.ts';
import { subscriptionIn } from './subscription.ts';

/** In one record of aes128gcm: a header of 86, the end mark, and a tag of 16. */
const ENCRYPTION_BYTES = 103;
const PLAIN_MAX_BYTES = PUSH_PAYLOAD_MAX_BYTES - ENCRYPTION_BYTES;
const TTL_MAX_SECONDS = (28 * DAY_MS) / SECOND_MS;
/** A topic has at most 32 letters of base64url. */
const TOPIC_BYTES = 24;

export type WebPushMessage = { readonly endpoint: URL; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
export type WebPushRequest = WebPushMessage | { readonly refused: 'subscription-malformed' | 'subject-malformed' | 'payload-too-large' };

export function webPushRequestOf(attempt: Attempt, token: string, account: WebPushAccount): WebPushRequest {
  const subscription = subscriptionIn(token);
  if (subscription === undefined) return { refused: 'subscription-malformed' };
  const payload = payloadThatFits(
    attempt.content,
    (content) => payloadOf({ ...attempt, content }),
    (json) => bytesIn(json) <= PLAIN_MAX_BYTES,
  );
  if (payload === undefined) return { refused: 'payload-too-large' };
  const { endpoint, p256dh, auth } = subscription;
  const subject = attempt.identity?.webPush?.subject ?? account.subject;
  if (!URL.canParse(subject)) return { refused: 'subject-malformed' };
  const { headers, body } = webPush.generateRequestDetails({ endpoint: endpoint.href, keys: { p256dh, auth } }, payload, {
    vapidDetails: { subject, publicKey: account.publicKey, privateKey: account.privateKey },
    TTL: Math.min(attempt.ttlSeconds, TTL_MAX_SECONDS),
    contentEncoding: 'aes128gcm',
    urgency: urgencyOf(attempt),
    topic: topicOf(attempt.collapseKey),
  });
  return { endpoint, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])), body };
}

/** A browser that saves its battery waits with what isn't urgent. */
function urgencyOf({ priority, content: { push } }: Attempt): 'very-low' | 'low' | 'normal' | 'high' {
  if (push?.interruptionLevel === 'passive') return 'very-low';
  return priority;
}

/** Replaces what waits with the same topic. */
const topicOf = (collapseKey: string): string => createHash('sha256').update(collapseKey).digest().subarray(0, TOPIC_BYTES).toString('base64url');

/** What `showNotification` takes stands apart from what the page needs to open the thing. */
function payloadOf(attempt: Attempt): string {
  const { title, body, push = {} } = attempt.content;
  const { image, badge, interruptionLevel, actions = [], sound } = push;
  return JSON.stringify({
    notification: {
      ...(title !== undefined && { title }),
      body,
      tag: attempt.collapseKey,
      ...(image !== undefined && { image }),
      ...(actions.length > 0 && { actions: actions.map(({ id, title: label, url }) => ({ action: id, title: label, ...(url !== undefined && { url }) })) }),
      ...(interruptionLevel === 'passive' && { silent: true }),
      ...(['time-sensitive', 'critical'].includes(interruptionLevel ?? '') && { requireInteraction: true }),
    },
    ...(badge !== undefined && { badge }),
    ...(sound !== undefined && { sound }),
    data: webDataOf(attempt),
  });
}

/** The buttons stand with the notification. */
function webDataOf(attempt: Attempt): Readonly<Record<string, string>> {
  const { push, ...content } = attempt.content;
  const { actions: _actions, ...shown } = push ?? {};
  return dataForDevice({ ...attempt, content: { ...content, push: shown } });
}
