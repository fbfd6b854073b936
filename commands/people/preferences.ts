import type { NotificationChannel } from '../../domain/people/notification-channels.ts';
import { preferences, type PreferencesCommand, type QuietHours } from '../../domain/people/preferences.ts';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { app } from '../../domain/notifications/apps/app.ts';
import { appStream, preferencesStream } from '../../domain/shared/streams.ts';
import { refused } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

export type SetPreferences = {
  readonly person: PersonId;
  readonly choices?: readonly { readonly category: string; readonly channel: NotificationChannel | '*'; readonly wanted: boolean }[];
  /** `null` clears them. */
  readonly quietHours?: QuietHours | null;
};

const change =
  ({ handle }: CommandHandling) =>
  (person: PersonId, command: PreferencesCommand, context: CommandContext) =>
    handle(preferences, preferencesStream(person), command, context);

export const setPreferences =
  (dependencies: CommandHandling) =>
  ({ person, choices = [], quietHours }: SetPreferences, context: CommandContext) => {
    const chosen = choices.map(({ wanted, ...about }) => ({ type: wanted ? 'opt-in' : 'opt-out', ...about }) as const);
    const hours = quietHours === null ? { type: 'clear-quiet-hours' as const } : quietHours && { type: 'set-quiet-hours' as const, ...quietHours };
    return change(dependencies)(person, { type: 'set', changes: hours === undefined ? chosen : [...chosen, hours] }, context);
  };

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
