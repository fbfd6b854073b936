/**
 * Those whose presence somebody on this gateway watches: one subscription a watched person. A look at the store now and then finds
 * what no hint told of, such as the end of a gateway that could tell nothing any more.
 */
import type { PersonId } from '../domain/shared/ids.ts';
import { SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { LiveHint } from '../ports/broadcast/hints.ts';
import type { Presence, Status } from '../ports/presence/port.ts';
import type { Session } from './session.ts';
import { encodeFrame } from './ws-frame.ts';

export const WATCHED_REFRESH_MS = 15 * SECOND_MS;
const REFRESHED_AT_ONCE_MAX = 1_000;

/** What is told of a person to those who watch goes beside what is told to the person: watchers are not sent the person's messages. */
export const watchersOf = (person: PersonId): PersonId => `watchers-of:${person}` as PersonId;

type Watched = { readonly sessions: Set<Session>; readonly listening: Disposable; last: Status['status'] | undefined };

export type Watching = {
  /** In place of whom the connection watched before; it is sent how they are now. */
  readonly watch: (session: Session, people: readonly PersonId[]) => Promise<void>;
  readonly forget: (session: Session) => void;
  readonly refresh: () => Promise<void>;
  readonly count: () => number;
};

export type WatchingDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly clock: () => Instant;
  readonly send: (session: Session, framed: Buffer) => void;
};

export function createWatching({ broadcast, presence, clock, send }: WatchingDependencies): Watching {
  const watched = new Map<PersonId, Watched>();

  const tellOne = (session: Session, person: PersonId, { status, lastActiveAt }: Status) => {
    if (session.phase === 'live') send(session, encodeFrame({ type: 'presence', person, status, lastActiveAt }));
  };

  const tell = (person: PersonId, now: Status) => {
    const them = watched.get(person);
    if (them === undefined || them.last === now.status) return;
    them.last = now.status;
    const bytes = encodeFrame({ type: 'presence', person, ...now });
    for (const session of them.sessions) if (session.phase === 'live') send(session, bytes);
  };

  const begin = (person: PersonId): Watched => {
    const listening = broadcast.listen(watchersOf(person), (hint) => {
      const { kind, status, lastActiveAt } = hint as LiveHint & { kind: 'presence' };
      if (kind === 'presence') tell(person, { status, lastActiveAt });
    });
    const them = { sessions: new Set<Session>(), listening, last: undefined };
    watched.set(person, them);
    return them;
  };

  const forget = (session: Session) => {
    for (const person of session.watching ?? []) {
      const them = watched.get(person);
      if (them?.sessions.delete(session) !== true || them.sessions.size > 0) continue;
      them.listening[Symbol.dispose]();
      watched.delete(person);
    }
    session.watching = undefined;
  };

  return {
    watch: async (session, people) => {
      forget(session);
      const named = new Set(people);
      for (const person of named) (watched.get(person) ?? begin(person)).sessions.add(session);
      session.watching = named;
      const statuses = await presence.statusOf([...named], clock());
      for (const [person, status] of statuses) {
        const them = watched.get(person);
        if (them === undefined || session.watching !== named) continue;
        if (them.last !== status.status) tell(person, status);
        else tellOne(session, person, status);
      }
    },
    forget,
    refresh: async () => {
      const people = [...watched.keys()];
      for (let at = 0; at < people.length; at += REFRESHED_AT_ONCE_MAX) {
        const statuses = await presence.statusOf(people.slice(at, at + REFRESHED_AT_ONCE_MAX), clock());
        for (const [person, status] of statuses) tell(person, status);
      }
    },
    count: () => watched.size,
  };
}
