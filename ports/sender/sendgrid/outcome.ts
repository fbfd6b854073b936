/** What SendGrid's answers say of an attempt, one row for each status that it documents; its faults are in words and by field, without codes. */
import type { Outcome } from '../port.ts';

export type SendGridRefusal = { readonly status: number; readonly body: unknown; readonly retryAfterMs?: number | undefined };
type Fault = { readonly message: string; readonly field: string };

export function outcomeOfRefusal({ status, body, retryAfterMs }: SendGridRefusal): Outcome {
  const faults = faultsIn(body);
  switch (status) {
    case 400:
      return outcomeOfFaults(faults);
    case 401:
      return { outcome: 'rejected', reason: says(faults, /credits/i) ? 'credits-exceeded' : 'unauthorized', account: true };
    case 403:
      // The address of one app needn't be verified where others' are.
      if (faults.some(({ field }) => field.startsWith('from'))) return { outcome: 'rejected', reason: 'sender-unverified' };
      return { outcome: 'rejected', reason: 'forbidden', account: true };
    case 404:
    case 405:
    case 406:
    case 415:
      return { outcome: 'rejected', reason: `http-${status}` };
    case 408:
      return { outcome: 'unknown', reason: 'http-408' };
    case 413:
      return { outcome: 'rejected', reason: 'payload-too-large' };
    case 429:
      return { outcome: 'retry', reason: 'rate-limited', ...(retryAfterMs !== undefined && { retryAfterMs }) };
    case 451:
      return { outcome: 'rejected', reason: 'region-not-permitted' };
    case 503:
      // SendGrid: 'the API is not available'. It has taken nothing.
      return { outcome: 'retry', reason: 'unavailable', ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (status >= 500 || status < 300) return { outcome: 'unknown', reason: `http-${status}` };
  return status < 400 ? { outcome: 'retry', reason: `http-${status}` } : { outcome: 'rejected', reason: `http-${status}` };
}

/** Only a fault of the recipient's address says that nothing reaches it; any other may be of the message. */
function outcomeOfFaults(faults: readonly Fault[]): Outcome {
  if (faults.length > 0 && faults.every(({ field }) => /^personalizations\.\d+\.to\.\d+\.email$/.test(field))) {
    return { outcome: 'rejected', reason: 'address-invalid', endpointLost: true };
  }
  const [field] = faults.map((fault) => fault.field).filter((one) => one !== '');
  return { outcome: 'rejected', reason: field === undefined ? 'request-invalid' : `request-invalid: ${field}` };
}

const says = (faults: readonly Fault[], words: RegExp): boolean => faults.some(({ message }) => words.test(message));

function faultsIn(body: unknown): readonly Fault[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.map((error: { readonly message?: unknown; readonly field?: unknown } | null) => ({
    message: typeof error?.message === 'string' ? error.message : '',
    field: typeof error?.field === 'string' ? error.field : '',
  }));
}
