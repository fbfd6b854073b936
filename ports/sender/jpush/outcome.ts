/** What JPush's answers mean: the table at the end of https://docs.jiguang.cn/en/jpush/server/push/rest_api_v3_push */
import type { Outcome } from '../port.ts';

/** Of an answer that is no success; `body` is its JSON. */
export type JpushFailure = { readonly status: number; readonly body: string; readonly retryAfterMs?: number };

/** JPush doesn't know the key of this push, which it hasn't taken. */
export const CID_REFUSED = 'cid-refused';

export function outcomeOfJpushFailure({ status, body, retryAfterMs }: JpushFailure): Outcome {
  const { code, message } = faultIn(body);
  const reason = code === undefined ? `http-${status}` : `jpush-${code}`;
  const retry: Outcome = { outcome: 'retry', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  switch (code ?? 0) {
    case 1000: // an error inside, and
    case 1030: // one that took too long: it may have been taken before
      return { outcome: 'unknown', reason };
    case 1003:
      // A key that JPush doesn't know: the next attempt draws another one.
      return /\bcid\b/i.test(message) ? { outcome: 'retry', reason: CID_REFUSED } : { outcome: 'rejected', reason };
    case 1004:
    case 1008:
      return { outcome: 'rejected', reason, account: true };
    case 1011:
      // No device has this registration id, or none that was on for 255 days: it is the only one in the audience.
      return { outcome: 'rejected', reason, endpointLost: true };
    case 2002:
      return retry;
  }
  if (status === 401 || status === 403) return { outcome: 'rejected', reason, account: true };
  if (status === 429 || status === 503) return retry;
  return status >= 400 && status < 500 && status !== 408 ? { outcome: 'rejected', reason } : { outcome: 'unknown', reason };
}

function faultIn(body: string): { readonly code?: number; readonly message: string } {
  try {
    const { error } = JSON.parse(body) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
    const message = typeof error?.message === 'string' ? error.message : '';
    return { message, ...(typeof error?.code === 'number' && { code: error.code }) };
  } catch {
    return { message: '' };
  }
}
