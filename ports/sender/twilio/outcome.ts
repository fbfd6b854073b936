/** What an answer of Twilio's that is no message says of an attempt. */
import type { Outcome } from '../port.ts';
import { TWILIO_FAULTS } from './error-codes.ts';

/** `code`: Twilio's, absent where the answer has none, such as a proxy's. */
export type TwilioRefusal = { readonly status: number; readonly code?: number | undefined; readonly retryAfterMs?: number | undefined };

export function outcomeOfRefusal({ status, code, retryAfterMs }: TwilioRefusal): Outcome {
  const fault = code === undefined ? undefined : TWILIO_FAULTS[code];
  // A code that is told with a server error doesn't make certain what the server has done.
  if (status >= 500) return { outcome: 'unknown', reason: fault?.reason ?? `http-${status}` };
  switch (fault?.blame) {
    case 'number':
      return { outcome: 'rejected', reason: fault.reason, endpointLost: true };
    case 'account':
      return { outcome: 'rejected', reason: fault.reason, account: true };
    case 'message':
      return { outcome: 'rejected', reason: fault.reason };
    case 'later':
      return later(fault.reason, retryAfterMs);
    case 'unclear':
      return { outcome: 'unknown', reason: fault.reason };
    case undefined:
      return outcomeOfStatus({ status, code, retryAfterMs });
  }
}

function outcomeOfStatus({ status, code, retryAfterMs }: TwilioRefusal): Outcome {
  const reason = code === undefined ? `http-${status}` : `twilio-${code}`;
  if (status === 401 || status === 403) return { outcome: 'rejected', reason, account: true };
  if (status === 408) return { outcome: 'unknown', reason };
  if (status === 429) return later('rate-limited', retryAfterMs);
  // Redirects aren't followed: whoever answers so has created nothing.
  if (status >= 300 && status < 400) return later(reason, retryAfterMs);
  return status >= 400 ? { outcome: 'rejected', reason } : { outcome: 'unknown', reason: 'answer-unreadable' };
}

const later = (reason: string, retryAfterMs: number | undefined): Outcome => ({
  outcome: 'retry',
  reason,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
