/** By which clock a person lives. */
import type { PreferencesState } from './preferences.ts';
import type { UserState } from './user.ts';

/** The IANA zone of the profile, else of the quiet hours; undefined where the person has told neither. */
export const zoneOfPerson = (user: UserState, { quietHours }: Pick<PreferencesState, 'quietHours'>): string | undefined =>
  (user.status === 'registered' ? user.timeZone : undefined) ?? quietHours?.zone;
