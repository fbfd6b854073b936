/**
 * What became of a message whose answer was lost. Twilio knows no id of ours, but lists its messages by recipient and day: the one that has
 * the same text, from the same sender, and was made during the attempt, is ours where there is exactly one.
 */
import { ATTEMPT_DEADLINE_MS, ATTEMPT_SKEW_MS } from '../../../domain/notifications/delivery/retry.ts';
import { epochMs, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import { VendorUnavailable, type AttemptToResolve, type ResolvedAttempt } from '../port.ts';
import { NoVendorAnswer } from '../vendor-https.ts';
import type { TwilioAccount } from './account.ts';
import { TwilioRefused, type TwilioClient } from './client.ts';
import { senderIn, textFor } from './request.ts';

/** Clocks differ by less; Twilio tells whole seconds. */
const SKEW_MS = ATTEMPT_SKEW_MS + SECOND_MS;
/** Of one person within such a time; one page of answers. */
const MESSAGES_LISTED = 50;
const DEADLINE_MS = 5_000;
/** Newest messages whose attempt is known. */
const KNOWN_MAX = 10_000;

type AttemptKey = Pick<AttemptToResolve, 'delivery' | 'attempt'>;

/** Which messages are known to be another attempt's: two attempts may say the same words to one person at nearly the same time. */
export type KnownMessages = { readonly add: (sid: string, attempt: AttemptKey) => void; readonly isOfAnother: (sid: string, attempt: AttemptKey) => boolean };

export function rememberMessages(): KnownMessages {
  const known = new Map<string, string>();
  const keyOf = ({ delivery, attempt }: AttemptKey) => `${delivery} ${attempt}`;
  return {
    add: (sid, attempt) => {
      known.set(sid, keyOf(attempt));
      for (const oldest of known.keys()) {
        if (known.size <= KNOWN_MAX) break;
        known.delete(oldest);
      }
    },
    isOfAnother: (sid, attempt) => (known.get(sid) ?? keyOf(attempt)) !== keyOf(attempt),
  };
}

type Listed = { readonly sid: string; readonly body: string; readonly direction: string; readonly from: string | null; readonly dateCreated: Date };
type Asking = { readonly client: TwilioClient; readonly account: TwilioAccount; readonly known: KnownMessages };

/** undefined: there is none or more than one, or what was sent can't be told any more. One may be listed late. Throws `VendorUnavailable`. */
export async function resolveAttempt({ client, account, known }: Asking, attempt: AttemptToResolve): Promise<ResolvedAttempt | undefined> {
  const { startedAt } = attempt;
  const sent = startedAt === undefined ? undefined : await attempt.message?.();
  if (startedAt === undefined || sent === undefined || sent.target.channel !== 'sms') return undefined;
  const body = textFor(sent.content);
  const { from } = senderIn(sent.identity?.sms?.from ?? account.from);
  const listed = await list(client, { to: sent.target.phone, startedAt });
  const matching = listed.filter(
    (one) => one.body === body && (from === undefined || one.from === from) && isFromThen(one, startedAt) && !known.isOfAnother(one.sid, attempt),
  );
  const [only, ...others] = matching;
  if (only === undefined || others.length > 0) return undefined;
  known.add(only.sid, attempt);
  return { outcome: 'accepted', vendorId: only.sid };
}

function isFromThen({ direction, dateCreated }: Listed, startedAt: Instant): boolean {
  const afterMs = dateCreated.getTime() - epochMs(startedAt);
  return direction === 'outbound-api' && afterMs >= -SKEW_MS && afterMs <= ATTEMPT_DEADLINE_MS + SKEW_MS;
}

async function list(client: TwilioClient, { to, startedAt }: { readonly to: string; readonly startedAt: Instant }): Promise<readonly Listed[]> {
  const dateSentAfter = new Date(epochMs(startedAt) - SKEW_MS);
  try {
    const page = await client.call({ signal: AbortSignal.timeout(DEADLINE_MS) }, ({ messages }) =>
      messages.page({ to, dateSentAfter, pageSize: MESSAGES_LISTED }),
    );
    return page.instances;
  } catch (error) {
    // An account that may not list, or an answer that can't be read: asking again would change nothing.
    if (error instanceof TwilioRefused && error.answer.status !== 429 && error.answer.status < 500) return [];
    if (error instanceof NoVendorAnswer || error instanceof TwilioRefused) throw new VendorUnavailable('Twilio lists no messages now.', { cause: error });
    throw error;
  }
}
