/** Which notifications a person wants several of as one. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import { valueOf, type PersistentMap } from '../../shared/persistent-map.ts';
import type { PreferencesEvent } from '../events.ts';
import { aboutOf, choiceKey, type ChosenAbout } from './chosen-about.ts';
import { isSameRule, refusalOfRule, type DigestRule } from './digest-rule.ts';

/** By `choiceKey`. */
export type DigestChoices = PersistentMap<string, DigestRule>;

export const DIGEST_CHOICES_MAX = 200;

/** For exactly this. */
export const ruleFor = (choices: DigestChoices, about: ChosenAbout): DigestRule | undefined => valueOf(choices, choiceKey(about));

export function setDigest(choices: DigestChoices, { rule, ...command }: ChosenAbout & { readonly rule: DigestRule }): Decision<PreferencesEvent> {
  const fault = refusalOfRule(rule);
  if (fault !== undefined) return fault;
  const before = ruleFor(choices, command);
  if (before !== undefined && isSameRule(before, rule)) return accept();
  if (before === undefined && choices.size >= DIGEST_CHOICES_MAX) return refuse('preferences-full', { max: DIGEST_CHOICES_MAX });
  return accept({ type: 'people.digest-set.v1', data: { ...aboutOf(command), rule } });
}

export const clearDigest = (choices: DigestChoices, about: ChosenAbout): Decision<PreferencesEvent> =>
  ruleFor(choices, about) === undefined ? accept() : accept({ type: 'people.digest-cleared.v1', data: aboutOf(about) });
