/** A push as Pushy takes it: https://pushy.me/docs/api/send-notifications. `data` is what an Android app shows, `notification` what Apple's devices do. */
import { createHash } from 'node:crypto';
import { DAY_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { apsOf } from '../apns/aps.ts';
import type { Attempt } from '../port.ts';
import { dataForDevice, jsonBytes, payloadThatFits, PUSH_PAYLOAD_MAX_BYTES } from '../push-payload.ts';

const TTL_MAX_SECONDS = (365 * DAY_MS) / SECOND_MS;
const COLLAPSE_KEY_LENGTH_MAX_CHARACTERS = 32;
/** A topic would be taken too: it begins with a slash. */
const DEVICE_TOKEN = /^[A-Za-z0-9_-]{8,128}$/;

export type PushyRequest = { readonly body: string } | { readonly refused: 'token-malformed' | 'payload-too-large' };

export function pushyRequestOf(attempt: Attempt, token: string): PushyRequest {
  if (!DEVICE_TOKEN.test(token)) return { refused: 'token-malformed' };
  const shown = payloadThatFits(
    attempt.content,
    (content) => shownBy({ ...attempt, content }),
    ({ data, notification }) => jsonBytes({ data, notification }) <= PUSH_PAYLOAD_MAX_BYTES,
  );
  if (shown === undefined) return { refused: 'payload-too-large' };
  const body = { to: token, ...shown, time_to_live: Math.min(attempt.ttlSeconds, TTL_MAX_SECONDS), collapse_key: collapseKeyOf(attempt.collapseKey) };
  return { body: JSON.stringify(body) };
}

function shownBy(attempt: Attempt) {
  const { title, body, push = {} } = attempt.content;
  const { image, sound, badge, androidChannel, interruptionLevel } = push;
  const { alert, category, 'mutable-content': isMutable } = apsOf(attempt.content, attempt.category);
  return {
    data: {
      ...(androidChannel !== undefined && { channel: androidChannel }),
      ...(sound !== undefined && { sound }),
      ...(badge !== undefined && { badge: String(badge) }),
      ...(image !== undefined && { image }),
      ...dataForDevice(attempt),
      ...(title !== undefined && { title }),
      message: body,
    },
    notification: { ...alert, ...(sound !== undefined && { sound }), ...(badge !== undefined && { badge }) },
    ...(category !== undefined && { category }),
    ...(interruptionLevel !== undefined && { interruption_level: interruptionLevel }),
    ...(isMutable === 1 && { mutable_content: true }),
  };
}

/** A longer key by its digest. */
const collapseKeyOf = (collapseKey: string): string =>
  collapseKey.length <= COLLAPSE_KEY_LENGTH_MAX_CHARACTERS
    ? collapseKey
    : createHash('sha256').update(collapseKey).digest('hex').slice(0, COLLAPSE_KEY_LENGTH_MAX_CHARACTERS);
