/** Logs people in and out. A session is not an event but a short-lived secret, and is kept in the vault. */
import { randomUUID } from 'node:crypto';
import { login } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { loginStream, userStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { CommandsDependencies, Uses } from '../handling/dependencies.ts';
import type { LoadState } from '../handling/handle.ts';
import { loginOf } from './sign-up.ts';

const SESSION_MS = 30 * DAY_MS;

export type LoggedIn =
  | { readonly outcome: 'accepted'; readonly session: string; readonly person: PersonId; readonly expiresAt: Instant }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

const FAILED: LoggedIn = { outcome: 'refused', refusal: { code: 'login-failed' } };

export const logIn =
  ({ loadState, vault, logins }: Uses<'vault' | 'logins'>) =>
  async (
    { loginName, password, device }: { readonly loginName: string; readonly password: string; readonly device?: DeviceId },
    at: Instant,
  ): Promise<LoggedIn> => {
    const { state } = await loadState(login, loginStream(loginOf(logins.secret, loginName)));
    const person = state.status === 'claimed' ? state.person : undefined;
    const credential = person === undefined ? undefined : await vault.get('credential', person);
    const isCorrect = await logins.passwords.verify(password, credential?.passwordHash);
    if (!isCorrect || person === undefined || !(await isRegistered(loadState, person))) return FAILED;
    const session = randomUUID();
    const expiresAt = plus(at, SESSION_MS);
    await vault.put('session', session, { person, ...(device === undefined ? {} : { device }), createdAt: at, expiresAt }, { owner: person });
    // If the person was erased meanwhile, all sessions may have been ended before this one existed.
    if (!(await isRegistered(loadState, person))) {
      await vault.remove('session', session);
      return FAILED;
    }
    return { outcome: 'accepted', session, person, expiresAt };
  };

export const logOut =
  ({ vault, broadcast }: Pick<CommandsDependencies, 'vault' | 'broadcast'>) =>
  async ({ session, person }: { readonly session: string; readonly person: PersonId }, at: Instant): Promise<void> => {
    const kept = await vault.get('session', session);
    if (kept !== undefined && kept.endedAt === undefined) await vault.put('session', session, { ...kept, endedAt: at }, { owner: person });
    broadcast.publish([person], { kind: 'session-ended', session } satisfies LiveHint);
  };

const isRegistered = async (loadState: LoadState, person: PersonId): Promise<boolean> =>
  (await loadState(user, userStream(person))).state.status === 'registered';
