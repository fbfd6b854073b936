/** The ways in which a vendor can fail, for the outbox to be told to fail in. */
import type { NotificationChannel } from '../../domain/people/events.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';

export type Behaviour =
  | { readonly does: 'accept' }
  /** Accepts after this time. */
  | { readonly does: 'accept-slowly'; readonly latencyMs: number }
  | { readonly does: 'reject'; readonly reason: string }
  /** The token or address is gone for good. */
  | { readonly does: 'lose-endpoint' }
  /** 401: our credentials are refused. */
  | { readonly does: 'refuse-account' }
  /** 429 */
  | { readonly does: 'limit-rate'; readonly retryAfterMs: number }
  /** 503 */
  | { readonly does: 'be-unavailable' }
  /** Takes nothing and answers nothing. */
  | { readonly does: 'hang' }
  /** Before anything was taken. */
  | { readonly does: 'drop-connection' }
  /** Takes the message and drops the connection before answering. */
  | { readonly does: 'lose-answer' };

/** For so many messages, for so long, or each message by chance; until told otherwise where it is absent. Else it accepts. */
type Extent = { readonly messages: number } | { readonly forMs: number } | { readonly chance: number /* 0 to 1 */; readonly seed: number /* a whole number */ };

type Told = Behaviour & { readonly extent?: Extent };
/** Channels that it doesn't name go on as they were told before. */
export type Plan = Partial<Readonly<Record<NotificationChannel, Told>>>;

export function startBehaving(clock: () => Instant) {
  const next = new Map<NotificationChannel, () => Behaviour>();
  return {
    behave: (plan: Plan): void => {
      for (const [channel, told] of Object.entries(plan)) next.set(channel as NotificationChannel, behaving(told, clock));
    },
    /** How the next message of the channel is treated. */
    next: (channel: NotificationChannel): Behaviour => next.get(channel)?.() ?? ACCEPT,
  };
}

const ACCEPT: Behaviour = { does: 'accept' };

function behaving({ extent, ...behaviour }: Told, clock: () => Instant): () => Behaviour {
  if (extent === undefined) return () => behaviour;
  if ('messages' in extent) {
    let left = extent.messages;
    return () => (left-- > 0 ? behaviour : ACCEPT);
  }
  if ('forMs' in extent) {
    const until = plus(clock(), extent.forMs);
    return () => (clock() < until ? behaviour : ACCEPT);
  }
  const random = seeded(extent.seed);
  return () => (random() < extent.chance ? behaviour : ACCEPT);
}

/** Mulberry32, by Tommy Ettinger: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
