/** Logs people in by their password: opens a session, or replaces one by a session that was opened just now. */
import { login } from '../../domain/people/login.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { loginStream } from '../../domain/shared/streams.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { logOut } from './log-out.ts';
import { isRegistered, LOGIN_FAILED, openSession, type LoggedIn } from './open-session.ts';
import { loginOf } from './sign-up.ts';

export type LogIn = {
  readonly loginName: string;
  readonly password: string;
  readonly device?: DeviceId | undefined;
  /** From an earlier login on the device. */
  readonly deviceSecret?: string | undefined;
};

export const logIn =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ loginName, password, device, deviceSecret }: LogIn, at: Instant, share: HashingShare = NO_ADDRESS): Promise<LoggedIn> => {
    const { loadState, vault, logins } = dependencies;
    const { state } = await loadState(login, loginStream(loginOf(logins.secret, loginName)));
    const person = state.status === 'claimed' ? state.person : undefined;
    const credential = person === undefined ? undefined : await vault.get('credential', person);
    const isCorrect = await logins.passwords.verify(password, credential?.passwordHash, share);
    if (!isCorrect || person === undefined || !(await isRegistered(loadState, person))) return LOGIN_FAILED;
    return openSession(dependencies, { person, device, deviceSecret }, at);
  };

export type AuthenticateAgain = {
  readonly person: PersonId;
  /** The session that ends. The new one is on the same device. */
  readonly session: string;
  readonly password: string;
  readonly deviceSecret?: string | undefined;
};

/** For what needs a recent login. The token of the old session ends with it, so that a stolen one doesn't become recent too. */
export const authenticateAgain =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ person, session, password, deviceSecret }: AuthenticateAgain, at: Instant, share: HashingShare = NO_ADDRESS): Promise<LoggedIn> => {
    const { vault, logins } = dependencies;
    const [credential, current] = await Promise.all([vault.get('credential', person), vault.get('session', session)]);
    if (!(await logins.passwords.verify(password, credential?.passwordHash, share))) return { outcome: 'refused', refusal: { code: 'password-wrong' } };
    const opened = await openSession(dependencies, { person, device: current?.device, deviceSecret }, at);
    if (opened.outcome === 'accepted') await logOut(dependencies)({ session, person }, at);
    return opened;
  };
