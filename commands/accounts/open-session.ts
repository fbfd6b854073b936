/** Opens a session for a person who has proved to be one, and puts away those that are over. */
import { randomUUID } from 'node:crypto';
import { SESSION_LIFETIMES, SESSIONS_MAX } from '../../domain/people/session.ts';
import { user } from '../../domain/people/user.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { LoadState } from '../handling/handle.ts';
import { forgetKnownDevices, rememberDevice } from './known-devices.ts';
import { logOut } from './log-out.ts';

/** A registration of a device that was under way when its session ended finds the ended session for so long. */
const ENDED_KEPT_MS = DAY_MS;

export type OpenedSession = {
  readonly outcome: 'accepted';
  readonly session: string;
  readonly person: PersonId;
  readonly expiresAt: Instant;
  /** For the next login on this device. */
  readonly deviceSecret: string;
};
export type LoggedIn = OpenedSession | { readonly outcome: 'refused'; readonly refusal: Refusal };

export const LOGIN_FAILED: LoggedIn = { outcome: 'refused', refusal: { code: 'login-failed' } };

type Owner = {
  readonly person: PersonId;
  readonly device?: DeviceId | undefined;
  readonly deviceName?: string | undefined;
  readonly deviceSecret?: string | undefined;
};

export async function openSession(dependencies: Uses<'vault' | 'broadcast' | 'logins'>, owner: Owner, at: Instant): Promise<LoggedIn> {
  const { loadState, vault, logins } = dependencies;
  const { person, device, deviceName, deviceSecret } = owner;
  await makeRoom(dependencies, person, at);
  const session = randomUUID();
  const expiresAt = plus(at, (logins.sessions ?? SESSION_LIFETIMES).maxMs);
  const named = { ...(device !== undefined && { device }), ...(deviceName !== undefined && { deviceName }) };
  await vault.put('session', session, { person, ...named, createdAt: at, expiresAt }, { owner: person });
  const secret = await rememberDevice(vault, { person, device, deviceSecret }, at);
  // If the person was erased meanwhile, all that the vault held of them may have been removed before this existed.
  if (await isRegistered(loadState, person)) return { outcome: 'accepted', session, person, expiresAt, deviceSecret: secret };
  await vault.remove('session', session);
  await forgetKnownDevices(vault, person);
  return LOGIN_FAILED;
}

export const isRegistered = async (loadState: LoadState, person: PersonId): Promise<boolean> =>
  (await loadState(user, userStream(person))).state.status === 'registered';

/** Removes the records of sessions that ended a while ago; of too many open ones, the one that was opened longest ago ends. */
async function makeRoom(dependencies: Uses<'vault' | 'broadcast' | 'logins'>, person: PersonId, at: Instant): Promise<void> {
  const { vault } = dependencies;
  const sessions = await vault.owned('session', person);
  for (const { id, record } of sessions) {
    if (msBetween(record.endedAt ?? record.expiresAt, at) < ENDED_KEPT_MS) continue;
    await logOut(dependencies)({ session: id, person }, at); // nothing more reaches the device of one that only expired
    await vault.remove('session', id);
    await vault.remove('session-use', id);
  }
  const open = sessions.filter(({ record }) => record.endedAt === undefined && record.expiresAt > at);
  const oldestFirst = open.toSorted((one, other) => (one.record.createdAt < other.record.createdAt ? -1 : 1));
  for (const { id } of oldestFirst.slice(0, Math.max(0, open.length - SESSIONS_MAX + 1))) await logOut(dependencies)({ session: id, person }, at);
}
