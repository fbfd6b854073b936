/**
 * How much an app may ask for in an hour and in a day, as its operator says. It is counted where rate limits are: an app that gets a
 * little more through where the counts are lost does no harm that anybody could have relied on. What is refused, or was asked for before
 * under the same key, is given back.
 */
import { z } from 'zod';
import type { CommandResult } from '../commands/handling/results.ts';
import type { ActiveApp } from '../domain/notifications/apps/app.ts';
import { quotaLimitOf, QUOTAS } from '../domain/notifications/apps/quotas.ts';
import type { Refusal } from '../domain/shared/decider.ts';
import type { AppId } from '../domain/shared/ids.ts';
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { EdgeReporter } from '../edge/telemetry-events.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../ports/rate-limit/port.ts';

/** What a request takes. */
export type Usage = { readonly requests: number; readonly recipients: number };

export type QuotaLeft = {
  readonly name: (typeof QUOTAS)[number]['name'];
  readonly max: number;
  readonly windowSeconds: number;
  /** Absent where it can't be told. */ readonly remaining?: number;
};

export type Taken = {
  /** Of each quota that the app has, as far as it was asked. */
  readonly left: readonly QuotaLeft[];
  readonly refusal?: Refusal;
  /** Of a request that was refused for another reason, or changed nothing. */
  giveBack(): Promise<void>;
};

export type AppQuotas = {
  /** All of it or, with a refusal, nothing. */
  take(app: AppId, quota: ActiveApp['quota'], usage: Usage): Promise<Taken>;
  /** What is left, without taking anything. */
  left(app: AppId, quota: ActiveApp['quota']): Promise<readonly QuotaLeft[]>;
};

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'take' | 'refund'>; readonly report: EdgeReporter };

export function createAppQuotas({ rateLimit, report }: Dependencies): AppQuotas {
  /** undefined: while the counts are away, nothing is held back. */
  const takeOf = async (kind: (typeof QUOTAS)[number], of: { readonly app: AppId; readonly max: number; readonly points: number }) => {
    try {
      return await rateLimit.take(quotaLimitOf(kind, of.max), of.app, of.points);
    } catch (error) {
      if (!(error instanceof RateLimitUnavailable)) throw error;
      report({ type: 'limit-unavailable', limit: `quota-${kind.name}`, error });
      return undefined;
    }
  };

  const take: AppQuotas['take'] = async (app, quota = {}, usage) => {
    const left: QuotaLeft[] = [];
    const taken: { readonly limit: Limit; readonly points: number }[] = [];
    const giveBack = async () =>
      void (await Promise.all(taken.splice(0).map(({ limit, points }) => rateLimit.refund(limit, app, points).catch(() => undefined))));
    for (const kind of QUOTAS) {
      const { [kind.field]: max } = quota;
      if (max === undefined) continue;
      const points = usage[kind.counts];
      const decision = await takeOf(kind, { app, max, points });
      if (decision !== undefined) taken.push({ limit: quotaLimitOf(kind, max), points }); // what is refused was counted as well
      const { name, windowSeconds } = kind;
      left.push({ name, max, windowSeconds, ...(decision !== undefined && { remaining: decision.allowed ? decision.remaining : 0 }) });
      if (decision?.allowed !== false) continue;
      await giveBack();
      const retryAfterSeconds = Math.max(1, Math.ceil(decision.retryAfterMs / SECOND_MS));
      return { left, refusal: { code: 'quota-exceeded', facts: { quota: name, retryAfterSeconds } }, giveBack };
    }
    return { left, giveBack };
  };

  return { take, left: async (app, quota) => (await take(app, quota, { requests: 0, recipients: 0 })).left };
}

type Requested = { readonly handled: CommandResult };

/** Gives back what was taken for a request that came to nothing, or was there already. */
export async function withinQuota<Result extends Requested>(
  quotas: AppQuotas,
  app: AppId,
  request: (admit: (state: ActiveApp, recipients: number) => Promise<Refusal | undefined>) => Promise<Result>,
): Promise<Result & { readonly headers: Readonly<Record<string, string>> }> {
  let taken: Taken | undefined;
  let isNew = false;
  try {
    const result = await request(async ({ quota }, recipients) => {
      taken = await quotas.take(app, quota, { requests: 1, recipients });
      return taken.refusal;
    });
    isNew = result.handled.outcome === 'appended' && !result.handled.repeated;
    return { ...result, headers: quotaHeadersOf(taken?.left ?? []) };
  } finally {
    if (!isNew) await taken?.giveBack();
  }
}

export const quotaHeaders = z.object({
  'RateLimit-Policy': z
    .string()
    .optional()
    .meta({
      header: { id: 'RateLimitPolicy' },
      examples: ['"requests-per-hour";q=10000;w=3600'],
      description: 'The quotas of your app: `q` of them in a window of `w` seconds. Absent where it has none.',
    }),
  RateLimit: z
    .string()
    .optional()
    .meta({
      header: { id: 'RateLimit' },
      examples: ['"requests-per-hour";r=9871'],
      description: 'What is left of each quota, with this request taken from it.',
    }),
});

/** As the working group of HTTP drafts them (`draft-ietf-httpapi-ratelimit-headers-10`): `q` is the quota, `w` its window in seconds, `r` what is left. */
export function quotaHeadersOf(left: readonly QuotaLeft[]): Readonly<Record<string, string>> {
  if (left.length === 0) return {};
  const known = left.flatMap(({ name, remaining }) => (remaining === undefined ? [] : [`"${name}";r=${remaining}`]));
  return {
    'RateLimit-Policy': left.map(({ name, max, windowSeconds }) => `"${name}";q=${max};w=${windowSeconds}`).join(', '),
    ...(known.length > 0 && { RateLimit: known.join(', ') }),
  };
}
