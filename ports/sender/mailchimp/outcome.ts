/**
 * What Mailchimp's answers say of an attempt: the status of the one recipient, or a fault that is told by its name, mostly with HTTP's
 * status 500. Source: Mailchimp Transactional's API reference, `messages/send`.
 */
import type { Outcome } from '../port.ts';
import { rowOf, textIn } from '../vendor-values.ts';
import type { VendorAnswer } from '../vendor-https.ts';

const refused = (reason: string): Outcome => ({ outcome: 'rejected', reason });
const lost = (reason: string): Outcome => ({ outcome: 'rejected', reason, endpointLost: true });
const ofAccount = (reason: string): Outcome => ({ outcome: 'rejected', reason, account: true });

/** `reject_reason`s. */
export const REJECTIONS: Readonly<Record<string, Outcome>> = {
  'hard-bounce': lost('hard-bounce'),
  invalid: lost('address-invalid'),
  'soft-bounce': refused('soft-bounce'),
  spam: refused('recipient-complained'),
  unsub: refused('recipient-unsubscribed'),
  custom: refused('denylisted'),
  'invalid-sender': refused('sender-invalid'),
  unsigned: refused('sender-unverified'),
  rule: refused('rule'),
  'test-mode-limit': ofAccount('test-mode-limit'),
};

/** Names of faults. */
export const FAULTS: Readonly<Record<string, Outcome>> = {
  Invalid_Key: ofAccount('unauthorized'),
  PaymentRequired: ofAccount('payment-required'),
  PoorReputation: ofAccount('reputation-poor'),
  Unknown_Subaccount: ofAccount('account-unknown'),
  ValidationError: refused('request-invalid'),
  Metadata_FieldLimit: refused('request-invalid'),
  // 'The subsystem providing this API call is down for maintenance': it has taken nothing.
  ServiceUnavailable: { outcome: 'retry', reason: 'unavailable' },
  GeneralError: { outcome: 'unknown', reason: 'server-error' },
};

type Recipient = { readonly status?: unknown; readonly reject_reason?: unknown; readonly _id?: unknown };

export function outcomeOf({ status, body }: Pick<VendorAnswer, 'status' | 'body'>, retryAfterMs: number | undefined): Outcome {
  const value = jsonIn(body);
  if (status === 200) return outcomeOfRecipient(Array.isArray(value) ? (value[0] as Recipient | undefined) : undefined);
  if (status === 429) return { outcome: 'retry', reason: 'rate-limited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const fault = rowOf(FAULTS, textIn((value as { readonly name?: unknown } | null | undefined)?.name) ?? '');
  if (fault !== undefined) return fault;
  if (status === 401 || status === 403) return ofAccount(`http-${status}`);
  if (status === 413) return refused('payload-too-large');
  if (status >= 500 || status < 300 || status === 408) return { outcome: 'unknown', reason: `http-${status}` };
  return status < 400 ? { outcome: 'retry', reason: `http-${status}` } : refused(`http-${status}`);
}

function outcomeOfRecipient(recipient: Recipient | undefined): Outcome {
  const { status, reject_reason: reason, _id: id } = recipient ?? {};
  switch (status) {
    case 'sent':
    case 'queued':
    case 'scheduled':
      return typeof id === 'string' ? { outcome: 'accepted', vendorId: id } : { outcome: 'unknown', reason: 'answer-unreadable' };
    case 'rejected':
      return typeof reason === 'string' ? (rowOf(REJECTIONS, reason) ?? refused(`mailchimp-${reason}`)) : refused('rejected');
    case 'invalid':
      return lost('address-invalid');
    default:
      return { outcome: 'unknown', reason: 'answer-unreadable' };
  }
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
