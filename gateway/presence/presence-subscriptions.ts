/**
 * Those whose presence somebody on this gateway watches: one subscription a watched person. A look at the store now and then finds
 * what no hint told of, such as the end of a gateway that could tell nothing any more.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import { epochMs, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Presence, Status } from '../../ports/presence/port.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import type { Connection } from '../connection/connection.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

export const WATCHED_REFRESH_MS = 15 * SECOND_MS;
const REFRESHED_AT_ONCE_MAX = 1_000;
/** How long one may go on seeing whom one may see no more: a friend of before, or somebody behind a block. */
export const VISIBILITY_RECHECK_MS = 2 * MINUTE_MS;
/** As everybody is to whom nobody shows them. */
const HIDDEN: Status = { status: 'offline', lastActiveAt: null };

/** What is told of a person to those who watch goes beside what is told to the person: watchers are not sent the person's messages. */
export const watchersOf = (person: PersonId): PersonId => `watchers-of:${person}` as PersonId;

type Watched = { readonly connections: Set<Connection>; readonly listening: Disposable; last: Status['status'] | undefined };

export type PresenceSubscriptions = {
  /** In place of whom the connection watched before; it is sent how they are now. */
  readonly watch: (connection: Connection, people: readonly PersonId[]) => Promise<void>;
  readonly forget: (connection: Connection) => void;
  readonly refresh: () => Promise<void>;
  readonly count: () => number;
};

export type PresenceSubscriptionsDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly reads: Pick<ViewQueries, 'visibleTo'>;
  readonly clock: () => Instant;
  readonly send: (connection: Connection, framed: Buffer) => void;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createPresenceSubscriptions({ broadcast, presence, reads, clock, send }: PresenceSubscriptionsDependencies): PresenceSubscriptions {
  const watched = new Map<PersonId, Watched>();
  /** Who watches, with when it was last looked whom they may see: the longest ago first. */
  const lookedMs = new Map<Connection, number>();

  const tellOne = (connection: Connection, person: PersonId, { status, lastActiveAt }: Status) => {
    if (connection.phase === 'live') send(connection, encodeFrame({ type: 'presence', person, status, lastActiveAt }));
  };

  const tell = (person: PersonId, now: Status) => {
    const them = watched.get(person);
    if (them === undefined || them.last === now.status) return;
    them.last = now.status;
    const bytes = encodeFrame({ type: 'presence', person, ...now });
    for (const connection of them.connections) if (connection.phase === 'live') send(connection, bytes);
  };

  const begin = (person: PersonId): Watched => {
    const listening = broadcast.listen(watchersOf(person), (hint) => {
      const { kind, status, lastActiveAt } = hint as LiveHint & { kind: 'presence' };
      if (kind === 'presence') tell(person, { status, lastActiveAt });
    });
    const them = { connections: new Set<Connection>(), listening, last: undefined };
    watched.set(person, them);
    return them;
  };

  const forgetOne = (connection: Connection, person: PersonId) => {
    const them = watched.get(person);
    if (them?.connections.delete(connection) !== true || them.connections.size > 0) return;
    them.listening[Symbol.dispose]();
    watched.delete(person);
  };

  const forget = (connection: Connection) => {
    for (const person of connection.watched ?? []) forgetOne(connection, person);
    connection.watched = undefined;
    lookedMs.delete(connection);
  };

  const lookAgain = async (connection: Connection) => {
    const { who, watched = new Set() } = connection;
    const visible = new Set(who === undefined ? [] : await reads.visibleTo(who.person, [...watched]));
    if (connection.watched !== watched) return;
    for (const person of watched) {
      if (visible.has(person)) continue;
      forgetOne(connection, person);
      tellOne(connection, person, HIDDEN);
    }
    connection.watched = visible;
  };

  return {
    watch: async (connection, people) => {
      forget(connection);
      const named = new Set(people);
      for (const person of named) (watched.get(person) ?? begin(person)).connections.add(connection);
      connection.watched = named;
      if (named.size > 0) lookedMs.set(connection, epochMs(clock()));
      const statuses = await presence.statusOf([...named], clock());
      for (const [person, status] of statuses) {
        const them = watched.get(person);
        if (them === undefined || connection.watched !== named) continue;
        if (them.last !== status.status) tell(person, status);
        else tellOne(connection, person, status);
      }
    },
    forget,
    refresh: async () => {
      const nowMs = epochMs(clock());
      for (const [connection, atMs] of lookedMs) {
        if (nowMs - atMs < VISIBILITY_RECHECK_MS) break;
        lookedMs.delete(connection);
        lookedMs.set(connection, nowMs);
        await lookAgain(connection);
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
