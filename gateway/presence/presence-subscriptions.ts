/**
 * The people whose presence connections of this gateway watch: one subscription of the broadcast for each of them. Statuses are read
 * from the store now and then, too: no hint tells of the end of a gateway that could tell nothing any more.
 */
import { shownLastActive } from '../../domain/chat/presence.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { watchersTopicOf, type LiveHint } from '../../ports/broadcast/hints.ts';
import { PresenceUnavailable, type Presence, type Status } from '../../ports/presence/port.ts';
import { rememberPrivacy } from '../channels/recent-changes.ts';
import type { ViewQueries } from '../channels/view-queries.ts';
import { visibilityOf, type Visibility } from '../channels/visibility.ts';
import type { Connection } from '../connection/connection.ts';
import { send, sendFrame } from '../connection/send-queue.ts';
import { encodeFrame } from '../protocol/ws-frame.ts';

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
  readonly reportError: (error: unknown) => void;
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

/**
 * Takes the place of the people that the connection watched before; it is sent their present statuses. Of those who are seen on entry no
 * more is told after that.
 */
export async function watchPeople(subscriptions: PresenceSubscriptions, connection: Connection, visible: ReadonlyMap<PersonId, Visibility>): Promise<void> {
  const { presence, monotonicMs, watched, visibilityCheckedMs } = subscriptions;
  unwatchAll(subscriptions, connection);
  const watchedPeople = new Set([...visible.keys()].filter((person) => visible.get(person) !== 'on-entry'));
  for (const person of watchedPeople) (watched.get(person) ?? subscribe(subscriptions, person)).connections.add(connection);
  connection.watchedPeople = watchedPeople;
  hidePeople(connection, new Set([...watchedPeople].filter((person) => visible.get(person) === 'hidden')));
  if (watchedPeople.size > 0) visibilityCheckedMs.set(connection, monotonicMs());
  const statuses = await statusesIfKnown(presence, [...visible.keys()]);
  if (statuses === undefined) for (const person of watchedPeople) Object.assign(watched.get(person) ?? {}, { lastStatus: undefined }); // the next refresh tells all watchers
  for (const [person, status] of statuses ?? []) {
    if (connection.watchedPeople !== watchedPeople) return;
    const watchedPerson = watchedPeople.has(person) ? watched.get(person) : undefined;
    if (watchedPerson !== undefined && watchedPerson.lastStatus !== status.status) sendToWatchers(subscriptions, person, status);
    else if (connection.hiddenPeople?.has(person) !== true) sendStatus(connection, person, status);
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
  delete connection.hiddenPeople;
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
  const { broadcast, queries, reportError } = subscriptions;
  const connections = new Set<Connection>();
  const subscription = broadcast.listen(watchersTopicOf(person), (published) => {
    const hint = published as LiveHint;
    if (hint.kind === 'presence') sendToWatchers(subscriptions, person, { status: hint.status, lastActiveAt: hint.lastActiveAt });
    if (hint.kind !== 'privacy') return;
    rememberPrivacy(queries.recent, person, hint.privacy);
    recheckWatchersOf(subscriptions, connections, [person]).catch(reportError);
  });
  const watchedPerson = { connections, subscription, lastStatus: undefined };
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
  const visible = identity === undefined ? new Map<PersonId, Visibility>() : await visibilityOf(subscriptions.queries, identity.person, [...watchedPeople]);
  if (connection.watchedPeople !== watchedPeople) return;
  const still = new Set([...watchedPeople].filter((person) => visible.get(person) === 'live' || visible.get(person) === 'hidden'));
  for (const person of watchedPeople) {
    if (still.has(person)) continue;
    unwatch(subscriptions, connection, person);
    sendStatus(connection, person, HIDDEN);
  }
  connection.watchedPeople = still;
  const shownAgain = hidePeople(connection, new Set([...still].filter((person) => visible.get(person) === 'hidden')));
  if (shownAgain.length === 0) return;
  const statuses = await statusesIfKnown(subscriptions.presence, shownAgain);
  if (statuses === undefined) for (const person of shownAgain) Object.assign(subscriptions.watched.get(person) ?? {}, { lastStatus: undefined }); // the next refresh tells
  for (const [person, status] of statuses ?? []) {
    if (connection.watchedPeople === still && connection.hiddenPeople?.has(person) !== true) sendStatus(connection, person, status);
  }
}

/** Who is hidden from now on is shown as offline. Answers whom the connection watches and is to be shown again. */
function hidePeople(connection: Connection, hidden: ReadonlySet<PersonId>): readonly PersonId[] {
  const before = connection.hiddenPeople ?? new Set<PersonId>();
  for (const person of hidden) if (!before.has(person)) sendStatus(connection, person, HIDDEN);
  if (hidden.size === 0) delete connection.hiddenPeople;
  else connection.hiddenPeople = hidden;
  return [...before].filter((person) => !hidden.has(person) && connection.watchedPeople?.has(person) === true);
}

function sendStatus(connection: Connection, person: PersonId, status: Status): void {
  if (connection.phase === 'live') sendFrame(connection, frameOf(person, status));
}

/** Only a status that the watchers were not sent before. */
function sendToWatchers({ watched }: PresenceSubscriptions, person: PersonId, status: Status): void {
  const watchedPerson = watched.get(person);
  if (watchedPerson === undefined || watchedPerson.lastStatus === status.status) return;
  watchedPerson.lastStatus = status.status;
  const framed = encodeFrame(frameOf(person, status));
  for (const connection of watchedPerson.connections) {
    if (connection.phase === 'live' && connection.hiddenPeople?.has(person) !== true) send(connection, framed);
  }
}

const frameOf = (person: PersonId, { status, lastActiveAt }: Status) =>
  ({ type: 'presence', person, status, lastActiveAt: lastActiveAt === null ? null : shownLastActive(lastActiveAt) }) as const;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
