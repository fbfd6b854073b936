/** How long a session lasts. Sessions are in the vault and not in the log; here are the rules for them. */
import { DAY_MS, HOUR_MS, MINUTE_MS, msBetween, type Instant } from '../shared/instant.ts';

/** `maxMs`: from logging in; `idleMs`: from the last use. */
export type SessionLifetimes = { readonly maxMs: number; readonly idleMs: number };

export const SESSION_LIFETIMES: SessionLifetimes = { maxMs: 30 * DAY_MS, idleMs: 14 * DAY_MS };
/** A use is recorded when the last one that was is so long ago: exactness is not worth a write for each request. */
export const USE_RECORDED_AFTER_MS = HOUR_MS;
/** What needs a recent login needs one within this time. */
export const RECENT_LOGIN_MS = 10 * MINUTE_MS;
/** Of one person; one more ends the one that was opened longest ago. */
export const SESSIONS_MAX = 100;

type Session = { readonly createdAt: Instant; readonly expiresAt: Instant; readonly endedAt?: Instant };

/** `usedAt`: undefined where no use was recorded since it was opened. */
export function isSessionOpen(
  { createdAt, expiresAt, endedAt }: Session,
  usedAt: Instant | undefined,
  { idleMs, at }: { readonly idleMs: number; readonly at: Instant },
): boolean {
  return endedAt === undefined && expiresAt > at && msBetween(usedAt ?? createdAt, at) < idleMs;
}

export const isRecentLogin = (loggedInAt: Instant, at: Instant): boolean => msBetween(loggedInAt, at) < RECENT_LOGIN_MS;
