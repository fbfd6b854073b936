/** Whether a person wants notifications one by one, or several as one: a digest. Chosen by category and channel, and by an app for who has chosen nothing. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import { valueOf, type PersistentMap } from '../../shared/persistent-map.ts';
import { categoryKey } from '../category.ts';
import type { PreferencesEvent } from '../events.ts';
import type { NotificationChannel } from '../notification-channels.ts';

/** `after-first`: those of so many minutes, counted from the first. `time-of-day`: those until the person's clock shows it, as `08:00`. */
export type DigestRule =
  { readonly kind: 'at-once' } | { readonly kind: 'after-first'; readonly minutes: number } | { readonly kind: 'time-of-day'; readonly time: string };

/** `*` is every category, or every channel. */
export type DigestedAbout = { readonly category: string; readonly channel: NotificationChannel | '*' };
export type DigestChoices = PersistentMap<string, DigestRule>;

export const DIGEST_MINUTES_MAX = 24 * 60;
export const DIGEST_CHOICES_MAX = 200;

/** A channel's name has no space in it, so two pairs never share a key. */
export const digestKey = ({ category, channel }: DigestedAbout): string => `${channel} ${categoryKey(category)}`;

/** The closest choice: for this category on this channel, for the category, for the channel, for everything. */
export const closestRule = (choices: DigestChoices, { category, channel }: DigestedAbout): DigestRule | undefined =>
  valueOf(choices, digestKey({ category, channel })) ??
  valueOf(choices, digestKey({ category, channel: '*' })) ??
  valueOf(choices, digestKey({ category: '*', channel })) ??
  valueOf(choices, digestKey({ category: '*', channel: '*' }));

export function setDigest(choices: DigestChoices, { category, channel, rule }: DigestedAbout & { readonly rule: DigestRule }): Decision<PreferencesEvent> {
  const fault = refusalOfRule(rule);
  if (fault !== undefined) return fault;
  const before = valueOf(choices, digestKey({ category, channel }));
  if (before !== undefined && isSameRule(before, rule)) return accept();
  if (before === undefined && choices.size >= DIGEST_CHOICES_MAX) return refuse('preferences-full', { max: DIGEST_CHOICES_MAX });
  return accept({ type: 'people.digest-set.v1', data: { category, channel, rule } });
}

export const clearDigest = (choices: DigestChoices, { category, channel }: DigestedAbout): Decision<PreferencesEvent> =>
  valueOf(choices, digestKey({ category, channel })) === undefined ? accept() : accept({ type: 'people.digest-cleared.v1', data: { category, channel } });

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

function isSameRule(one: DigestRule, other: DigestRule): boolean {
  switch (one.kind) {
    case 'at-once':
      return other.kind === 'at-once';
    case 'after-first':
      return other.kind === 'after-first' && other.minutes === one.minutes;
    case 'time-of-day':
      return other.kind === 'time-of-day' && other.time === one.time;
  }
}
