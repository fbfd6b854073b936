/** Passes changes of presence on in batches: heartbeats to the presence store, changes of status to the people who watch. */
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { DevicePresence, Presence, Status } from '../../ports/presence/port.ts';
import type { Timed } from '../connection/timing-wheel.ts';
import type { MomentOf } from './moments.ts';
import { watchersTopicOf } from './watchers-topic.ts';

/** A person who is connected to this gateway, or was a short while ago. Times are milliseconds of the monotonic clock. */
export type TrackedPerson = Timed & {
  readonly person: PersonId;
  readonly devices: Map<DeviceId, { lastSeenMs: number; lastBeatMs: number }>;
  status: Status['status'];
  statusSinceMs: number;
  lastActiveMs: number;
  /** The status that watchers were told last. */
  publishedStatus: Status['status'];
  /** The status that the log has, as far as this gateway put it there. */
  recordedStatus: Status['status'] | undefined;
  isBeingRecorded: boolean;
};

export type PresencePublisherDependencies = {
  readonly presence: Pick<Presence, 'beat' | 'leave' | 'statusOf'>;
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly ttlMs: number;
  readonly momentOf: MomentOf;
};

export type PresencePublisher = PresencePublisherDependencies & {
  readonly beats: Map<string, DevicePresence>;
  readonly departures: Map<string, { readonly connection: DevicePresence; readonly lastSeenMs: number }>;
  readonly changed: Set<TrackedPerson>;
};

export const createPresencePublisher = (dependencies: PresencePublisherDependencies): PresencePublisher => ({
  ...dependencies,
  beats: new Map(),
  departures: new Map(),
  changed: new Set(),
});

export function queueBeat({ beats, departures }: PresencePublisher, connection: DevicePresence): void {
  departures.delete(keyOf(connection));
  beats.set(keyOf(connection), connection);
}

export function queueDeparture({ beats, departures }: PresencePublisher, connection: DevicePresence, lastSeenMs: number): void {
  beats.delete(keyOf(connection));
  departures.set(keyOf(connection), { connection, lastSeenMs });
}

export const queueChange = ({ changed }: PresencePublisher, person: TrackedPerson): void => void changed.add(person);

export async function flushPublisher(publisher: PresencePublisher, nowMs: number): Promise<void> {
  await updateStore(publisher, nowMs);
  await publishChanges(publisher);
}

async function updateStore({ presence, ttlMs, momentOf, beats, departures }: PresencePublisher, nowMs: number): Promise<void> {
  const alive = [...beats.values()];
  const gone = [...departures.values()];
  beats.clear();
  departures.clear();
  await Promise.all(gone.map(({ connection, lastSeenMs }) => presence.leave(connection, momentOf(lastSeenMs))));
  if (alive.length > 0) await presence.beat(alive, { at: momentOf(nowMs), ttlMs });
}

/** Before watchers are told that a person is offline, the store is asked whether the person is online at another gateway. */
async function publishChanges({ presence, broadcast, momentOf, changed }: PresencePublisher): Promise<void> {
  const unpublished = [...changed].filter(({ status, publishedStatus }) => status !== publishedStatus);
  changed.clear();
  if (unpublished.length === 0) return;
  const statuses = await presence.statusOf(unpublished.map(({ person }) => person));
  for (const tracked of unpublished) {
    const { person, status } = tracked;
    const stored = statuses.get(person);
    tracked.publishedStatus = status;
    if (status === 'offline' && stored?.status === 'online') {
      tracked.recordedStatus = status; // publishing and recording is the other gateway's from now on
      continue;
    }
    const hint: LiveHint = { kind: 'presence', person, status, lastActiveAt: stored?.lastActiveAt ?? momentOf(tracked.lastActiveMs) };
    broadcast.publish([watchersTopicOf(person)], hint);
  }
}

const keyOf = ({ person, device }: DevicePresence): string => `${person}/${device}`;
