/** The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. */
import { epochMs, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';

/** undefined where there is none, it can't be read, or it has passed. */
export function retryAfterMsIn(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - epochMs(now);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
