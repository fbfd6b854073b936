/**
 * What an app may ask for holds for the members of its lists too, as they are planned: nobody knows how many they are before. A range that
 * is planned anew counts once more.
 */
import { takeQuota, type QuotaCounts } from '../../../commands/notifications/app-quotas.ts';
import type { AppQuota } from '../../../domain/notifications/apps/events.ts';
import { QUOTAS } from '../../../domain/notifications/apps/quotas.ts';
import type { AppId } from '../../../domain/shared/ids.ts';

export type RecipientsQuota = {
  /** The most recipients that can be taken at once. */
  readonly max: number;
  /** All of them or none: then, how long until there may be room. */
  take(recipients: number): Promise<{ readonly waitMs: number }>;
};

export function recipientsQuotaOf(rateLimit: QuotaCounts['rateLimit'], app: AppId, quota: AppQuota = {}): RecipientsQuota {
  const most = QUOTAS.flatMap(({ counts, field }) => (counts === 'recipients' ? (quota[field] ?? []) : []));
  return {
    max: Math.min(...most.map((points) => Math.max(points, 1)), Infinity),
    take: async (recipients) => {
      const { over } = await takeQuota({ rateLimit }, app, { quota, usage: { recipients } });
      return { waitMs: over?.retryAfterMs ?? 0 };
    },
  };
}
