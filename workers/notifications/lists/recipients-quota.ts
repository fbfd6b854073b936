/**
 * What an app may ask for holds for the members of its lists too, as they are planned: nobody knows how many they are before. A range that
 * is planned anew counts once more.
 */
import type { AppQuota } from '../../../domain/notifications/apps/events.ts';
import { quotaLimitOf, QUOTAS } from '../../../domain/notifications/apps/quotas.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { RateLimitUnavailable, type Limit, type LimitDecision, type RateLimit } from '../../../ports/rate-limit/port.ts';

export type RecipientsQuota = {
  /** The most recipients that can be taken at once. */
  readonly max: number;
  /** All of them or none: then, how long until there may be room. */
  take(recipients: number): Promise<{ readonly waitMs: number }>;
};

export function recipientsQuotaOf(rateLimit: Pick<RateLimit, 'take' | 'refund'>, app: AppId, quota: AppQuota = {}): RecipientsQuota {
  const limits = QUOTAS.flatMap((kind): readonly Limit[] => {
    const { [kind.field]: max } = quota;
    return kind.counts === 'recipients' && max !== undefined ? [quotaLimitOf(kind, max)] : [];
  });
  return {
    max: Math.min(...limits.map(({ points }) => Math.max(points, 1)), Infinity),
    take: async (recipients) => {
      const taken: Limit[] = [];
      for (const limit of limits) {
        const decision = await takeFrom(rateLimit, limit, app, recipients);
        if (decision === undefined) continue;
        taken.push(limit); // what is refused was counted as well
        if (decision.allowed) continue;
        await Promise.all(taken.map((one) => rateLimit.refund(one, app, recipients).catch(() => undefined)));
        return { waitMs: decision.retryAfterMs };
      }
      return { waitMs: 0 };
    },
  };
}

/** undefined: while the counts are away, nothing is held back. */
async function takeFrom(rateLimit: Pick<RateLimit, 'take'>, limit: Limit, app: AppId, points: number): Promise<LimitDecision | undefined> {
  try {
    return await rateLimit.take(limit, app, points);
  } catch (error) {
    if (error instanceof RateLimitUnavailable) return undefined;
    throw error;
  }
}
