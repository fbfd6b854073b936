/** A person's notification preferences, to be shown. What may be sent is decided from the log. */
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { categoryKey } from '../../domain/people/category.ts';
import type { PreferencesEvent } from '../../domain/people/events.ts';
import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import type { QuietHours } from '../../domain/people/preferences.ts';
import type { Projector } from '../projection.ts';

/** `*` is every category, or every channel. */
type ChannelChoice = { readonly category: string; readonly channel: NotificationChannel | '*'; readonly wanted: boolean };

/** Id: the person. */
export type PreferencesDocument = {
  readonly person: PersonId;
  /** The latest choice for each category and channel. */
  readonly choices: readonly ChannelChoice[];
  readonly quietHours: QuietHours | null;
  readonly enrolled: readonly AppId[];
};

export const preferences = {
  kind: 'projector',
  name: 'preferences',
  version: 2,
  handles: [
    'people.opted-out.v1',
    'people.opted-in.v1',
    'people.quiet-hours-set.v1',
    'people.quiet-hours-cleared.v1',
    'people.enrolled.v1',
    'people.withdrawn.v1',
  ],
  indexes: { preferences: [] },

  project: (event, { preferences }) => {
    const person = event.key as PersonId;
    preferences.update(person, event, (before = { person, choices: [], quietHours: null, enrolled: [] }) => changed(before, event));
  },
} as const satisfies Projector<PreferencesEvent, { preferences: PreferencesDocument }>;

function changed(before: PreferencesDocument, event: PreferencesEvent): PreferencesDocument {
  switch (event.type) {
    case 'people.opted-out.v1':
      return withChoice(before, { ...event.data, wanted: false });
    case 'people.opted-in.v1':
      return withChoice(before, { ...event.data, wanted: true });
    case 'people.quiet-hours-set.v1':
      return { ...before, quietHours: event.data };
    case 'people.quiet-hours-cleared.v1':
      return { ...before, quietHours: null };
    case 'people.enrolled.v1':
      return { ...before, enrolled: [...before.enrolled.filter((app) => app !== event.data.app), event.data.app] };
    case 'people.withdrawn.v1':
      return { ...before, enrolled: before.enrolled.filter((app) => app !== event.data.app) };
  }
}

function withChoice(before: PreferencesDocument, { category, channel, wanted }: ChannelChoice): PreferencesDocument {
  const key = categoryKey(category);
  const others = before.choices.filter((choice) => categoryKey(choice.category) !== key || choice.channel !== channel);
  return { ...before, choices: [...others, { category, channel, wanted }] };
}
