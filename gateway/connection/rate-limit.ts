/**
 * How often a person may say hello, and how many frames a person may send. The limits are shared by all gateways; frames are
 * charged in portions after they were let through, so that no frame waits for the answer: a little more than the limit comes through.
 */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { overrideLimits, type LimitOverrides } from '../../edge/http/limit-overrides.ts';
import type { Limit, RateLimit } from '../../ports/rate-limit/port.ts';
import type { Connection } from './connection.ts';

export const GATEWAY_LIMITS = {
  frames: { name: 'gateway-frames', points: 3_000, windowSeconds: 10 },
  /** A hello costs as much as reading the missed messages: so many devices may lose their connection so often. */
  hellos: { name: 'gateway-hellos', points: 120, windowSeconds: 60 },
} as const satisfies Record<string, Limit>;

const CHARGED_FRAMES_MAX = 30;
/** A client that goes on after so many refused frames is closed. */
const REFUSED_FRAMES_MAX = 300;

export type FrameLimiterDependencies = {
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly monotonicMs: () => number;
  readonly reportError: (error: unknown) => void;
};

export type FrameLimiter = FrameLimiterDependencies & {
  readonly frames: Limit;
  readonly hellos: Limit;
  /** So many frames are charged at once. */
  readonly chargedFrames: number;
};

export type FrameAdmission = { readonly outcome: 'admitted' } | { readonly outcome: 'limited'; readonly refusal: Refusal } | { readonly outcome: 'flooded' };

const ADMITTED: FrameAdmission = { outcome: 'admitted' };
const FLOODED: FrameAdmission = { outcome: 'flooded' };

export function createFrameLimiter(dependencies: FrameLimiterDependencies, overrides?: LimitOverrides): FrameLimiter {
  const { frames, hellos } = overrideLimits(GATEWAY_LIMITS, overrides);
  return { ...dependencies, frames, hellos, chargedFrames: Math.min(CHARGED_FRAMES_MAX, frames.points) };
}

/** Undefined: the person may say hello. */
export async function refusalOfHello({ rateLimit, hellos, reportError }: FrameLimiter, person: PersonId): Promise<Refusal | undefined> {
  try {
    const taken = await rateLimit.take(hellos, person, 1);
    return taken.allowed ? undefined : refusalOf(hellos, taken.retryAfterMs);
  } catch (error) {
    reportError(error); // without an answer nobody is limited
    return undefined;
  }
}

export function admitFrame(limiter: FrameLimiter, connection: Connection): FrameAdmission {
  connection.framesSinceLimitCheck++;
  const leftMs = connection.limitedUntilMs > 0 ? connection.limitedUntilMs - limiter.monotonicMs() : 0; // asking the time for every frame would cost more than the frame
  if (leftMs > 0) {
    return connection.framesSinceLimitCheck > REFUSED_FRAMES_MAX ? FLOODED : { outcome: 'limited', refusal: refusalOf(limiter.frames, leftMs) };
  }
  if (connection.framesSinceLimitCheck >= limiter.chargedFrames && connection.identity !== undefined) {
    connection.framesSinceLimitCheck = 0;
    void chargeFrames(limiter, connection, connection.identity.person);
  }
  return ADMITTED;
}

async function chargeFrames(
  { rateLimit, frames, chargedFrames, monotonicMs, reportError }: FrameLimiter,
  connection: Connection,
  person: PersonId,
): Promise<void> {
  try {
    const taken = await rateLimit.take(frames, person, chargedFrames);
    if (taken.allowed) return;
    connection.framesSinceLimitCheck = 0;
    connection.limitedUntilMs = monotonicMs() + taken.retryAfterMs;
  } catch (error) {
    reportError(error);
  }
}

const refusalOf = ({ name }: Limit, retryAfterMs: number): Refusal => ({
  code: 'rate-limited',
  facts: { limit: name, retryAfterSeconds: Math.ceil(retryAfterMs / SECOND_MS) },
});
