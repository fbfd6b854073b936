/**
 * What became of a message whose answer was lost, where the account has bought the Email Activity API. It is searched by recipient and
 * time, which is what SendGrid documents; a message's own entry has the ids that rode with it, so that none is mistaken for another.
 */
import { epochMs, HOUR_MS, MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import { asciiAddress } from '../email/message.ts';
import { VendorUnavailable, type AttemptToResolve, type ResolvedAttempt } from '../port.ts';
import { NoVendorAnswer } from '../vendor-https.ts';
import type { SendGridClient } from './client.ts';

/** Messages of one person within an hour whose entries are looked at. */
const MESSAGES_MAX = 10;
const DEADLINE_MS = 8_000;

/** undefined: SendGrid has none such yet, or what was sent can't be told any more. It knows of a message minutes after it. Throws `VendorUnavailable`. */
export async function resolveAttempt(
  client: SendGridClient,
  { delivery, attempt, startedAt, message }: AttemptToResolve,
): Promise<ResolvedAttempt | undefined> {
  const sent = startedAt === undefined ? undefined : await message?.();
  if (startedAt === undefined || sent?.target.channel !== 'email') return undefined;
  const to = asciiAddress(sent.target.address);
  if (to === undefined || /["\\]/.test(to)) return undefined;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  // With spaces as `%20`, as SendGrid has it.
  const search = `limit=${MESSAGES_MAX}&query=${encodeURIComponent(queryOf(to, startedAt))}`;
  for (const id of idsIn(await getJson(client, { signal, path: `/v3/messages?${search}` }))) {
    const entry = await getJson(client, { signal, path: `/v3/messages/${encodeURIComponent(id)}` });
    const ids = fieldsIn(entry['unique_args']);
    if (ids['delivery'] === delivery && ids['attempt'] === String(attempt)) return { outcome: 'accepted', vendorId: vendorIdIn(id) };
  }
  return undefined;
}

/** The id of the request that made the message; what follows names servers and the recipient. */
export const vendorIdIn = (messageId: string): string => messageId.split('.')[0] ?? messageId;

function queryOf(to: string, startedAt: Instant): string {
  const seconds = (at: Instant) => `TIMESTAMP "${new Date(epochMs(at)).toISOString().replace(/\.\d+Z$/, 'Z')}"`;
  return `to_email="${to}" AND last_event_time BETWEEN ${seconds(plus(startedAt, -MINUTE_MS))} AND ${seconds(plus(startedAt, HOUR_MS))}`;
}

/** Empty where SendGrid answers that it doesn't tell, such as to an account that has no activity: asking again would change nothing. */
async function getJson(client: SendGridClient, { signal, path }: { readonly signal: AbortSignal; readonly path: string }): Promise<Fields> {
  try {
    const { status, body } = await client.get(signal, path);
    if (status === 429 || status >= 500) throw new VendorUnavailable(`SendGrid tells nothing of its messages now (${status}).`);
    return status === 200 ? fieldsIn(body) : {};
  } catch (error) {
    if (error instanceof NoVendorAnswer) throw new VendorUnavailable('SendGrid tells nothing of its messages now.', { cause: error });
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function idsIn({ messages }: Fields): readonly string[] {
  const ids = Array.isArray(messages) ? messages.map((message: unknown) => fieldsIn(message)['msg_id']) : [];
  return ids.filter((id) => typeof id === 'string');
}

/** `unique_args` is documented as an object, and comes as its JSON as well. */
function fieldsIn(value: unknown): Fields {
  if (typeof value === 'string') {
    try {
      return fieldsIn(JSON.parse(value));
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
