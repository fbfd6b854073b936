/** The sessions of a person: lists them, and ends one or many. */
import { contacts, deviceOf } from '../../domain/people/contacts.ts';
import { isSessionOpen, SESSION_LIFETIMES } from '../../domain/people/session.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import type { Uses } from '../handling/dependencies.ts';
import { logOut } from './log-out.ts';

export type OpenSession = {
  readonly session: string;
  readonly device: DeviceId | null;
  readonly deviceName: string | null;
  /** Whether the device is registered for pushes. */
  readonly pushes: boolean;
  readonly loggedInAt: Instant;
  /** As far as it is recorded. */
  readonly usedAt: Instant;
  readonly expiresAt: Instant;
};

/** The open ones, the newest first. */
export const listSessions =
  ({ loadState, vault, logins }: Uses<'vault' | 'logins'>) =>
  async ({ person }: { readonly person: PersonId }, at: Instant): Promise<readonly OpenSession[]> => {
    const { idleMs } = logins.sessions ?? SESSION_LIFETIMES;
    const reached = (await loadState(contacts, contactsStream(person))).state;
    const listed = await Promise.all(
      (await vault.owned('session', person)).map(async ({ id: session, record }) => {
        const { device = null, deviceName = null, createdAt: loggedInAt, expiresAt } = record;
        const recordedUse = (await vault.get('session-use', session))?.usedAt;
        const isOpen = isSessionOpen(record, recordedUse, { idleMs, at });
        const pushes = device !== null && deviceOf(reached, device) !== undefined;
        return isOpen ? [{ session, device, deviceName, pushes, loggedInAt, usedAt: recordedUse ?? loggedInAt, expiresAt }] : [];
      }),
    );
    return listed.flat().toSorted((one, other) => (one.loggedInAt < other.loggedInAt ? 1 : -1));
  };

/** Answers the sessions that were ended. `except`: a session that goes on. `only`: no other session ends. */
export const endSessions = (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) => {
  const [list, end] = [listSessions(dependencies), logOut(dependencies)];
  return async (
    { person, except, only }: { readonly person: PersonId; readonly except?: string; readonly only?: string },
    at: Instant,
  ): Promise<readonly string[]> => {
    const ended = (await list({ person }, at))
      .map(({ session }) => session)
      .filter((session) => session !== except && (only === undefined || session === only));
    for (const session of ended) await end({ session, person }, at);
    return ended;
  };
};
