/** A message as `firebase-admin` takes it. A token of FCM is an Android device's or one of Apple's, and the message says what either is to show. */
import { createHash } from 'node:crypto';
import type { AndroidConfig, AndroidNotification, ApnsConfig, TokenMessage } from 'firebase-admin/messaging';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { InterruptionLevel } from '../../../domain/notifications/request-fields.ts';
import { DAY_MS, epochMs, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { apnsPriorityOf, apsOf, collapseIdOf } from '../apns/aps.ts';
import type { Attempt } from '../port.ts';
import { dataForDevice, jsonBytes, payloadThatFits, PUSH_PAYLOAD_MAX_BYTES } from '../push-payload.ts';

const TTL_MAX_MS = 28 * DAY_MS;

export type FcmRefusal = 'payload-too-large' | 'data-key-reserved';
export type FcmRequest = { readonly message: TokenMessage } | { readonly refused: FcmRefusal };

/** Of an attempt at a push. */
export function fcmRequestOf(attempt: Attempt, token: string, now: Instant): FcmRequest {
  if (Object.keys(attempt.content.push?.data ?? {}).some(isReserved)) return { refused: 'data-key-reserved' };
  const message = payloadThatFits(attempt.content, (content) => messageOf({ ...attempt, content }, token, now), fits);
  return message === undefined ? { refused: 'payload-too-large' } : { message };
}

/** What FCM itself puts into the data. */
const isReserved = (key: string): boolean => key === 'from' || key === 'message_type' || key.startsWith('google') || key.startsWith('gcm');

/** FCM counts what it is given to show and to pass on, APNs what it gets of FCM for one of Apple's devices. */
function fits({ notification, data, android, apns }: TokenMessage): boolean {
  const atFcm = jsonBytes({ notification, data, android: android?.notification, apns: apns?.payload });
  const atApns = jsonBytes({ aps: { ...apns?.payload?.aps, alert: notification }, ...data });
  return Math.max(atFcm, atApns) <= PUSH_PAYLOAD_MAX_BYTES;
}

function messageOf(attempt: Attempt, token: string, now: Instant): TokenMessage {
  const { title, body, push } = attempt.content;
  return {
    token,
    notification: { ...(title !== undefined && { title }), body, ...(push?.image !== undefined && { imageUrl: push.image }) },
    data: { ...dataForDevice(attempt) },
    android: androidOf(attempt),
    apns: appleOf(attempt, now),
  };
}

function androidOf(attempt: Attempt): AndroidConfig {
  const { priority, collapseKey, ttlSeconds, content } = attempt;
  return {
    priority: priority === 'high' && content.push?.interruptionLevel !== 'passive' ? 'high' : 'normal',
    collapseKey,
    ttl: Math.min(ttlSeconds * SECOND_MS, TTL_MAX_MS),
    notification: androidNotificationOf(content, collapseKey),
  };
}

/** The tag replaces what is shown already, the collapse key what waits for a device that is off. */
function androidNotificationOf({ push = {} }: ChannelContent, tag: string): AndroidNotification {
  const { androidChannel, sound, badge, interruptionLevel } = push;
  return {
    tag,
    ...(androidChannel !== undefined && { channelId: androidChannel }),
    ...(sound !== undefined && { sound }),
    ...(badge !== undefined && badge > 0 && { notificationCount: badge }),
    ...(interruptionLevel !== undefined && { priority: ANDROID_PRIORITIES[interruptionLevel] }),
  };
}

const ANDROID_PRIORITIES: Readonly<Record<InterruptionLevel, NonNullable<AndroidNotification['priority']>>> = {
  passive: 'low',
  active: 'default',
  'time-sensitive': 'high',
  critical: 'max',
};

function appleOf(attempt: Attempt, now: Instant): ApnsConfig {
  // FCM makes the alert of the notification itself.
  const { sound, alert: _alert, ...aps } = apsOf(attempt.content, attempt.category);
  return {
    headers: {
      'apns-priority': apnsPriorityOf(attempt),
      'apns-expiration': String(Math.floor(epochMs(plus(now, attempt.ttlSeconds * SECOND_MS)) / SECOND_MS)),
      'apns-collapse-id': collapseIdOf(attempt.collapseKey, digestOf),
    },
    payload: { aps: { ...aps, ...(sound !== undefined && { sound: typeof sound === 'string' ? sound : { ...sound, critical: true } }) } },
    ...(attempt.content.push?.image !== undefined && { fcmOptions: { imageUrl: attempt.content.push.image } }),
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
