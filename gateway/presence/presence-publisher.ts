/** Passes changes of presence on in batches: signs of life, arrivals and departures to the presence store, changes of status to the people who watch. */
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { watchersTopicOf, type LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Presence, Status } from '../../ports/presence/port.ts';
import type { Timed } from '../connection/timing-wheel.ts';
import type { MomentOf } from './moments.ts';

/** The store is given a sign of life in so long, or three in a time to live. */
const KEEP_ALIVE_MAX_MS = 8 * SECOND_MS;
const SIGNS_PER_TTL = 3;
/** After an outage of the store everybody is told of anew, at most once in so long. */
const REJOIN_MS = 5 * SECOND_MS;

/** A person who is connected to this gateway, or was a short while ago. Times are milliseconds of the monotonic clock. */
export type TrackedPerson = Timed & {
  readonly person: PersonId;
  /** `toldMs`: when the store was last told that the device is here. */
  readonly devices: Map<DeviceId, { lastSeenMs: number; toldMs: number }>;
  status: Status['status'];
  statusSinceMs: number;
  lastActiveMs: number;
  /** The status that watchers were told last. */
  publishedStatus: Status['status'];
  /** The status that the log has, as far as this gateway put it there. */
  recordedStatus: Status['status'] | undefined;
  isBeingRecorded: boolean;
};

export type LocalDevice = { readonly person: PersonId; readonly device: DeviceId };

export type PresencePublisherDependencies = {
  readonly gateway: string;
  readonly presence: Pick<Presence, 'keepAlive' | 'arrive' | 'leave' | 'statusOf'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly ttlMs: number;
  readonly momentOf: MomentOf;
};

export type PresencePublisher = PresencePublisherDependencies & {
  readonly arrivals: Map<string, LocalDevice>;
  readonly departures: Map<string, LocalDevice & { readonly lastSeenMs: number }>;
  readonly changed: Set<TrackedPerson>;
  readonly membership: StoreMembership;
};

/**
 * What the store knows of this gateway. What it missed in an outage, or forgot, is not told bit by bit: the gateway joins again under
 * another name with everybody who is here, and those whom the store still has under the old name leave with it when that falls silent.
 */
type StoreMembership = { joins: number; isJoined: boolean; joinedMs: number; keptAliveMs: number };

export const createPresencePublisher = (dependencies: PresencePublisherDependencies): PresencePublisher => ({
  ...dependencies,
  arrivals: new Map(),
  departures: new Map(),
  changed: new Set(),
  membership: { joins: 0, isJoined: false, joinedMs: -Infinity, keptAliveMs: -Infinity },
});

/** Nothing is queued that joining tells anyway. */
export function queueArrival({ arrivals, departures, membership }: PresencePublisher, device: LocalDevice): void {
  departures.delete(keyOf(device));
  if (membership.isJoined) arrivals.set(keyOf(device), device);
}

export function queueDeparture({ arrivals, departures, membership }: PresencePublisher, device: LocalDevice, lastSeenMs: number): void {
  arrivals.delete(keyOf(device));
  if (membership.isJoined) departures.set(keyOf(device), { ...device, lastSeenMs });
}

export const queueChange = ({ changed }: PresencePublisher, person: TrackedPerson): void => void changed.add(person);

/** `everybody`: the devices that are here, for a store that has to be told of all of them. Throws `PresenceUnavailable` after it has published what it may. */
export async function flushPublisher(publisher: PresencePublisher, nowMs: number, everybody: () => Iterable<LocalDevice>): Promise<void> {
  const { membership } = publisher;
  const changes = takeChanges(publisher);
  if (!membership.isJoined && nowMs - membership.joinedMs < REJOIN_MS) return publishUnverified(publisher, changes);
  if (!membership.isJoined) join(publisher, nowMs, everybody());
  try {
    await updateStore(publisher, nowMs);
    await publishVerified(publisher, changes);
  } catch (error) {
    membership.isJoined = false;
    publishUnverified(publisher, changes);
    throw error;
  }
}

function join(publisher: PresencePublisher, nowMs: number, everybody: Iterable<LocalDevice>): void {
  const { arrivals, departures, membership } = publisher;
  arrivals.clear();
  departures.clear();
  for (const device of everybody) arrivals.set(keyOf(device), device);
  Object.assign(membership, { joins: membership.joins + 1, isJoined: true, joinedMs: nowMs, keptAliveMs: -Infinity });
}

/** What is queued while this waits for the store is of the next flush. */
async function updateStore(publisher: PresencePublisher, nowMs: number): Promise<void> {
  const { presence, ttlMs, arrivals, departures, membership } = publisher;
  const gateway = nameInStore(publisher);
  const gone = Array.from(departures.values(), ({ lastSeenMs, ...device }) => ({ ...device, gateway, agoMs: Math.max(0, nowMs - lastSeenMs) }));
  const here = Array.from(arrivals.values(), (device) => ({ ...device, gateway }));
  arrivals.clear();
  departures.clear();
  if (nowMs - membership.keptAliveMs >= Math.min(KEEP_ALIVE_MAX_MS, ttlMs / SIGNS_PER_TTL)) {
    const { known } = await presence.keepAlive(gateway, { ttlMs });
    if (!known && membership.keptAliveMs !== -Infinity) membership.isJoined = false; // the store forgot: the next flush joins again
    membership.keptAliveMs = nowMs;
  }
  if (gone.length > 0) await presence.leave(gone);
  if (here.length > 0) await presence.arrive(here);
}

type Change = { readonly tracked: TrackedPerson; readonly status: Status['status'] };

function takeChanges({ changed }: PresencePublisher): readonly Change[] {
  const changes = Array.from(changed, (tracked): Change => ({ tracked, status: tracked.status }));
  changed.clear();
  return changes.filter(({ tracked, status }) => status !== tracked.publishedStatus);
}

/** Before watchers are told that a person is offline, the store is asked whether the person is online at another gateway. */
async function publishVerified(publisher: PresencePublisher, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const statuses = await publisher.presence.statusOf(changes.map(({ tracked }) => tracked.person));
  for (const { tracked, status } of changes) {
    const stored = statuses.get(tracked.person);
    if (status !== 'offline' || stored?.status !== 'online') publish(publisher, { tracked, status }, stored);
    else Object.assign(tracked, { publishedStatus: status, recordedStatus: status }); // publishing and recording is the other gateway's from now on
  }
}

/** While the store is away: who comes is online for certain, who goes may be elsewhere. Watchers find that out when the store is back. */
function publishUnverified(publisher: PresencePublisher, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.status === 'online') publish(publisher, change, undefined);
    else change.tracked.publishedStatus = change.status;
  }
}

function publish({ broadcast, momentOf }: PresencePublisher, { tracked, status }: Change, stored: Status | undefined): void {
  const { person, lastActiveMs } = tracked;
  tracked.publishedStatus = status;
  const hint: LiveHint = { kind: 'presence', person, status, lastActiveAt: stored?.lastActiveAt ?? momentOf(lastActiveMs) };
  broadcast.publish([watchersTopicOf(person)], hint);
}

/** A new name for each time of joining. */
const nameInStore = ({ gateway, membership: { joins } }: PresencePublisher): string => (joins <= 1 ? gateway : `${gateway}.${joins}`);
const keyOf = ({ person, device }: LocalDevice): string => `${person}/${device}`;
