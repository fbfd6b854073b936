/** Which notifications a person wants several of as one, by category and channel. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import { valueOf, type PersistentMap } from '../../shared/persistent-map.ts';
import { categoryKey } from '../category.ts';
import type { PreferencesEvent } from '../events.ts';
import type { NotificationChannel } from '../notification-channels.ts';
import { isSameRule, refusalOfRule, type DigestRule } from './digest-rule.ts';

/** `*` is every category, or every channel. */
export type DigestedAbout = { readonly category: string; readonly channel: NotificationChannel | '*' };
export type DigestChoices = PersistentMap<string, DigestRule>;

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
