/** Logs people in by their password: opens a session, replaces one by a session that was opened just now, or asks for the second factor. */
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { isRegistered, LOGIN_FAILED } from './open-session.ts';
import { afterPassword, type PasswordAccepted } from './second-step.ts';
import { personOfLogin } from './sign-up.ts';

export type LogIn = {
  readonly loginName: string;
  readonly password: string;
  readonly device?: DeviceId | undefined;
  /** What the person calls it. */
  readonly deviceName?: string | undefined;
  /** From an earlier login on the device. */
  readonly deviceSecret?: string | undefined;
};

export const logIn =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ loginName, password, ...on }: LogIn, at: Instant, share: HashingShare = NO_ADDRESS): Promise<PasswordAccepted> => {
    const { loadState, vault, logins } = dependencies;
    const person = await personOfLogin(dependencies, loginName);
    const credential = person === undefined ? undefined : await vault.get('credential', person);
    const isCorrect = await logins.passwords.verify(password, credential?.passwordHash, share);
    if (!isCorrect || person === undefined || !(await isRegistered(loadState, person))) return LOGIN_FAILED;
    return afterPassword(dependencies, { person, ...on, passwordHash: credential?.passwordHash }, at);
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
  async ({ person, session, password, deviceSecret }: AuthenticateAgain, at: Instant, share: HashingShare = NO_ADDRESS): Promise<PasswordAccepted> => {
    const { vault, logins } = dependencies;
    const [credential, current] = await Promise.all([vault.get('credential', person), vault.get('session', session)]);
    if (!(await logins.passwords.verify(password, credential?.passwordHash, share))) return { outcome: 'refused', refusal: { code: 'password-wrong' } };
    const { device, deviceName } = current ?? {};
    const proved = { person, device, deviceName, deviceSecret, replaces: session, passwordHash: credential?.passwordHash };
    return afterPassword(dependencies, proved, at);
  };
