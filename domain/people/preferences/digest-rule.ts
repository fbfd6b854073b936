/** Whether notifications are told one by one, or several as one: a digest. */
import { refuse, type Decision } from '../../shared/decider.ts';

/** `after-first`: those of so many minutes, counted from the first. `time-of-day`: those until the person's clock shows it, as `08:00`. */
export type DigestRule =
  { readonly kind: 'at-once' } | { readonly kind: 'after-first'; readonly minutes: number } | { readonly kind: 'time-of-day'; readonly time: string };

export const DIGEST_MINUTES_MAX = 24 * 60;

/** Why no digest can follow this rule, or nothing. */
export function refusalOfRule(rule: DigestRule): Decision<never> | undefined {
  switch (rule.kind) {
    case 'at-once':
      return undefined;
    case 'after-first':
      return Number.isInteger(rule.minutes) && rule.minutes >= 1 && rule.minutes <= DIGEST_MINUTES_MAX
        ? undefined
        : refuse('digest-invalid', { maxMinutes: DIGEST_MINUTES_MAX });
    case 'time-of-day':
      return /^([01]\d|2[0-3]):[0-5]\d$/.test(rule.time) ? undefined : refuse('digest-invalid', { maxMinutes: DIGEST_MINUTES_MAX });
  }
}

export function isSameRule(one: DigestRule, other: DigestRule): boolean {
  switch (one.kind) {
    case 'at-once':
      return other.kind === 'at-once';
    case 'after-first':
      return other.kind === 'after-first' && other.minutes === one.minutes;
    case 'time-of-day':
      return other.kind === 'time-of-day' && other.time === one.time;
  }
}
