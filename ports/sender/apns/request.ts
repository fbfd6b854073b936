/** A push as APNs takes it: https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns */
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import { epochMs, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Attempt } from '../port.ts';
import { dataForDevice, payloadThatFits, PUSH_PAYLOAD_MAX_BYTES } from '../push-payload.ts';
import { bytesIn } from '../../../domain/shared/text/text.ts';
import { apnsPriorityOf, apsOf, collapseIdOf } from './aps.ts';

const ID_NAMESPACE = '4d2f3b0e-6a1c-5f7e-9b58-0c1d2e3f4a5b';
const DEVICE_TOKEN = /^(?:[0-9a-fA-F]{2}){8,100}$/;

export type ApnsRequest =
  | { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly refused: 'token-malformed' | 'payload-too-large' | 'data-key-reserved' };

/** `authorization` comes later: it changes, and the rest doesn't. */
export function apnsRequestOf(attempt: Attempt, token: string, { topic, now }: { readonly topic: string; readonly now: Instant }): ApnsRequest {
  if (!DEVICE_TOKEN.test(token)) return { refused: 'token-malformed' };
  if ('aps' in (attempt.content.push?.data ?? {})) return { refused: 'data-key-reserved' };
  const body = payloadThatFits(
    attempt.content,
    (content) => bodyOf({ ...attempt, content }),
    (json) => bytesIn(json) <= PUSH_PAYLOAD_MAX_BYTES,
  );
  if (body === undefined) return { refused: 'payload-too-large' };
  return {
    path: `/3/device/${token}`,
    headers: {
      'apns-push-type': 'alert',
      'apns-id': apnsIdOf(attempt),
      'apns-topic': topic,
      'apns-priority': apnsPriorityOf(attempt),
      'apns-expiration': String(Math.floor(epochMs(plus(now, attempt.ttlSeconds * SECOND_MS)) / SECOND_MS)),
      'apns-collapse-id': collapseIdOf(attempt.collapseKey, digestOf),
    },
    body,
  };
}

/** The same for the same attempt, so that what Apple's log says of it can be found. */
export const apnsIdOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>): string => v5(`${delivery} ${attempt}`, ID_NAMESPACE);

function bodyOf(attempt: Attempt): string {
  const content: ChannelContent = attempt.content;
  return JSON.stringify({
    ...dataForDevice(attempt),
    ...(content.push?.image !== undefined && { image: content.push.image }),
    aps: apsOf(content, attempt.category),
  });
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
