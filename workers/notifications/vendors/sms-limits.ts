/**
 * Against SMS pumping: somebody who earns by texts has us send them to numbers of theirs, by the thousand, mostly in a row and mostly codes
 * to log in with. So texts go to countries that the operator allows, and only so many an hour to one country, and to one block of numbers.
 */
import { phoneNumberOf } from '../../../ports/phone-numbers/phone-number.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../../ports/rate-limit/port.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';

/** Numbers that differ in these last digits alone are one block. */
const BLOCK_DIGITS = 4;
/** For numbers of no country. */
const NOWHERE = 'none';

export const SMS_COUNTRY_PER_HOUR_MAX = 100_000;
/** A tenth of the numbers that there are in a block. */
export const SMS_BLOCK_PER_HOUR_MAX = 1_000;

/** `countries`: undefined allows all. */
export type SmsLimits = { readonly countries?: readonly string[] | undefined; readonly countryPerHourMax?: number; readonly blockPerHourMax?: number };

export type SmsHeldBack = 'country-not-allowed' | 'sms-capped';

/** A text is counted before its first attempt alone, so that those of an outage don't count themselves up. */
export type CheckSmsLimits = (text: { readonly phone: string; readonly delivery: DeliveryId; readonly counts: boolean }) => Promise<SmsHeldBack | undefined>;

type Dependencies = { readonly rateLimit: Pick<RateLimit, 'takeOnce'>; readonly report: WorkersReporter };

export function checkSmsLimitsWith(
  { rateLimit, report }: Dependencies,
  { countries, countryPerHourMax = SMS_COUNTRY_PER_HOUR_MAX, blockPerHourMax = SMS_BLOCK_PER_HOUR_MAX }: SmsLimits = {},
): CheckSmsLimits {
  const hourly = (name: string, points: number): Limit => ({ name, points, windowSeconds: HOUR_MS / SECOND_MS });
  const ofCountry = hourly('sms-country', countryPerHourMax);
  const ofBlock = hourly('sms-block', blockPerHourMax);

  /** While the limits are away nothing is held back. */
  const isOver = async (limit: Limit, whose: string, delivery: DeliveryId): Promise<boolean> => {
    try {
      return !(await rateLimit.takeOnce(limit, whose, delivery)).allowed;
    } catch (error) {
      if (error instanceof RateLimitUnavailable) return false;
      throw error;
    }
  };

  return async ({ phone, delivery, counts }) => {
    const { country = NOWHERE } = phoneNumberOf(phone) ?? {};
    if (countries !== undefined && !countries.includes(country)) {
      report({ event: 'sms-held-back', country, reason: 'country-not-allowed' });
      return 'country-not-allowed';
    }
    if (!counts) return undefined;
    const over = (await isOver(ofBlock, phone.slice(0, -BLOCK_DIGITS), delivery)) || (await isOver(ofCountry, country, delivery));
    if (over) report({ event: 'sms-held-back', country, reason: 'sms-capped' });
    return over ? 'sms-capped' : undefined;
  };
}
