/**
 * Those whose presence somebody on this gateway watches: one subscription a watched person. A look at the store now and then finds
 * what no hint told of, such as the end of a gateway that could tell nothing any more.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import { epochMs, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Presence, Status } from '../../ports/presence/port.ts';
import type { Reads } from '../channels/view-queries.ts';
import type { Session } from '../connection/connection.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

export const WATCHED_REFRESH_MS = 15 * SECOND_MS;
const REFRESHED_AT_ONCE_MAX = 1_000;
/** How long one may go on seeing whom one may see no more: a friend of before, or somebody behind a block. */
export const VISIBLE_LOOKED_AFTER_MS = 2 * MINUTE_MS;
/** As everybody is to whom nobody shows them. */
const NOT_TO_BE_SEEN: Status = { status: 'offline', lastActiveAt: null };

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
  readonly reads: Pick<Reads, 'visibleTo'>;
  readonly clock: () => Instant;
  readonly send: (session: Session, framed: Buffer) => void;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createWatching({ broadcast, presence, reads, clock, send }: WatchingDependencies): Watching {
  const watched = new Map<PersonId, Watched>();
  /** Who watches, with when it was last looked whom they may see: the longest ago first. */
  const lookedMs = new Map<Session, number>();

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

  const forgetOne = (session: Session, person: PersonId) => {
    const them = watched.get(person);
    if (them?.sessions.delete(session) !== true || them.sessions.size > 0) return;
    them.listening[Symbol.dispose]();
    watched.delete(person);
  };

  const forget = (session: Session) => {
    for (const person of session.watching ?? []) forgetOne(session, person);
    session.watching = undefined;
    lookedMs.delete(session);
  };

  const lookAgain = async (session: Session) => {
    const { who, watching = new Set() } = session;
    const visible = new Set(who === undefined ? [] : await reads.visibleTo(who.person, [...watching]));
    if (session.watching !== watching) return;
    for (const person of watching) {
      if (visible.has(person)) continue;
      forgetOne(session, person);
      tellOne(session, person, NOT_TO_BE_SEEN);
    }
    session.watching = visible;
  };

  return {
    watch: async (session, people) => {
      forget(session);
      const named = new Set(people);
      for (const person of named) (watched.get(person) ?? begin(person)).sessions.add(session);
      session.watching = named;
      if (named.size > 0) lookedMs.set(session, epochMs(clock()));
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
      const nowMs = epochMs(clock());
      for (const [session, atMs] of lookedMs) {
        if (nowMs - atMs < VISIBLE_LOOKED_AFTER_MS) break;
        lookedMs.delete(session);
        lookedMs.set(session, nowMs);
        await lookAgain(session);
        await nextTurn(); // there may be thousands of them, and each reads the views
      }
      const people = [...watched.keys()];
      for (let at = 0; at < people.length; at += REFRESHED_AT_ONCE_MAX) {
        const statuses = await presence.statusOf(people.slice(at, at + REFRESHED_AT_ONCE_MAX), clock());
        for (const [person, status] of statuses) tell(person, status);
      }
    },
    count: () => watched.size,
  };
}
