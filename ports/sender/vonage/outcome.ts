/**
 * What Vonage's answers say of an attempt. It answers 200 also where it refuses: each part of a message has a status of its own. Sources:
 * Vonage's tables of SMS API errors and of delivery receipts' error codes.
 */
import type { Outcome } from '../port.ts';
import { rowOf, textIn } from '../vendor-values.ts';
import type { VendorAnswer } from '../vendor-https.ts';

type Part = { readonly status: string; readonly id: string | undefined };

const refused = (reason: string): Outcome => ({ outcome: 'rejected', reason });
const ofAccount = (reason: string): Outcome => ({ outcome: 'rejected', reason, account: true });

export const VONAGE_STATUSES: Readonly<Record<string, Outcome>> = {
  1: { outcome: 'retry', reason: 'rate-limited' },
  2: refused('request-invalid'),
  3: refused('request-invalid'),
  4: ofAccount('unauthorized'),
  5: { outcome: 'unknown', reason: 'server-error' },
  6: refused('no-route'),
  7: refused('number-barred'),
  8: ofAccount('account-suspended'),
  9: ofAccount('credits-exceeded'),
  10: { outcome: 'retry', reason: 'rate-limited' },
  11: ofAccount('account-without-http'),
  12: refused('message-too-long'),
  14: ofAccount('signature-wrong'),
  15: refused('sender-invalid'),
  22: refused('network-code-invalid'),
  23: refused('callback-invalid'),
  29: refused('number-unverified-on-trial'),
  32: ofAccount('signature-and-secret'),
  33: { outcome: 'rejected', reason: 'number-deactivated', endpointLost: true },
};

type Failure = { readonly reason: string; readonly isLost?: true };

/** Why a message didn't arrive, by the `err-code` of a receipt. */
export const VONAGE_RECEIPT_FAILURES: Readonly<Record<string, Failure>> = {
  1: { reason: 'carrier-error' },
  2: { reason: 'handset-unreachable' },
  3: { reason: 'number-inactive', isLost: true },
  4: { reason: 'number-barred', isLost: true },
  5: { reason: 'portability' },
  6: { reason: 'filtered' },
  7: { reason: 'handset-unreachable' },
  8: { reason: 'carrier-error' },
  9: { reason: 'recipient-stopped' },
  10: { reason: 'request-invalid' },
  11: { reason: 'no-route' },
  12: { reason: 'no-route' },
  13: { reason: 'recipient-too-young' },
  14: { reason: 'blocked' },
  15: { reason: 'recipient-without-credit' },
  99: { reason: 'carrier-error' },
};

export function outcomeOf({ status, body }: Pick<VendorAnswer, 'status' | 'body'>, retryAfterMs: number | undefined): Outcome {
  if (status === 401 || status === 403) return ofAccount(`http-${status}`);
  if (status === 429) return { outcome: 'retry', reason: 'rate-limited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (status >= 300 && status < 400) return { outcome: 'retry', reason: `http-${status}` };
  if (status >= 400 && status < 500 && status !== 408) return refused(`http-${status}`);
  if (status !== 200) return { outcome: 'unknown', reason: `http-${status}` };
  return outcomeOfParts(partsIn(body));
}

function outcomeOfParts(parts: readonly Part[]): Outcome {
  const [first] = parts;
  if (first === undefined) return { outcome: 'unknown', reason: 'answer-unreadable' };
  const failed = parts.find(({ status }) => status !== '0');
  if (failed === undefined) return first.id === undefined ? { outcome: 'unknown', reason: 'answer-unreadable' } : { outcome: 'accepted', vendorId: first.id };
  // A person who gets a part may get all of it again: that is for whoever may repeat an attempt to decide.
  if (parts.some(({ status }) => status === '0')) return { outcome: 'unknown', reason: 'partly-accepted' };
  return rowOf(VONAGE_STATUSES, failed.status) ?? refused(`vonage-${failed.status}`);
}

function partsIn(body: string): readonly Part[] {
  try {
    const answer = JSON.parse(body) as { readonly messages?: readonly { readonly status?: unknown; readonly 'message-id'?: unknown }[] };
    return (answer.messages ?? []).map(({ status, 'message-id': id }) => ({ status: textIn(status) ?? '', id: typeof id === 'string' ? id : undefined }));
  } catch {
    return [];
  }
}
