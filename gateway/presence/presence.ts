/**
 * Who is there, by signs of life: a heartbeat, or any frame. Whoever gives none for a while is offline, which delays 'offline' after
 * a lost connection and spares the watchers a short one; only who logs out is offline at once. What has lasted for a minute goes
 * into the log. One wheel serves everyone.
 */
import { PRESENCE_SETTLED_MS } from '../../domain/chat/presence.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Status } from '../../ports/presence/port.ts';
import { createPresencePublisher, type Known, type PresencePublisherDependencies } from './presence-publisher.ts';
import { createTimingWheel, IN_NO_SLOT, type Timed } from '../connection/timing-wheel.ts';

/** How often a client is asked for a heartbeat. */
export const HEARTBEAT_MS = 10 * SECOND_MS;
/** Two heartbeats may be lost. */
export const PRESENCE_TTL_MS = 30 * SECOND_MS;
/** However many signs of life there are, so often is one passed on. */
const BEAT_MS = 8 * SECOND_MS;
const WHEEL_SLOTS = 64; // of a tick each
const RECORDS_AT_ONCE_MAX = 16;

type Person = Timed &
  Known & {
    readonly devices: Map<DeviceId, { seenMs: number; beatMs: number }>;
    status: Status['status'];
    sinceMs: number;
    lastActiveMs: number;
    /** What is known to the log, as far as this gateway put it there; `writing` while it does. */
    recorded: Status['status'] | undefined;
    writing: boolean;
  };

export type Lasting = { readonly person: PersonId; readonly status: Status['status']; readonly since: Instant; readonly lastActiveAt: Instant };

export type PresenceDependencies = Omit<PresencePublisherDependencies<Person>, 'isElsewhere'> & {
  readonly nowMs: () => number;
  /** What has lasted, for the log. Asked again where it fails. */
  readonly record: (lasting: Lasting) => Promise<void>;
  readonly failed: (error: unknown) => void;
};

export type LocalPresence = {
  readonly alive: (person: PersonId, device: DeviceId) => void;
  /** Logged out: no need to wait whether the device comes back. */
  readonly left: (person: PersonId, device: DeviceId) => void;
  /** Once a second: who has been silent for too long, and what has lasted. */
  readonly tick: () => void;
  /** Twice a second: what changed since goes to the store and the watchers. */
  readonly flush: () => Promise<void>;
  readonly count: () => number;
};

export function createLocalPresence(gateway: string, { presence, nowMs, tell, record, failed }: PresenceDependencies): LocalPresence {
  const people = new Map<PersonId, Person>();
  const isElsewhere = (person: Person) => void (person.recorded = person.status); // for the other gateway to record
  const news = createPresencePublisher<Person>({ presence, tell, isElsewhere }, { ttlMs: PRESENCE_TTL_MS });
  const settle = settling(record, failed);
  /** As of the last tick or flush: half a second is fine enough here, and a look at the clock for every frame is not free. */
  let now = nowMs();

  const becomes = (person: Person, status: Status['status']) => {
    if (person.status === status) return;
    Object.assign(person, { status, sinceMs: now, recorded: undefined });
    news.changed(person);
  };

  const leave = (person: Person, device: DeviceId, lastSeenMs: number) => {
    person.devices.delete(device);
    news.leave({ person: person.person, device, gateway }, lastSeenMs);
    if (person.devices.size === 0) becomes(person, 'offline');
  };

  const wheel = createTimingWheel<Person>(WHEEL_SLOTS, (person) => {
    for (const [device, { seenMs }] of person.devices) if (now - seenMs >= PRESENCE_TTL_MS) leave(person, device, seenMs);
    const hasLasted = now - person.sinceMs >= PRESENCE_SETTLED_MS;
    if (hasLasted && person.recorded !== person.status) settle(person);
    if (hasLasted && person.recorded === person.status && person.status === 'offline') {
      people.delete(person.person);
      return undefined;
    }
    return dueMs(person, now) / SECOND_MS;
  });

  const meet = (id: PersonId): Person => {
    const person: Person = {
      wheelSlot: IN_NO_SLOT,
      person: id,
      devices: new Map(),
      status: 'offline',
      sinceMs: now,
      lastActiveMs: now,
      told: 'offline',
      recorded: undefined,
      writing: false,
    };
    people.set(id, person);
    return person;
  };

  return {
    alive: (id, device) => {
      const person = people.get(id) ?? meet(id);
      person.lastActiveMs = now;
      if (person.status === 'offline') {
        becomes(person, 'online');
        wheel.add(person, PRESENCE_TTL_MS / SECOND_MS);
      }
      const known = person.devices.get(device);
      if (known !== undefined) known.seenMs = now;
      if (known !== undefined && now - known.beatMs < BEAT_MS) return;
      person.devices.set(device, { seenMs: now, beatMs: now });
      news.beat({ person: id, device, gateway });
    },

    left: (id, device) => {
      const person = people.get(id);
      if (person?.devices.has(device) !== true) return;
      leave(person, device, now);
      wheel.add(person, dueMs(person, now) / SECOND_MS);
    },

    tick: () => {
      now = nowMs();
      wheel.tick();
    },

    flush: async () => {
      now = nowMs();
      await news.flush(now).catch(failed); // the next beats come of themselves, and watchers look again now and then
    },
    count: () => people.size,
  };
}

/** Some at a time; who doesn't get a turn is asked again with the next tick. */
function settling(record: PresenceDependencies['record'], failed: (error: unknown) => void): (person: Person) => void {
  let writing = 0;
  return (person) => {
    if (writing >= RECORDS_AT_ONCE_MAX || person.writing) return;
    const { status } = person;
    writing++;
    person.writing = true;
    record({ person: person.person, status, since: instant(person.sinceMs), lastActiveAt: instant(person.lastActiveMs) })
      .then(() => {
        if (person.status === status) person.recorded = status;
      }, failed)
      .finally(() => {
        writing--;
        person.writing = false;
      });
  };
}

/** When something may be due: a device that was silent for too long, or a state that has lasted. */
function dueMs({ devices, status, recorded, sinceMs }: Person, now: number): number {
  const silentInMs = Math.min(...Array.from(devices.values(), ({ seenMs }) => seenMs + PRESENCE_TTL_MS - now));
  const lastedInMs = recorded === status && status === 'online' ? Infinity : sinceMs + PRESENCE_SETTLED_MS - now;
  return Math.max(SECOND_MS, Math.min(silentInMs, lastedInMs));
}
