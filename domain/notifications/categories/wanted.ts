/** Whether a person wants notifications of a category on a channel, by what they chose and by what the category says for who chose nothing. */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import type { Choice } from '../../people/preferences.ts';
import type { ChosenAbout } from '../../people/preferences/chosen-about.ts';
import type { AppId } from '../../shared/ids.ts';
import type { Category } from './events.ts';

/** The part of a category that sending goes by. */
export type CategoryRules = Pick<Category, 'mandatory' | 'byDefault' | 'channels' | 'perDayMax' | 'digest'>;

/** `app`: of the app that asks; absent where one of our own products does. */
export type WantedAbout = { readonly app?: AppId; readonly category: string; readonly channel: NotificationChannel };

/** The choice for exactly this, where the person has made one. */
export type ChoiceFor = (about: ChosenAbout) => Choice | undefined;

/**
 * The closest choice: for this category on this channel, for the category, for the channel, for everything; and of each first the one
 * for this app, then the one for every app.
 */
export function closestChoice<Chosen>(choiceFor: (about: ChosenAbout) => Chosen | undefined, { app, category, channel }: WantedAbout): Chosen | undefined {
  const levels = [
    { category, channel },
    { category, channel: '*' },
    { category: '*', channel },
    { category: '*', channel: '*' },
  ] as const;
  for (const level of levels) {
    const choice = (app === undefined ? undefined : choiceFor({ app, ...level })) ?? choiceFor(level);
    if (choice !== undefined) return choice;
  }
  return undefined;
}

/** For a person who has chosen nothing. What was never declared is wanted. */
export function choiceByDefault(rules: CategoryRules | undefined, channel: NotificationChannel): Choice {
  if (rules === undefined) return 'in';
  return rules.channels === undefined || rules.channels.includes(channel) ? rules.byDefault : 'out';
}

export const isWanted = (choiceFor: ChoiceFor, rules: CategoryRules | undefined, about: WantedAbout): boolean =>
  rules?.mandatory === true || (closestChoice(choiceFor, about) ?? choiceByDefault(rules, about.channel)) === 'in';
