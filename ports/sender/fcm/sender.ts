/** Pushes by Firebase Cloud Messaging, through `firebase-admin`: to Android devices, and those of Apple whose app has FCM's SDK. */
import type { Message } from 'firebase-admin/messaging';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import type { VendorOptions } from '../vendor-https.ts';
import { AccessTokenRefused } from './access-token.ts';
import type { FcmAccount } from './account.ts';
import { observeFcmCalls, type CallResult } from './calls.ts';
import { outcomeOfFcmAnswer } from './outcome.ts';
import { openFcmProjects } from './projects.ts';
import { fcmRequestOf } from './request.ts';

type Asked = Pick<Attempt, 'signal' | 'traceparent'> & { readonly isDryRun: boolean };

/** FCM makes nothing of it: it is validated only. */
const CHECK_MESSAGE: Message = { topic: 'tidings-check', data: {} };

/** Stopping ends the attempts under way, and waits until they have said so. Throws where the account's key can't be read. */
export function startFcmSender(account: FcmAccount, options: VendorOptions): Sender {
  const { clock } = options;
  const calls = observeFcmCalls();
  const projects = openFcmProjects(account, options);
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const ask = async (message: Message, project: string, { signal, traceparent, isDryRun }: Asked) => {
    const call = calls.run({ signal: AbortSignal.any([signal, stopping.signal]), traceparent }, () => projects.messagingOf(project).send(message, isDryRun));
    underWay.add(call);
    const result = await call.finally(() => underWay.delete(call));
    const outcome = outcomeOf(result, { now: clock(), isProjectOfApp: project !== account.credentials.project_id });
    if (outcome.outcome === 'rejected' && outcome.account === true) await projects.forgetTokens();
    return outcome;
  };

  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.target.channel !== 'push') return { outcome: 'rejected', reason: 'no-push' };
    const request = fcmRequestOf(attempt, attempt.target.token, clock());
    if ('refused' in request) return { outcome: 'rejected', reason: request.refused };
    return await ask(request.message, attempt.identity?.fcm?.project ?? account.credentials.project_id, {
      signal: attempt.signal,
      traceparent: attempt.traceparent,
      isDryRun: false,
    });
  };

  const check = async (signal: AbortSignal): Promise<AccountCheck> => {
    const outcome = await ask(CHECK_MESSAGE, account.credentials.project_id, { signal, isDryRun: true });
    return outcome.outcome === 'accepted' ? { accepted: true } : { accepted: false, reason: outcome.reason };
  };

  return {
    vendor: account.name,
    channel: 'push',
    platforms: ['fcm'],
    send,
    check,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled(underWay);
      calls[Symbol.dispose]();
      await projects[Symbol.asyncDispose]();
    },
  };
}

/** `cause` of a failed request for an access token is what our own part threw. */
type SdkError = Error & { readonly code?: string; readonly httpResponse?: { readonly status: number; readonly data?: unknown }; readonly cause?: unknown };

function outcomeOf(result: CallResult<string>, { now, isProjectOfApp }: { readonly now: Instant; readonly isProjectOfApp: boolean }): Outcome {
  if ('value' in result) return hasId(result.value) ? { outcome: 'accepted', vendorId: result.value } : { outcome: 'unknown', reason: 'answer-unreadable' };
  const { mayHaveLeft, retryAfter } = result;
  const error: SdkError = result.error;
  const status = error.httpResponse?.status ?? result.status;
  if (status !== undefined) {
    const retryAfterMs = retryAfterMsIn(retryAfter, now);
    return outcomeOfFcmAnswer({ status, body: error.httpResponse?.data, isProjectOfApp, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  if (mayHaveLeft) return { outcome: 'unknown', reason: reasonOf(error) };
  if (error.code?.startsWith('messaging/')) return { outcome: 'rejected', reason: reasonOf(error) };
  if (error.cause instanceof AccessTokenRefused) return { outcome: 'rejected', reason: 'access-token-refused', account: true };
  return { outcome: 'retry', reason: reasonOf(error) };
}

/** The SDK passes on what the answer has, or hasn't. */
const hasId = (name: unknown): name is string => typeof name === 'string' && name !== '';

/** A word for the log: the SDK's sentences may quote what was sent. */
const reasonOf = ({ code, message }: SdkError): string => code?.replace('/', '-') ?? (/^[a-z-]+$/.test(message) ? message : 'no-answer');
