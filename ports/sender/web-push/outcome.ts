/** What push services answer (RFC 8030, RFC 8292). They share statuses, and no words. */
import type { Outcome } from '../port.ts';

export type WebPushFailure = { readonly status: number; readonly retryAfterMs?: number };

/** A 403 speaks of the one subscription: it was made with another key than ours, such as the one before. */
export function outcomeOfWebPushFailure({ status, retryAfterMs }: WebPushFailure): Outcome {
  const reason = `http-${status}`;
  switch (status) {
    case 404:
    case 410:
      return { outcome: 'rejected', reason, endpointLost: true };
    case 401:
      return { outcome: 'rejected', reason, account: true };
    case 429:
    case 503:
      return { outcome: 'retry', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  return status >= 300 && status < 500 && status !== 408 ? { outcome: 'rejected', reason } : { outcome: 'unknown', reason };
}
