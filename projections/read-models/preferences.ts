/** A person's notification preferences, to be shown: what may be sent is decided from the log. And what others learn of the person. */
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { categoryKey } from '../../domain/people/category.ts';
import { choiceKey, type ChosenAbout } from '../../domain/people/preferences/chosen-about.ts';
import type { DigestRule } from '../../domain/people/preferences/digest-rule.ts';
import type { PreferencesEvent } from '../../domain/people/events.ts';
import { DEFAULT_PRIVACY, type Privacy } from '../../domain/people/preferences/privacy.ts';
import type { QuietHours } from '../../domain/people/preferences.ts';
import type { Projector } from '../projection.ts';

type ShownChoice = ChosenAbout & { readonly wanted: boolean };

/** Id: the person. */
export type PreferencesDocument = {
  readonly person: PersonId;
  /** The latest choice for each app, category and channel. */
  readonly choices: readonly ShownChoice[];
  readonly quietHours: QuietHours | null;
  readonly enrolled: readonly AppId[];
  /** The latest rule for each app, category and channel. */
  readonly digests: readonly (ChosenAbout & { readonly rule: DigestRule })[];
};

/** Id: the person. There is one of who has chosen something: who asks for those of a group's members finds few. */
export type PrivacyDocument = Privacy & { readonly person: PersonId };

export const preferences = {
  kind: 'projector',
  name: 'preferences',
  version: 4,
  handles: [
    'people.opted-out.v1',
    'people.opted-in.v1',
    'people.choice-cleared.v1',
    'people.quiet-hours-set.v1',
    'people.quiet-hours-cleared.v1',
    'people.digest-set.v1',
    'people.digest-cleared.v1',
    'people.enrolled.v1',
    'people.withdrawn.v1',
    'people.privacy-changed.v1',
  ],
  indexes: { preferences: [], privacy: [] },

  project: (event, { preferences, privacy }) => {
    const person = event.key as PersonId;
    if (event.type === 'people.privacy-changed.v1') privacy.update(person, event, (before = { ...DEFAULT_PRIVACY, person }) => ({ ...before, ...event.data }));
    else preferences.update(person, event, (before = { person, choices: [], quietHours: null, enrolled: [], digests: [] }) => changed(before, event));
  },
} as const satisfies Projector<PreferencesEvent, { preferences: PreferencesDocument; privacy: PrivacyDocument }>;

function changed(before: PreferencesDocument, event: Exclude<PreferencesEvent, { type: 'people.privacy-changed.v1' }>): PreferencesDocument {
  switch (event.type) {
    case 'people.opted-out.v1':
      return withChoice(before, { ...event.data, wanted: false });
    case 'people.opted-in.v1':
      return withChoice(before, { ...event.data, wanted: true });
    case 'people.choice-cleared.v1':
      return { ...before, choices: choicesWithout(before, event.data) };
    case 'people.quiet-hours-set.v1':
      return { ...before, quietHours: event.data };
    case 'people.quiet-hours-cleared.v1':
      return { ...before, quietHours: null };
    case 'people.digest-set.v1':
      return { ...before, digests: [...digestsWithout(before, event.data), event.data] };
    case 'people.digest-cleared.v1':
      return { ...before, digests: digestsWithout(before, event.data) };
    case 'people.enrolled.v1':
      return { ...before, enrolled: [...before.enrolled.filter((app) => app !== event.data.app), event.data.app] };
    case 'people.withdrawn.v1':
      return { ...before, enrolled: before.enrolled.filter((app) => app !== event.data.app) };
  }
}

const withChoice = (before: PreferencesDocument, choice: ShownChoice): PreferencesDocument => ({
  ...before,
  choices: [...choicesWithout(before, choice), choice],
});

function choicesWithout({ choices }: PreferencesDocument, { app, category, channel }: ChosenAbout): readonly ShownChoice[] {
  const key = categoryKey(category);
  return choices.filter((other) => other.app !== app || categoryKey(other.category) !== key || other.channel !== channel);
}

const digestsWithout = ({ digests }: PreferencesDocument, about: ChosenAbout) => digests.filter((one) => choiceKey(one) !== choiceKey(about));
