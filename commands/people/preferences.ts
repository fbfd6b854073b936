import type { ChosenAbout } from '../../domain/people/preferences/chosen-about.ts';
import type { DigestRule } from '../../domain/people/preferences/digest-rule.ts';
import { preferences, type PreferenceChange, type PreferencesCommand, type QuietHours } from '../../domain/people/preferences.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { app } from '../../domain/notifications/apps/app.ts';
import { categories, declaredIn } from '../../domain/notifications/categories/categories.ts';
import { ourCategory } from '../../domain/notifications/categories/our-categories.ts';
import { appStream, categoriesStream, preferencesStream } from '../../domain/shared/streams.ts';
import { refused } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

export type SetPreferences = {
  readonly person: PersonId;
  /** `null` clears a choice, so that a less close one, or the default, decides. */
  readonly choices?: readonly (ChosenAbout & { readonly wanted: boolean | null })[];
  /** `null` clears them. */
  readonly quietHours?: QuietHours | null;
  /** `null` clears a rule. */
  readonly digests?: readonly (ChosenAbout & { readonly rule: DigestRule | null })[];
  /** Those that may notify the person, or may not any more. */
  readonly apps?: readonly { readonly app: AppId; readonly enrolled: boolean }[];
};

const change =
  ({ handle }: CommandHandling) =>
  (person: PersonId, command: PreferencesCommand, context: CommandContext) =>
    handle(preferences, preferencesStream(person), command, context);

/** What is mandatory is looked up, so that a person learns that an opt-out would say nothing. */
export const setPreferences =
  (dependencies: CommandHandling) =>
  async ({ person, choices = [], quietHours, digests = [], apps = [] }: SetPreferences, context: CommandContext) => {
    const stranger = await unknownAmong(dependencies, [
      ...apps.flatMap((one) => (one.enrolled ? one.app : [])),
      ...[...choices, ...digests].flatMap((one) => one.app ?? []),
    ]);
    if (stranger !== undefined) return refused('app-unknown');
    const chosen = await Promise.all(choices.map((choice) => changeOf(dependencies, choice)));
    const hours = quietHours === null ? { type: 'clear-quiet-hours' as const } : quietHours && { type: 'set-quiet-hours' as const, ...quietHours };
    const rules = digests.map(({ rule, ...about }): PreferenceChange =>
      rule === null ? { type: 'clear-digest', ...about } : { type: 'set-digest', ...about, rule },
    );
    const enrolments = apps.map((one): PreferenceChange => ({ type: one.enrolled ? 'enrol' : 'withdraw', app: one.app }));
    return change(dependencies)(person, { type: 'set', changes: [...enrolments, ...chosen, ...(hours === undefined ? [] : [hours]), ...rules] }, context);
  };

async function changeOf({ loadState }: CommandHandling, { wanted, ...about }: NonNullable<SetPreferences['choices']>[number]): Promise<PreferenceChange> {
  if (wanted === null) return { type: 'clear-choice', ...about };
  if (wanted) return { type: 'opt-in', ...about };
  const { app: id, category } = about;
  const declared = id === undefined ? ourCategory(category) : declaredIn((await loadState(categories, categoriesStream(id))).state, category);
  return { type: 'opt-out', ...about, ...(declared?.mandatory === true && { mandatory: true }) };
}

async function unknownAmong({ loadState }: CommandHandling, apps: readonly AppId[]): Promise<AppId | undefined> {
  const known = await Promise.all([...new Set(apps)].map(async (id) => ({ id, status: (await loadState(app, appStream(id))).state.status })));
  return known.find(({ status }) => status === 'none')?.id;
}

export const enrol =
  (dependencies: CommandHandling) =>
  async ({ person, app: id }: { readonly person: PersonId; readonly app: AppId }, context: CommandContext) => {
    const { state } = await dependencies.loadState(app, appStream(id));
    if (state.status === 'none') return refused('app-unknown');
    return change(dependencies)(person, { type: 'enrol', app: id }, context);
  };

export const withdrawEnrolment =
  (dependencies: CommandHandling) =>
  ({ person, app: id }: { readonly person: PersonId; readonly app: AppId }, context: CommandContext) =>
    change(dependencies)(person, { type: 'withdraw', app: id }, context);
