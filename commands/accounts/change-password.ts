/** Changes a person's password. Whoever knew the old one loses every session and every device that it opened. */
import type { PasswordChangedBy } from '../../domain/people/events.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { forgetKnownDevices } from './known-devices.ts';
import { isRegistered } from './open-session.ts';
import { removeTickets } from './login-tickets.ts';
import { recordSecurity } from './record-security.ts';
import { endSessions } from './sessions.ts';

/** The HMAC of the person's login name; undefined where there is no such person. */
export const loginOfPerson =
  ({ loadState }: Uses) =>
  async ({ person }: { readonly person: PersonId }): Promise<string | undefined> => {
    const { state } = await loadState(user, userStream(person));
    return state.status === 'registered' ? state.login : undefined;
  };

export type ChangePassword = {
  readonly person: PersonId;
  /** Goes on. */
  readonly session: string;
  readonly password: string;
  readonly newPassword: string;
};

type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };
export type PasswordChanged = { readonly outcome: 'changed'; readonly endedSessions: readonly string[] } | Refused;

export const changePassword =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ person, session, password, newPassword }: ChangePassword, at: Instant, share: HashingShare = NO_ADDRESS): Promise<PasswordChanged> => {
    const { vault, logins } = dependencies;
    const credential = await vault.get('credential', person);
    if (!(await logins.passwords.verify(password, credential?.passwordHash, share))) return { outcome: 'refused', refusal: { code: 'password-wrong' } };
    const passwordHash = await logins.passwords.hash(newPassword, share);
    return replacePassword(dependencies, { person, passwordHash, by: 'old-password', except: session }, at);
  };

type NewPassword = { readonly person: PersonId; readonly passwordHash: string; readonly by: PasswordChangedBy; /** Goes on. */ readonly except?: string };

/** What the old password has opened ends with it: sessions, known devices, and logins that wait for a second factor. */
export async function replacePassword(
  dependencies: Uses<'vault' | 'broadcast' | 'logins'>,
  { person, passwordHash, by, except }: NewPassword,
  at: Instant,
): Promise<PasswordChanged> {
  const { loadState, vault } = dependencies;
  const recorded = await recordSecurity(dependencies, { person, change: { type: 'change-password', by } }, at);
  if (recorded.outcome === 'refused') return recorded;
  await vault.put('credential', person, { person, passwordHash }, { owner: person });
  // If the person was erased meanwhile, all that the vault held of them may have been removed before this existed.
  if (!(await isRegistered(loadState, person))) {
    await vault.remove('credential', person);
    return { outcome: 'refused', refusal: { code: 'person-erased' } };
  }
  await forgetKnownDevices(vault, person);
  await removeTickets(vault, person);
  return { outcome: 'changed', endedSessions: await endSessions(dependencies)({ person, ...(except !== undefined && { except }) }, at) };
}
