/** A vendor for each channel that writes messages into a folder where developers can look at them, and fails in any way that it is told to. */
import { setTimeout as delay } from 'node:timers/promises';
import { NOTIFICATION_CHANNELS, type NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { createBehaviours, type Behaviour, type Behaviours } from './outbox-behaviour.ts';
import { openOutboxFiles, type ListOptions, type OutboxMessage } from './outbox-files.ts';
import type { Attempt, Outcome, Sender, ResolvedAttempt, Target } from './port.ts';

/** Messages kept of each channel. */
const KEPT_MAX = 100_000;

export type Outbox = AsyncDisposable & {
  readonly senders: readonly Sender[];
  list(options: ListOptions): Promise<readonly OutboxMessage[]>;
  get(id: string): Promise<OutboxMessage | undefined>;
  behave(behaviours: Behaviours): void;
};

export type OutboxConfig = {
  readonly folder: string;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
  readonly keptMax?: number;
  /** Its senders have `resolveAttempt`, like a vendor that can be asked for what it accepted. */
  readonly resolvesAttempts?: true;
};

export async function startOutbox({
  folder,
  clock,
  monotonicMs = () => performance.now(),
  keptMax = KEPT_MAX,
  resolvesAttempts,
}: OutboxConfig): Promise<Outbox> {
  const files = await openOutboxFiles(folder, { keptMax });
  const behaviours = createBehaviours(monotonicMs);
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<Outcome>>();

  /** Accepted once the file is there. Where the disk refuses, nothing was accepted. */
  const accept = async (attempt: Attempt): Promise<Outcome> => {
    try {
      const { id } = await files.write(messageOf(attempt, clock()));
      return { outcome: 'accepted', vendorId: id };
    } catch (error) {
      return { outcome: 'retry', reason: `outbox-unwritable: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.signal.aborted || stopping.signal.aborted) return { outcome: 'retry', reason: 'deadline-passed' };
    const outcome = perform(behaviours.next(attempt.target.channel), { until: [attempt.signal, stopping.signal], accept: () => accept(attempt) });
    underWay.set(attemptKeyOf(attempt), outcome);
    return await outcome.finally(() => underWay.delete(attemptKeyOf(attempt)));
  };

  /** An attempt under way is waited for first. */
  const resolveAttempt = async (attempt: Pick<Attempt, 'delivery' | 'attempt'>, channel: NotificationChannel): Promise<ResolvedAttempt> => {
    await underWay.get(attemptKeyOf(attempt));
    const id = files.idOfAttempt(attempt, channel);
    return id === undefined ? { outcome: 'retry', reason: 'not-taken' } : { outcome: 'accepted', vendorId: id };
  };

  return {
    senders: NOTIFICATION_CHANNELS.map((channel) =>
      resolvesAttempts === true ? { ...senderOf(channel, send), resolveAttempt: (attempt) => resolveAttempt(attempt, channel) } : senderOf(channel, send),
    ),
    list: files.list,
    get: files.get,
    behave: behaviours.behave,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all(underWay.values());
    },
  };
}

const attemptKeyOf = ({ delivery, attempt }: Pick<Attempt, 'delivery' | 'attempt'>): string => `${delivery} ${attempt}`;

const senderOf = (channel: NotificationChannel, send: Sender['send']): Sender => ({
  vendor: `outbox-${channel}`,
  channel,
  send,
  [Symbol.asyncDispose]: async () => undefined, // the outbox itself is stopped
});

/** Waiting ends when one of the signals in `until` aborts. */
type Performing = { readonly until: readonly AbortSignal[]; readonly accept: () => Promise<Outcome> };

async function perform(behaviour: Behaviour, { until, accept }: Performing): Promise<Outcome> {
  switch (behaviour.does) {
    case 'accept':
      return await accept();
    case 'accept-slowly':
      return (await waitUnlessAborted(behaviour.latencyMs, until)) ? await accept() : { outcome: 'unknown', reason: 'no-answer' };
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
      return { outcome: 'unknown', reason: 'no-answer' };
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
  const { target, content, data, delivery, notification, attempt, category, priority, collapseKey, ttlSeconds } = message;
  return {
    channel: target.channel,
    at,
    ...addressOf(target),
    ...content,
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
