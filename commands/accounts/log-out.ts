/** Ends sessions, and with them what reaches the devices that they were opened on. */
import { createHash, randomUUID } from 'node:crypto';
import { contacts, type OpenSession } from '../../domain/people/contacts.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { contextWith } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';

/** What the log may know of a session: the same for the same one, and of no use to anybody. */
export const sessionDigestOf = (session: string): string => createHash('sha256').update(`session\n${session}`).digest('hex').slice(0, 32);

/**
 * Ends a session, and what reaches the device that it was opened on. The device comes first: interrupted in between, the session is
 * still open, and logging out can be asked for again. A registration that was under way meanwhile is found by looking again.
 */
export const logOut =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ session, person }: { readonly session: string; readonly person: PersonId }, at: Instant): Promise<void> => {
    const { vault, broadcast } = dependencies;
    const kept = await vault.get('session', session);
    if (kept !== undefined && kept.endedAt === undefined) {
      await endRegistrations(dependencies, { person, session }, at);
      await vault.put('session', session, { ...kept, endedAt: at }, { owner: person });
      await endRegistrations(dependencies, { person, session }, at);
    }
    broadcast.publish([person], { kind: 'session-ended', session } satisfies LiveHint);
  };

/** Throws where the log can't be asked, or others change the person's devices all the time: then the session goes on. */
async function endRegistrations(
  { handle, vault, logins }: Uses<'vault' | 'logins'>,
  { person, session }: { readonly person: PersonId; readonly session: string },
  at: Instant,
): Promise<void> {
  const sessions = await vault.owned('session', person);
  const ended = sessions.find(({ id }) => id === session);
  if (ended === undefined) return;
  const later = sessions.filter(
    ({ id, record }) => id !== session && record.endedAt === undefined && record.expiresAt > at && record.createdAt > ended.record.createdAt,
  );
  const openSessionOf = ({ id, record: { device } }: typeof ended): OpenSession => ({ session: sessionDigestOf(id), ...(device !== undefined && { device }) });
  const request = { actor: person, type: 'end-session', key: randomUUID(), fresh: true, body: {}, at } as const;
  const made = contextWith(logins.secret)(request);
  if (made.outcome === 'refused') throw new Error(made.refusal.code); // only a key that tells a time is refused
  const command = { type: 'end-session', ...openSessionOf(ended), later: later.map(openSessionOf) } as const;
  const handled = await handle(contacts, contactsStream(person), command, made.context);
  if (handled.outcome === 'refused') throw new LogUnavailable('The person’s devices could not be changed.');
}
