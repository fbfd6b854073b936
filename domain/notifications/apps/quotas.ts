/** The quotas of apps, as they are counted and named: in headers, in refusals, and where rate limits are. */
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/instant.ts';
import type { AppQuota } from './events.ts';

type QuotaKind = {
  readonly name: `${'requests' | 'recipients'}-per-${'hour' | 'day'}`;
  readonly field: keyof AppQuota;
  readonly counts: 'requests' | 'recipients';
  readonly windowSeconds: number;
};

const HOUR_SECONDS = HOUR_MS / SECOND_MS;
const DAY_SECONDS = DAY_MS / SECOND_MS;

export const QUOTAS = [
  { name: 'requests-per-hour', field: 'requestsPerHour', counts: 'requests', windowSeconds: HOUR_SECONDS },
  { name: 'requests-per-day', field: 'requestsPerDay', counts: 'requests', windowSeconds: DAY_SECONDS },
  { name: 'recipients-per-hour', field: 'recipientsPerHour', counts: 'recipients', windowSeconds: HOUR_SECONDS },
  { name: 'recipients-per-day', field: 'recipientsPerDay', counts: 'recipients', windowSeconds: DAY_SECONDS },
] as const satisfies readonly QuotaKind[];

/** The limit under which the quota is counted, for each app. */
export const quotaLimitOf = ({ name, windowSeconds }: Pick<QuotaKind, 'name' | 'windowSeconds'>, points: number) => ({
  name: `quota-${name}`,
  points,
  windowSeconds,
});
