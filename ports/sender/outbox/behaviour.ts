/** The ways in which the outbox can be told to fail, as vendors do. */
import type { SentChannel } from '../../../domain/people/notification-channels.ts';

export type Behaviour =
  | { readonly does: 'accept' }
  /** Accepts after this time. */
  | { readonly does: 'accept-slowly'; readonly latencyMs: number }
  | { readonly does: 'reject'; readonly reason: string }
  /** The token or address is gone for good. */
  | { readonly does: 'lose-endpoint' }
  /** 401: refuses our credentials. */
  | { readonly does: 'refuse-account' }
  /** 429 */
  | { readonly does: 'limit-rate'; readonly retryAfterMs: number }
  /** 503 */
  | { readonly does: 'be-unavailable' }
  /** Accepts nothing and answers nothing. */
  | { readonly does: 'hang' }
  /** Before the message was accepted. */
  | { readonly does: 'drop-connection' }
  /** Accepts the message and drops the connection before answering. */
  | { readonly does: 'lose-answer' };

/** For so many messages, for so long, or by chance for each message; until told otherwise where it is absent. Otherwise the outbox accepts. */
export type Extent =
  { readonly messages: number } | { readonly forMs: number } | { readonly chance: number /* 0 to 1 */; readonly seed: number /* a whole number */ };

export type LimitedBehaviour = Behaviour & { readonly extent?: Extent };
/** Channels that are not named go on as before. */
export type Behaviours = Partial<Readonly<Record<SentChannel, LimitedBehaviour>>>;

export const ACCEPT: Behaviour = { does: 'accept' };

export function createBehaviours(monotonicMs: () => number) {
  const next = new Map<SentChannel, () => Behaviour>();
  return {
    behave: (behaviours: Behaviours): void => {
      for (const [channel, behaviour] of Object.entries(behaviours)) next.set(channel as SentChannel, limitedTo(behaviour, monotonicMs));
    },
    /** The behaviour for the next message of the channel. */
    next: (channel: SentChannel): Behaviour => next.get(channel)?.() ?? ACCEPT,
  };
}

function limitedTo({ extent, ...behaviour }: LimitedBehaviour, monotonicMs: () => number): () => Behaviour {
  if (extent === undefined) return () => behaviour;
  if ('messages' in extent) {
    let left = extent.messages;
    return () => (left-- > 0 ? behaviour : ACCEPT);
  }
  if ('forMs' in extent) {
    const untilMs = monotonicMs() + extent.forMs;
    return () => (monotonicMs() < untilMs ? behaviour : ACCEPT);
  }
  let draws = 0;
  return () => (drawnAt(extent.seed, draws++) < extent.chance ? behaviour : ACCEPT);
}

/** Mulberry32, by Tommy Ettinger: the same numbers for the same seed. `draw` counts from 0. */
export function drawnAt(seed: number, draw: number): number {
  const state = (seed + Math.imul(draw + 1, 0x6d2b79f5)) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
