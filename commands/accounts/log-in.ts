/** Logs people in. A session is not an event but a short-lived secret, and is kept in the vault. */
import { randomUUID } from 'node:crypto';
import { login } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { loginStream, userStream } from '../../domain/shared/streams.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import type { LoadState } from '../handling/handle.ts';
import { loginOf } from './sign-up.ts';
import { forgetKnownDevices, rememberDevice } from './known-devices.ts';

const SESSION_MS = 30 * DAY_MS;

export type LogIn = {
  readonly loginName: string;
  readonly password: string;
  readonly device?: DeviceId | undefined;
  /** From an earlier login on the device. */
  readonly deviceSecret?: string | undefined;
};

export type LoggedIn =
  | {
      readonly outcome: 'accepted';
      readonly session: string;
      readonly person: PersonId;
      readonly expiresAt: Instant;
      /** For the next login on this device. */
      readonly deviceSecret: string;
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

const FAILED: LoggedIn = { outcome: 'refused', refusal: { code: 'login-failed' } };

export const logIn =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ loginName, password, device, deviceSecret }: LogIn, at: Instant, share: HashingShare = NO_ADDRESS): Promise<LoggedIn> => {
    const { loadState, vault, logins } = dependencies;
    const { state } = await loadState(login, loginStream(loginOf(logins.secret, loginName)));
    const person = state.status === 'claimed' ? state.person : undefined;
    const credential = person === undefined ? undefined : await vault.get('credential', person);
    const isCorrect = await logins.passwords.verify(password, credential?.passwordHash, share);
    if (!isCorrect || person === undefined || !(await isRegistered(loadState, person))) return FAILED;
    return openSession(dependencies, { person, device, deviceSecret }, at);
  };

type Owner = { readonly person: PersonId; readonly device?: DeviceId | undefined; readonly deviceSecret?: string | undefined };

async function openSession({ loadState, vault }: Uses<'vault'>, { person, device, deviceSecret }: Owner, at: Instant): Promise<LoggedIn> {
  const session = randomUUID();
  const expiresAt = plus(at, SESSION_MS);
  await vault.put('session', session, { person, ...(device === undefined ? {} : { device }), createdAt: at, expiresAt }, { owner: person });
  const secret = await rememberDevice(vault, { person, device, deviceSecret }, at);
  // If the person was erased meanwhile, all that the vault held of them may have been removed before this existed.
  if (await isRegistered(loadState, person)) return { outcome: 'accepted', session, person, expiresAt, deviceSecret: secret };
  await vault.remove('session', session);
  await forgetKnownDevices(vault, person);
  return FAILED;
}

const isRegistered = async (loadState: LoadState, person: PersonId): Promise<boolean> =>
  (await loadState(user, userStream(person))).state.status === 'registered';
