/** What an app is told of its quotas with each request that takes of them. */
import { z } from 'zod';
import { withinQuota, type QuotaCounts, type QuotaLeft, type Requested, type RequestWithin } from '../commands/notifications/app-quotas.ts';
import type { AppId } from '../domain/shared/ids.ts';

/** The response to a request that takes of the quotas. */
export async function requestWithinQuota<Result extends Requested>(
  counts: QuotaCounts,
  app: AppId,
  request: RequestWithin<Result>,
): Promise<Result & { readonly headers: Readonly<Record<string, string>> }> {
  const { result, left } = await withinQuota(counts, app, request);
  return { ...result, headers: quotaHeadersOf(left) };
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
function quotaHeadersOf(left: readonly QuotaLeft[]): Readonly<Record<string, string>> {
  if (left.length === 0) return {};
  const known = left.flatMap(({ name, remaining }) => (remaining === undefined ? [] : [`"${name}";r=${remaining}`]));
  return {
    'RateLimit-Policy': left.map(({ name, max, windowSeconds }) => `"${name}";q=${max};w=${windowSeconds}`).join(', '),
    ...(known.length > 0 && { RateLimit: known.join(', ') }),
  };
}
