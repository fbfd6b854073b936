/** A vendor for each channel that puts messages into a folder where people can look at them, and fails in any way that it is told to. */
import { setTimeout as pass } from 'node:timers/promises';
import type { NotificationChannel } from '../../domain/people/events.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { startBehaving, type Behaviour, type Plan } from './outbox-behaviour.ts';
import { CHANNELS, openOutboxFiles, type ListOptions, type OutboxMessage } from './outbox-files.ts';
import type { Attempt, Outcome, Sender, ResolvedAttempt, Target } from './port.ts';

/** How many messages are kept of each channel. */
const KEPT_MAX = 100_000;

export type Outbox = AsyncDisposable & {
  readonly senders: readonly Sender[];
  list(options: ListOptions): Promise<readonly OutboxMessage[]>;
  get(id: string): Promise<OutboxMessage | undefined>;
  behave(plan: Plan): void;
};

export type OutboxConfig = {
  readonly folder: string;
  readonly clock: () => Instant;
  readonly keptMax?: number;
  /** A vendor that knows what it took, and says so when it is asked. */ readonly canBeAsked?: true;
};

export async function startOutbox({ folder, clock, keptMax = KEPT_MAX, canBeAsked }: OutboxConfig): Promise<Outbox> {
  const files = await openOutboxFiles(folder, { keptMax });
  const behaving = startBehaving(clock);
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<Outcome>>();

  /** Answers accepted once the file is there. A disk that refuses has taken nothing. */
  const take = async (attempt: Attempt): Promise<Outcome> => {
    try {
      const { id } = await files.write(messageOf(attempt, clock()));
      return { outcome: 'accepted', vendorId: id };
    } catch (error) {
      return { outcome: 'retry', reason: `outbox-unwritable: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.signal.aborted || stopping.signal.aborted) return { outcome: 'retry', reason: 'deadline-passed' };
    const outcome = answer(behaving.next(attempt.target.channel), { until: [attempt.signal, stopping.signal], take: () => take(attempt) });
    underWay.set(nameOf(attempt), outcome);
    return await outcome.finally(() => underWay.delete(nameOf(attempt)));
  };

  /** What it has in hand it has yet to take or leave, and says so then. */
  const settle = async (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: NotificationChannel): Promise<ResolvedAttempt> => {
    await underWay.get(nameOf(attempt));
    const id = files.of(attempt, channel);
    return id === undefined ? { outcome: 'retry', reason: 'not-taken' } : { outcome: 'accepted', vendorId: id };
  };

  return {
    senders: CHANNELS.map((channel) =>
      canBeAsked === true ? { ...senderOf(channel, send), resolveAttempt: (attempt) => settle(attempt, channel) } : senderOf(channel, send),
    ),
    list: files.list,
    get: files.get,
    behave: behaving.behave,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all(underWay.values());
    },
  };
}

const nameOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>): string => `${delivery} ${attempt}`;

const senderOf = (channel: NotificationChannel, send: Sender['send']): Sender => ({
  vendor: `outbox-${channel}`,
  channel,
  send,
  [Symbol.asyncDispose]: async () => undefined, // the outbox is what is stopped
});

/** The vendor is waited for until one of the signals aborts. */
type Taking = { readonly until: readonly AbortSignal[]; readonly take: () => Promise<Outcome> };

async function answer(behaviour: Behaviour, { until, take }: Taking): Promise<Outcome> {
  switch (behaviour.does) {
    case 'accept':
      return await take();
    case 'accept-slowly':
      return (await passes(behaviour.latencyMs, until)) ? await take() : { outcome: 'unknown', reason: 'no-answer' };
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
      await passes(FOR_EVER_MS, until);
      return { outcome: 'unknown', reason: 'no-answer' };
    case 'drop-connection':
      return { outcome: 'retry', reason: 'connection-lost' };
    case 'lose-answer': {
      const { outcome } = await take();
      return { outcome: 'unknown', reason: outcome === 'accepted' ? 'answer-lost' : 'no-answer' };
    }
  }
}

/** As long as a timer can be set for: some 24 days. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** `false` where a signal aborted before. */
async function passes(ms: number, until: readonly AbortSignal[]): Promise<boolean> {
  return await pass(ms, true, { signal: AbortSignal.any([...until]) }).catch(() => false);
}

function messageOf(message: Attempt, at: Instant): Omit<OutboxMessage, 'id'> {
  const { target, content, delivery, notification, attempt, category, priority, collapseKey, ttlSeconds } = message;
  return {
    channel: target.channel,
    at,
    ...addressOf(target),
    ...content,
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
