/** A push as JPush takes it: https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_push. The same registration id may be an Android device's or one of Apple's. */
import { createHash } from 'node:crypto';
import type { ChannelContent } from '../../../domain/notifications/content.ts';
import type { InterruptionLevel } from '../../../domain/notifications/request-fields.ts';
import { DAY_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { apsOf, collapseIdOf } from '../apns/aps.ts';
import type { Attempt } from '../port.ts';
import { dataForDevice, jsonBytes, payloadThatFits } from '../push-payload.ts';

const ANDROID_MAX_BYTES = 4_000;
const APPLE_MAX_BYTES = 3_584;
const TTL_MAX_SECONDS = (10 * DAY_MS) / SECOND_MS;
const REGISTRATION_ID = /^[A-Za-z0-9_-]{8,64}$/;
/** A notification with a big picture. */
const STYLE_PICTURE = 3;

export type JpushRequest = { readonly body: string } | { readonly refused: 'token-malformed' | 'payload-too-large' };

export function jpushRequestOf(attempt: Attempt, registrationId: string): JpushRequest {
  if (!REGISTRATION_ID.test(registrationId)) return { refused: 'token-malformed' };
  const notification = payloadThatFits(
    attempt.content,
    (content) => notificationOf({ ...attempt, content }),
    ({ android, ios }) => jsonBytes(android) <= ANDROID_MAX_BYTES && jsonBytes(ios) <= APPLE_MAX_BYTES,
  );
  if (notification === undefined) return { refused: 'payload-too-large' };
  const { vendorKey, ttlSeconds, collapseKey } = attempt;
  const body = {
    ...(vendorKey !== undefined && { cid: vendorKey }),
    platform: 'all',
    audience: { registration_id: [registrationId] },
    notification,
    options: { time_to_live: Math.min(ttlSeconds, TTL_MAX_SECONDS), apns_production: true, apns_collapse_id: collapseIdOf(collapseKey, digestOf) },
  };
  return { body: JSON.stringify(body) };
}

function notificationOf(attempt: Attempt): { readonly android: object; readonly ios: object } {
  const extras = dataForDevice(attempt);
  const { alert, 'mutable-content': isMutable, ...aps } = apsOf(attempt.content, attempt.category);
  return {
    android: { ...androidOf(attempt.content), extras },
    ios: { alert, ...aps, ...(isMutable === 1 && { 'mutable-content': true }), extras: { ...extras, ...imageOf(attempt.content) } },
  };
}

function androidOf({ title, body, push = {} }: ChannelContent): object {
  const { androidChannel, sound, badge, interruptionLevel, image } = push;
  return {
    alert: body,
    ...(title !== undefined && { title }),
    ...(androidChannel !== undefined && { channel_id: androidChannel }),
    ...(sound !== undefined && { sound }),
    ...(badge !== undefined && { badge_set_num: badge }),
    ...(interruptionLevel !== undefined && { priority: PRIORITIES[interruptionLevel] }),
    ...(image !== undefined && { style: STYLE_PICTURE, big_pic_path: image }),
  };
}

/** Of -2 to 2. */
const PRIORITIES: Readonly<Record<InterruptionLevel, number>> = { passive: -1, active: 0, 'time-sensitive': 1, critical: 2 };

const imageOf = ({ push }: ChannelContent) => (push?.image === undefined ? {} : { image: push.image });
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
