/** Text messages by Twilio, on its own SDK. */
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, type VendorOptions } from '../vendor-https.ts';
import type { TwilioAccount } from './account.ts';
import { openTwilioClient, TwilioRefused, type TwilioClient } from './client.ts';
import { outcomeOfRefusal } from './outcome.ts';
import { messageOf } from './request.ts';
import { rememberMessages, resolveAttempt } from './resolve.ts';

export function startTwilioSender(account: TwilioAccount, { clock, publicUrl, connect }: VendorOptions): Sender {
  const client = openTwilioClient(account, { ...(connect !== undefined && { connect }) });
  const known = rememberMessages();

  const send = async (attempt: Attempt): Promise<Outcome> => {
    const message = messageOf(attempt, { account, publicUrl });
    if ('refused' in message) return { outcome: 'rejected', reason: message.refused };
    try {
      const { sid } = await client.call(attempt, ({ messages }) => messages.create(message));
      if (typeof sid !== 'string' || sid === '') return { outcome: 'unknown', reason: 'answer-unreadable' };
      known.add(sid, attempt);
      return { outcome: 'accepted', vendorId: sid };
    } catch (error) {
      if (error instanceof NoVendorAnswer) return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
      if (!(error instanceof TwilioRefused)) throw error;
      const { status, headers } = error.answer;
      return outcomeOfRefusal({ status, code: error.code, retryAfterMs: retryAfterMsIn(headers['retry-after'], clock()) });
    }
  };

  return {
    vendor: account.name,
    channel: 'sms',
    from: account.from,
    send,
    resolveAttempt: (attempt) => resolveAttempt({ client, account, known }, attempt),
    check: (signal) => checkAccount(client, account, signal),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** Test credentials may read nothing, and send from this number alone, which reaches nobody. */
const TEST_CREDENTIALS = 20008;
const TEST_MESSAGE = { from: '+15005550006', to: '+15005550006', body: 'Tidings checks its credentials.' };

async function checkAccount(client: TwilioClient, { accountSid }: TwilioAccount, signal: AbortSignal): Promise<AccountCheck> {
  try {
    const { status } = await client.call({ signal }, ({ api }) => api.v2010.accounts(accountSid).fetch());
    return status === 'active' ? { accepted: true } : { accepted: false, reason: `account-${status}` };
  } catch (error) {
    if (error instanceof TwilioRefused && error.code === TEST_CREDENTIALS) return await checkTestCredentials(client, signal);
    return { accepted: false, reason: reasonOf(error) };
  }
}

async function checkTestCredentials(client: TwilioClient, signal: AbortSignal): Promise<AccountCheck> {
  try {
    await client.call({ signal }, ({ messages }) => messages.create(TEST_MESSAGE));
    return { accepted: true };
  } catch (error) {
    return { accepted: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TwilioRefused) return outcomeReason(outcomeOfRefusal({ status: error.answer.status, code: error.code }));
  return error instanceof Error ? error.message : String(error);
}

const outcomeReason = (outcome: Outcome): string => ('reason' in outcome ? outcome.reason : outcome.outcome);
