/** The senders of an outbox, wherever it keeps its messages: they do as the outbox was told. */
import { setTimeout as delay } from 'node:timers/promises';
import { SENT_CHANNELS, type SentChannel } from '../../../domain/people/notification-channels.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Behaviour } from './behaviour.ts';
import { OutboxUnavailable, type Attempt, type Outcome, type OutboxMessage, type ResolvedAttempt, type Sender, type Target } from '../port.ts';

export type OutboxStore = {
  /** What it is asked may take longer than an attempt has: then the attempt ends at its deadline without an answer, and goes on here. */
  readonly mayHang?: true;
  /** The behaviour for the next message of the channel. Throws `OutboxUnavailable`. */
  readonly nextBehaviour: (channel: SentChannel) => Promise<Behaviour> | Behaviour;
  /** The message's id; `resolved` where `idOfAttempt` has answered already that there is none. After `OutboxUnavailable` it may be there, after other errors it isn't. */
  readonly write: (message: Omit<OutboxMessage, 'id'>) => Promise<string | { readonly resolved: true }>;
  /** The id of the message that this attempt wrote. After `undefined` it writes none any more. Throws `OutboxUnavailable`. */
  readonly idOfAttempt: (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: SentChannel) => Promise<string | undefined>;
};

export type OutboxVendorConfig = { readonly clock: () => Instant; readonly resolvesAttempts?: true | undefined };

/** Stopping ends attempts that hang, and waits for those that write. */
export function startOutboxVendor(
  store: OutboxStore,
  { clock, resolvesAttempts }: OutboxVendorConfig,
): AsyncDisposable & { readonly senders: readonly Sender[] } {
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<Outcome>>();

  const accept = async (attempt: Attempt): Promise<Outcome> => {
    try {
      const written = await store.write(messageOf(attempt, clock()));
      return typeof written === 'string' ? { outcome: 'accepted', vendorId: written } : { outcome: 'retry', reason: 'not-taken' };
    } catch (error) {
      if (error instanceof OutboxUnavailable) return NO_ANSWER;
      return { outcome: 'retry', reason: `outbox-unwritable: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  const attend = async (attempt: Attempt, until: readonly AbortSignal[]): Promise<Outcome> => {
    try {
      const behaviour = await store.nextBehaviour(attempt.target.channel);
      if (until.some(({ aborted }) => aborted)) return { outcome: 'retry', reason: 'deadline-passed' };
      return await perform(behaviour, { until, accept: () => accept(attempt) });
    } catch (error) {
      if (error instanceof OutboxUnavailable) return { outcome: 'retry', reason: 'unavailable' }; // before anything was written
      throw error;
    }
  };
  const send = async (attempt: Attempt): Promise<Outcome> => {
    const until = [attempt.signal, stopping.signal];
    if (until.some(({ aborted }) => aborted)) return { outcome: 'retry', reason: 'deadline-passed' };
    const key = attemptKeyOf(attempt);
    const outcome = attend(attempt, until).finally(() => underWay.delete(key));
    underWay.set(key, outcome);
    return await (store.mayHang === true ? endedBy(until, outcome) : outcome);
  };

  /** An attempt under way is waited for first. */
  const resolveAttempt = async (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: SentChannel): Promise<ResolvedAttempt> => {
    await underWay.get(attemptKeyOf(attempt));
    const id = await store.idOfAttempt(attempt, channel);
    return id === undefined ? { outcome: 'retry', reason: 'not-taken' } : { outcome: 'accepted', vendorId: id };
  };

  return {
    senders: SENT_CHANNELS.map((channel) =>
      resolvesAttempts === true ? { ...senderOf(channel, send), resolveAttempt: (attempt) => resolveAttempt(attempt, channel) } : senderOf(channel, send),
    ),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.allSettled(underWay.values());
    },
  };
}

const NO_ANSWER: Outcome = { outcome: 'unknown', reason: 'no-answer' };

const attemptKeyOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>): string => `${delivery} ${attempt}`;

const senderOf = (channel: SentChannel, send: Sender['send']): Sender => ({
  vendor: `outbox-${channel}`,
  channel,
  isLocal: true,
  send,
  [Symbol.asyncDispose]: async () => undefined, // the outbox itself is stopped
});

/** The outcome, or no answer where one of the signals aborts before. */
async function endedBy(signals: readonly AbortSignal[], outcome: Promise<Outcome>): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const end = () => resolve(NO_ANSWER);
  for (const signal of signals) signal.addEventListener('abort', end);
  try {
    return await Promise.race([outcome, promise]);
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}

/** Waiting ends when one of the signals in `until` aborts. */
type Performing = { readonly until: readonly AbortSignal[]; readonly accept: () => Promise<Outcome> };

async function perform(behaviour: Behaviour, { until, accept }: Performing): Promise<Outcome> {
  switch (behaviour.does) {
    case 'accept':
      return await accept();
    case 'accept-slowly':
      return (await waitUnlessAborted(behaviour.latencyMs, until)) ? await accept() : NO_ANSWER;
    case 'reject':
      return { outcome: 'rejected', reason: behaviour.reason };
    case 'lose-endpoint':
      return { outcome: 'rejected', reason: 'unregistered', endpointLost: true };
    case 'refuse-account':
      return { outcome: 'rejected', reason: 'unauthorized', account: true };
    case 'limit-rate':
      return { outcome: 'retry', reason: 'rate-limited', retryAfterMs: behaviour.retryAfterMs };
    case 'be-unavailable':
      return { outcome: 'retry', reason: 'unavailable' };
    case 'hang':
      await waitUnlessAborted(FOR_EVER_MS, until);
      return NO_ANSWER;
    case 'drop-connection':
      return { outcome: 'retry', reason: 'connection-lost' };
    case 'lose-answer': {
      const { outcome } = await accept();
      return { outcome: 'unknown', reason: outcome === 'accepted' ? 'answer-lost' : 'no-answer' };
    }
  }
}

/** The longest delay of a timer: some 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** False where a signal aborted before the time was over. */
async function waitUnlessAborted(ms: number, until: readonly AbortSignal[]): Promise<boolean> {
  return await delay(ms, true, { signal: AbortSignal.any([...until]) }).catch(() => false);
}

function messageOf(message: Attempt, at: Instant): Omit<OutboxMessage, 'id'> {
  const { target, content, identity, headers, data, delivery, notification, attempt, category, priority, collapseKey, ttlSeconds } = message;
  return {
    channel: target.channel,
    at,
    ...addressOf(target),
    ...content,
    ...(identity !== undefined && { identity }),
    ...(headers !== undefined && { headers }),
    data,
    delivery,
    notification,
    attempt,
    category,
    priority,
    collapseKey,
    ttlSeconds,
  };
}

function addressOf(target: Target): Pick<OutboxMessage, 'to' | 'platform' | 'name'> {
  switch (target.channel) {
    case 'push':
      return { to: target.token, platform: target.platform };
    case 'sms':
      return { to: target.phone };
    case 'email':
      return target.name === undefined ? { to: target.address } : { to: target.address, name: target.name };
  }
}
