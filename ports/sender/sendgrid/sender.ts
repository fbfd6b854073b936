/** Email by SendGrid, on its own SDK. */
import { epochMs, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, type VendorAnswer, type VendorOptions } from '../vendor-https.ts';
import type { SendGridAccount } from './account.ts';
import { openSendGridClient, type SendGridClient } from './client.ts';
import { outcomeOfRefusal } from './outcome.ts';
import { mailOf, sandboxMailOf } from './request.ts';
import { resolveAttempt } from './resolve.ts';

export function startSendGridSender(account: SendGridAccount, { clock, connect }: VendorOptions): Sender {
  const client = openSendGridClient(account, { ...(connect !== undefined && { connect }) });

  const send = async (attempt: Attempt): Promise<Outcome> => {
    const mail = mailOf(attempt, account);
    if ('refused' in mail) return { outcome: 'rejected', reason: mail.refused };
    try {
      const answer = await client.send(attempt, mail);
      if (answer.status !== 202) return outcomeOfRefusal({ ...refusalIn(answer), retryAfterMs: retryAfterMs(answer, clock()) });
      // Its events name the attempt too: one without an id can be told apart all the same.
      return { outcome: 'accepted', vendorId: String(answer.headers['x-message-id'] ?? `${attempt.delivery}.${attempt.attempt}`) };
    } catch (error) {
      if (error instanceof NoVendorAnswer) return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
      throw error;
    }
  };

  return {
    vendor: account.name,
    channel: 'email',
    send,
    ...(account.hasActivity === true && { resolveAttempt: (attempt) => resolveAttempt(client, attempt) }),
    check: (signal) => checkAccount(client, account, signal),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function checkAccount(client: SendGridClient, account: SendGridAccount, signal: AbortSignal): Promise<AccountCheck> {
  try {
    const answer = await client.send({ signal }, sandboxMailOf(account));
    if (answer.status === 200 || answer.status === 202) return { accepted: true };
    const outcome = outcomeOfRefusal(refusalIn(answer));
    return { accepted: false, reason: 'reason' in outcome ? outcome.reason : outcome.outcome };
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function refusalIn({ status, body }: VendorAnswer): { readonly status: number; readonly body: unknown } {
  try {
    return { status, body: JSON.parse(body) };
  } catch {
    return { status, body };
  }
}

/** SendGrid says when its window ends, in seconds since 1970. */
function retryAfterMs({ headers }: VendorAnswer, now: Instant): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * SECOND_MS - epochMs(now);
  return retryAfterMsIn(headers['retry-after'], now) ?? (reset > 0 ? reset : undefined);
}
