/** What an app may ask for holds for what its schedules ask for too. An occurrence beyond it is refused, and the next one comes. */
import type { ActiveApp } from '../../../domain/notifications/apps/app.ts';
import { quotaLimitOf, QUOTAS } from '../../../domain/notifications/apps/quotas.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../../ports/rate-limit/port.ts';

type Quotas = Pick<RateLimit, 'take' | 'refund'>;

export type OccurrenceQuota = {
  /** All of it or, with a refusal, nothing. While the counts are away, nothing is held back. */
  admit(state: ActiveApp, recipients: number): Promise<Refusal | undefined>;
  /** Of an occurrence that was refused for another reason, or requested before. */
  giveBack(): Promise<void>;
};

export function occurrenceQuotaOf(rateLimit: Quotas, app: AppId): OccurrenceQuota {
  const taken: { readonly limit: Limit; readonly points: number }[] = [];
  const giveBack = async () => {
    await Promise.all(taken.splice(0).map(({ limit, points }) => rateLimit.refund(limit, app, points).catch(ignoreOutage)));
  };
  return {
    giveBack,
    admit: async ({ quota = {} }, recipients) => {
      for (const kind of QUOTAS) {
        const { [kind.field]: max } = quota;
        if (max === undefined) continue;
        const [limit, points] = [quotaLimitOf(kind, max), kind.counts === 'requests' ? 1 : recipients];
        const decision = await rateLimit.take(limit, app, points).catch(ignoreOutage);
        if (decision === undefined) continue;
        taken.push({ limit, points }); // what is refused was counted as well
        if (decision.allowed) continue;
        await giveBack();
        return { code: 'quota-exceeded', facts: { quota: kind.name, retryAfterSeconds: Math.max(1, Math.ceil(decision.retryAfterMs / SECOND_MS)) } };
      }
      return undefined;
    },
  };
}

function ignoreOutage(error: unknown): undefined {
  if (error instanceof RateLimitUnavailable) return undefined;
  throw error;
}
