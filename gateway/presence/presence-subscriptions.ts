/**
 * The people whose presence connections of this gateway watch: one subscription of the broadcast for each of them. Statuses are read
 * from the store now and then, too: no hint tells of the end of a gateway that could tell nothing any more.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { PresenceUnavailable, type Presence, type Status } from '../../ports/presence/port.ts';
import { visibleTo, type ViewQueries } from '../channels/view-queries.ts';
import type { Connection } from '../connection/connection.ts';
import { send, sendFrame } from '../connection/send-queue.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';
import { watchersTopicOf } from './watchers-topic.ts';

export const STATUS_REFRESH_MS = 15 * SECOND_MS;
const REFRESHED_AT_ONCE_MAX = 1_000;
/** For so long a watcher may go on seeing a person who is not visible any more: a former friend, or over a block. */
export const VISIBILITY_RECHECK_MS = 2 * MINUTE_MS;
/** The status that a watcher is shown for a person who is not visible. */
const HIDDEN: Status = { status: 'offline', lastActiveAt: null };

type WatchedPerson = { readonly connections: Set<Connection>; readonly subscription: Disposable; lastStatus: Status['status'] | undefined };

export type PresenceSubscriptionsDependencies = {
  readonly broadcast: Pick<Broadcast, 'listen'>;
  readonly presence: Pick<Presence, 'statusOf'>;
  readonly queries: ViewQueries;
  readonly monotonicMs: () => number;
};

export type PresenceSubscriptions = PresenceSubscriptionsDependencies & {
  readonly watched: Map<PersonId, WatchedPerson>;
  /** Per watching connection, when visibility was checked last; the longest ago first. */
  readonly visibilityCheckedMs: Map<Connection, number>;
};

export const createPresenceSubscriptions = (dependencies: PresenceSubscriptionsDependencies): PresenceSubscriptions => ({
  ...dependencies,
  watched: new Map(),
  visibilityCheckedMs: new Map(),
});

/** Takes the place of the people that the connection watched before; it is sent their present statuses. */
export async function watchPeople(subscriptions: PresenceSubscriptions, connection: Connection, people: readonly PersonId[]): Promise<void> {
  const { presence, monotonicMs, watched, visibilityCheckedMs } = subscriptions;
  unwatchAll(subscriptions, connection);
  const watchedPeople = new Set(people);
  for (const person of watchedPeople) (watched.get(person) ?? subscribe(subscriptions, person)).connections.add(connection);
  connection.watchedPeople = watchedPeople;
  if (watchedPeople.size > 0) visibilityCheckedMs.set(connection, monotonicMs());
  const statuses = await statusesIfKnown(presence, [...watchedPeople]);
  if (statuses === undefined) for (const person of watchedPeople) Object.assign(watched.get(person) ?? {}, { lastStatus: undefined }); // the next refresh tells all watchers
  for (const [person, status] of statuses ?? []) {
    const watchedPerson = watched.get(person);
    if (watchedPerson === undefined || connection.watchedPeople !== watchedPeople) continue;
    if (watchedPerson.lastStatus !== status.status) sendToWatchers(subscriptions, person, status);
    else sendStatus(connection, person, status);
  }
}

/** Undefined: the store is away. */
async function statusesIfKnown(presence: PresenceSubscriptions['presence'], people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Status> | undefined> {
  try {
    return await presence.statusOf(people);
  } catch (error) {
    if (error instanceof PresenceUnavailable) return undefined;
    throw error;
  }
}

export function unwatchAll(subscriptions: PresenceSubscriptions, connection: Connection): void {
  for (const person of connection.watchedPeople ?? []) unwatch(subscriptions, connection, person);
  connection.watchedPeople = undefined;
  subscriptions.visibilityCheckedMs.delete(connection);
}

/** Rechecks visibility where it is due, and sends statuses that no hint told of. */
export async function refreshSubscriptions(subscriptions: PresenceSubscriptions): Promise<void> {
  const { presence, monotonicMs, watched, visibilityCheckedMs } = subscriptions;
  const nowMs = monotonicMs();
  for (const [connection, checkedMs] of visibilityCheckedMs) {
    if (nowMs - checkedMs < VISIBILITY_RECHECK_MS) break;
    visibilityCheckedMs.delete(connection);
    visibilityCheckedMs.set(connection, nowMs);
    await recheckVisibility(subscriptions, connection);
    await nextTurn(); // there may be thousands of them, and each reads the views
  }
  const people = [...watched.keys()];
  for (let at = 0; at < people.length; at += REFRESHED_AT_ONCE_MAX) {
    const statuses = await presence.statusOf(people.slice(at, at + REFRESHED_AT_ONCE_MAX));
    for (const [person, status] of statuses) sendToWatchers(subscriptions, person, status);
  }
}

/** Rechecks the visibility of these people at once for those of the connections that watch them. */
export async function recheckWatchersOf(subscriptions: PresenceSubscriptions, connections: Iterable<Connection>, people: readonly PersonId[]): Promise<void> {
  const watching = [...connections].filter(({ watchedPeople }) => watchedPeople !== undefined && people.some((person) => watchedPeople.has(person)));
  for (const connection of watching) await recheckVisibility(subscriptions, connection);
}

function subscribe(subscriptions: PresenceSubscriptions, person: PersonId): WatchedPerson {
  const subscription = subscriptions.broadcast.listen(watchersTopicOf(person), (hint) => {
    const { kind, status, lastActiveAt } = hint as LiveHint & { kind: 'presence' };
    if (kind === 'presence') sendToWatchers(subscriptions, person, { status, lastActiveAt });
  });
  const watchedPerson = { connections: new Set<Connection>(), subscription, lastStatus: undefined };
  subscriptions.watched.set(person, watchedPerson);
  return watchedPerson;
}

function unwatch({ watched }: PresenceSubscriptions, connection: Connection, person: PersonId): void {
  const watchedPerson = watched.get(person);
  if (watchedPerson?.connections.delete(connection) !== true || watchedPerson.connections.size > 0) return;
  watchedPerson.subscription[Symbol.dispose]();
  watched.delete(person);
}

async function recheckVisibility(subscriptions: PresenceSubscriptions, connection: Connection): Promise<void> {
  const { identity, watchedPeople = new Set() } = connection;
  const visible = new Set(identity === undefined ? [] : await visibleTo(subscriptions.queries, identity.person, [...watchedPeople]));
  if (connection.watchedPeople !== watchedPeople) return;
  for (const person of watchedPeople) {
    if (visible.has(person)) continue;
    unwatch(subscriptions, connection, person);
    sendStatus(connection, person, HIDDEN);
  }
  connection.watchedPeople = visible;
}

function sendStatus(connection: Connection, person: PersonId, { status, lastActiveAt }: Status): void {
  if (connection.phase === 'live') sendFrame(connection, { type: 'presence', person, status, lastActiveAt });
}

/** Only a status that the watchers were not sent before. */
function sendToWatchers({ watched }: PresenceSubscriptions, person: PersonId, status: Status): void {
  const watchedPerson = watched.get(person);
  if (watchedPerson === undefined || watchedPerson.lastStatus === status.status) return;
  watchedPerson.lastStatus = status.status;
  const framed = encodeFrame({ type: 'presence', person, ...status });
  for (const connection of watchedPerson.connections) if (connection.phase === 'live') send(connection, framed);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
