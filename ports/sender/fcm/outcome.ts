/** What FCM's answers mean: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
import type { Outcome } from '../port.ts';

/** Of an answer that is no success. `body`: its JSON, or text. */
export type FcmAnswer = {
  readonly status: number;
  readonly body?: unknown;
  readonly retryAfterMs?: number;
  /** An app's own project, which our credentials need not be allowed to send for. */
  readonly isProjectOfApp: boolean;
};

const FCM_ERROR = 'type.googleapis.com/google.firebase.fcm.v1.FcmError';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/**
 * A token is gone where FCM says so by its own code, or calls the token itself malformed: a 404 without that code speaks of the project. An
 * answer of 500, or of a proxy that waited in vain, leaves open whether the message was taken.
 */
export function outcomeOfFcmAnswer(answer: FcmAnswer): Outcome {
  const { errorCode, status, namesToken } = faultIn(answer.body);
  const retry = (reason: string): Outcome => ({ outcome: 'retry', reason, ...(answer.retryAfterMs !== undefined && { retryAfterMs: answer.retryAfterMs }) });
  switch (errorCode ?? '') {
    case 'UNREGISTERED':
      return { outcome: 'rejected', reason: 'unregistered', endpointLost: true };
    case 'INVALID_ARGUMENT':
      return namesToken ? { outcome: 'rejected', reason: 'token-invalid', endpointLost: true } : { outcome: 'rejected', reason: 'invalid-argument' };
    case 'SENDER_ID_MISMATCH':
      return { outcome: 'rejected', reason: 'sender-id-mismatch' };
    // The project's certificate for Apple's devices, or its key for browsers: all others go on.
    case 'THIRD_PARTY_AUTH_ERROR':
      return { outcome: 'rejected', reason: 'third-party-auth-error' };
    case 'QUOTA_EXCEEDED':
      return retry('quota-exceeded');
    case 'UNAVAILABLE':
      return retry('unavailable');
    case 'INTERNAL':
      return { outcome: 'unknown', reason: 'internal' };
  }
  const reason = status?.toLowerCase().replaceAll('_', '-') ?? `http-${answer.status}`;
  if (answer.status === 401) return { outcome: 'rejected', reason, account: true };
  if (answer.status === 403) return { outcome: 'rejected', reason, ...(!answer.isProjectOfApp && { account: true }) };
  if (answer.status === 400 && namesToken) return { outcome: 'rejected', reason: 'token-invalid', endpointLost: true };
  if (answer.status === 429 || answer.status === 503) return retry(reason);
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 408) return { outcome: 'rejected', reason };
  return { outcome: 'unknown', reason };
}

type Fault = { readonly errorCode?: string; readonly status?: string; readonly namesToken: boolean };

function faultIn(body: unknown): Fault {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : {};
  const details = Array.isArray(error['details']) ? error['details'].filter(isRecord) : [];
  const errorCode = details.find((detail) => detail['@type'] === FCM_ERROR)?.['errorCode'];
  const violations = details.filter((detail) => detail['@type'] === BAD_REQUEST).flatMap((detail) => detail['fieldViolations']);
  return {
    ...(typeof errorCode === 'string' && { errorCode }),
    ...(typeof error['status'] === 'string' && { status: error['status'] }),
    namesToken:
      violations.some((violation) => isRecord(violation) && violation['field'] === 'message.token') ||
      // FCM's sentence for a token that can be none; it names no field there.
      (typeof error['message'] === 'string' && /^the registration token is not a valid fcm registration token/i.test(error['message'])),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
