/**
 * How much an app may ask for in an hour and in a day, as its operator says: by its requests, by its schedules, and for the members of its
 * lists. It is counted where rate limits are: where the counts are lost, an app gets a little more through. What comes to nothing, or was
 * asked for before under the same key, is given back.
 */
import type { ActiveApp } from '../../domain/notifications/apps/app.ts';
import type { AppQuota } from '../../domain/notifications/apps/events.ts';
import { quotaLimitOf, QUOTAS } from '../../domain/notifications/apps/quotas.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../ports/rate-limit/port.ts';
import type { CommandResult } from '../handling/results.ts';

/** `onUnavailable`: is told of a limit whose counts are away. */
export type QuotaCounts = {
  readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>;
  readonly onUnavailable?: (limit: string, error: unknown) => void;
};

/** What is taken of the quotas; those of what is absent are not asked. With 0 they tell what is left. */
export type QuotaUsage = { readonly requests?: number; readonly recipients?: number };

/** `remaining`: absent where it can't be told. */
export type QuotaLeft = {
  readonly name: (typeof QUOTAS)[number]['name'];
  readonly max: number;
  readonly windowSeconds: number;
  readonly remaining?: number;
};

export type TakenQuota = {
  /** Of each quota that was asked. */
  readonly left: readonly QuotaLeft[];
  /** Then nothing was taken. */
  readonly over?: { readonly quota: string; readonly retryAfterMs: number };
  giveBack(): Promise<void>;
};

/** All of it or nothing. While the counts are away, nothing is held back. */
export async function takeQuota(
  { rateLimit, onUnavailable }: QuotaCounts,
  app: AppId,
  { quota = {}, usage }: { readonly quota?: AppQuota | undefined; readonly usage: QuotaUsage },
): Promise<TakenQuota> {
  const left: QuotaLeft[] = [];
  const taken: { readonly limit: Limit; readonly points: number }[] = [];
  const giveBack = async () => {
    await Promise.all(taken.splice(0).map(({ limit, points }) => rateLimit.refund(limit, app, points).catch(ignoreOutage)));
  };
  for (const kind of QUOTAS) {
    const { [kind.field]: max } = quota;
    const { [kind.counts]: points } = usage;
    if (max === undefined || points === undefined) continue;
    const limit = quotaLimitOf(kind, max);
    const decision = await rateLimit.take(limit, app, points).catch((error: unknown) => {
      onUnavailable?.(limit.name, error);
      return ignoreOutage(error);
    });
    if (decision !== undefined) taken.push({ limit, points }); // what is refused was counted as well
    const { name, windowSeconds } = kind;
    left.push({ name, max, windowSeconds, ...(decision !== undefined && { remaining: decision.allowed ? decision.remaining : 0 }) });
    if (decision?.allowed !== false) continue;
    await giveBack();
    return { left, over: { quota: name, retryAfterMs: decision.retryAfterMs }, giveBack };
  }
  return { left, giveBack };
}

function ignoreOutage(error: unknown): undefined {
  if (error instanceof RateLimitUnavailable) return undefined;
  throw error;
}

type Admit = (app: ActiveApp, recipients: number) => Promise<Refusal | undefined>;
export type Requested = { readonly handled: CommandResult };
export type RequestWithin<Result extends Requested> = (admit: Admit) => Promise<Result>;

/** Makes a request that takes of the quotas; gives back what was taken where it came to nothing, or was made before. */
export async function withinQuota<Result extends Requested>(
  counts: QuotaCounts,
  app: AppId,
  request: RequestWithin<Result>,
): Promise<{ readonly result: Result; readonly left: readonly QuotaLeft[] }> {
  let taken: TakenQuota | undefined;
  let isNew = false;
  try {
    const result = await request(async ({ quota }, recipients) => {
      taken = await takeQuota(counts, app, { quota, usage: { requests: 1, recipients } });
      return taken.over && refusalOf(taken.over);
    });
    isNew = result.handled.outcome === 'appended' && !result.handled.repeated;
    return { result, left: taken?.left ?? [] };
  } finally {
    if (!isNew) await taken?.giveBack();
  }
}

const refusalOf = ({ quota, retryAfterMs }: NonNullable<TakenQuota['over']>): Refusal => ({
  code: 'quota-exceeded',
  facts: { quota, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / SECOND_MS)) },
});
