/** What Pushy's answers mean: https://pushy.me/docs/api/send-notifications */
import type { Outcome } from '../port.ts';

/** `body` is its JSON. */
export type PushyAnswer = { readonly status: number; readonly body: string; readonly retryAfterMs?: number };

/** To one token: where it is among those that failed, no device has it any more. */
export function outcomeOfPushyAnswer(answer: PushyAnswer, token: string): Outcome {
  const fields = fieldsIn(answer.body);
  if (answer.status !== 200) return outcomeOfFailure(answer, fields.code);
  if (fields.failed.includes(token)) return { outcome: 'rejected', reason: 'device-unknown', endpointLost: true };
  if (fields.id === undefined) return { outcome: 'unknown', reason: 'answer-unreadable' };
  return { outcome: 'accepted', vendorId: fields.id };
}

function outcomeOfFailure({ status, retryAfterMs }: PushyAnswer, code: string | undefined): Outcome {
  const reason = code?.toLowerCase().replaceAll('_', '-') ?? `http-${status}`;
  const retry: Outcome = { outcome: 'retry', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  switch (code ?? '') {
    case 'NO_RECIPIENTS':
      return { outcome: 'rejected', reason, endpointLost: true };
    // Of Apple's devices only: the app has no key for APNs at Pushy.
    case 'NO_APNS_AUTH':
    case 'PAYLOAD_LIMIT_EXCEEDED':
    case 'INVALID_PARAM':
      return { outcome: 'rejected', reason };
    case 'INVALID_API_KEY':
    case 'AUTH_LIMIT_EXCEEDED':
    case 'ACCOUNT_SUSPENDED':
      return { outcome: 'rejected', reason, account: true };
    case 'RATE_LIMIT_EXCEEDED':
      return retry;
    case 'INTERNAL_SERVER_ERROR':
      return { outcome: 'unknown', reason };
  }
  if (status === 401 || status === 403) return { outcome: 'rejected', reason, account: true };
  if (status === 429 || status === 503) return retry;
  return status >= 300 && status < 500 && status !== 408 ? { outcome: 'rejected', reason } : { outcome: 'unknown', reason };
}

function fieldsIn(body: string): { readonly code?: string; readonly id?: string; readonly failed: readonly unknown[] } {
  try {
    const { code, id, info } = (JSON.parse(body) ?? {}) as { readonly code?: unknown; readonly id?: unknown; readonly info?: { readonly failed?: unknown } };
    return {
      ...(typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code) && { code }),
      ...(typeof id === 'string' && id !== '' && { id }),
      failed: Array.isArray(info?.failed) ? info.failed : [],
    };
  } catch {
    return { failed: [] };
  }
}
