/** What APNs' answers mean: https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
import { instant } from '../../../domain/shared/instant.ts';
import type { Outcome } from '../port.ts';

/** Of an answer that is no success; `body` is its JSON. */
export type ApnsFailure = { readonly status: number; readonly body: string; readonly retryAfterMs?: number };

/** A token that is gone was so at Apple's moment: one that was registered again since is not. A 500 leaves open whether the push was taken. */
export function outcomeOfApnsFailure({ status, body, retryAfterMs }: ApnsFailure): Outcome {
  const { reason, timestamp } = faultIn(body);
  const named = reason ?? `http-${status}`;
  const retry: Outcome = { outcome: 'retry', reason: named, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  switch (reason ?? '') {
    case 'BadDeviceToken':
      return { outcome: 'rejected', reason: named, endpointLost: true };
    case 'IdleTimeout':
      return retry;
  }
  switch (status) {
    case 403:
      return { outcome: 'rejected', reason: named, account: true };
    case 410:
      return { outcome: 'rejected', reason: named, endpointLost: true, ...(timestamp !== undefined && { goneSince: instant(timestamp) }) };
    case 429:
    case 503:
      return retry;
  }
  return status >= 400 && status < 500 ? { outcome: 'rejected', reason: named } : { outcome: 'unknown', reason: named };
}

export const isExpiredProviderToken = ({ status, body }: Pick<ApnsFailure, 'status' | 'body'>): boolean =>
  status === 403 && faultIn(body).reason === 'ExpiredProviderToken';

/** `timestamp` is in milliseconds. */
function faultIn(body: string): { readonly reason?: string; readonly timestamp?: number } {
  try {
    const { reason, timestamp } = JSON.parse(body) as { readonly reason?: unknown; readonly timestamp?: unknown };
    return {
      ...(typeof reason === 'string' && /^\w{1,60}$/.test(reason) && { reason }),
      ...(typeof timestamp === 'number' && Math.abs(timestamp) <= 8.64e15 && { timestamp }),
    };
  } catch {
    return {};
  }
}
