/**
 * Who is there, by signs of life: a heartbeat, or any frame. Whoever gives none for a while is offline, which delays 'offline' after
 * a lost connection and spares the watchers a short one; only who logs out is offline at once. Beats go to the presence store in
 * batches, changes to the watchers in batches, and what has lasted goes into the log. One wheel serves everyone.
 */
import { PRESENCE_SETTLED_MS } from '../domain/chat/presence.ts';
import type { DeviceId, PersonId } from '../domain/shared/ids.ts';
import { instant, SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { LiveHint } from '../ports/broadcast/hints.ts';
import type { Connection, Presence, Status } from '../ports/presence/port.ts';
import { createWheel, IN_NO_SLOT, type Timed } from './wheel.ts';

/** How often a client is asked for a heartbeat. */
export const HEARTBEAT_MS = 10 * SECOND_MS;
/** Two heartbeats may be lost. */
export const PRESENCE_TTL_MS = 30 * SECOND_MS;
/** However many signs of life there are, so often is one passed on. */
const BEAT_MS = 8 * SECOND_MS;
const WHEEL_SLOTS = 64; // of a tick each
const RECORDS_AT_ONCE_MAX = 16;

type Online = Status['status'];
type Device = { seenMs: number; beatMs: number };

type Person = Timed & {
  readonly person: PersonId;
  readonly devices: Map<DeviceId, Device>;
  status: Online;
  sinceMs: number;
  lastActiveMs: number;
  /** What the watchers were told last. */
  told: Online;
  /** What was put into the log last, by this gateway. */
  recorded: Online | undefined;
};

export type Lasting = { readonly person: PersonId; readonly status: Online; readonly since: Instant; readonly lastActiveAt: Instant };

export type PresenceDependencies = {
  readonly presence: Pick<Presence, 'beat' | 'leave' | 'statusOf'>;
  readonly nowMs: () => number;
  /** To those who watch the person. */
  readonly tell: (hint: Extract<LiveHint, { kind: 'presence' }>) => void;
  /** What has lasted, for the log. Asked again where it fails. */
  readonly record: (lasting: Lasting) => Promise<void>;
  readonly failed: (error: unknown) => void;
};

export type PresenceHere = {
  readonly alive: (person: PersonId, device: DeviceId) => void;
  /** Logged out: no need to wait whether the device comes back. */
  readonly left: (person: PersonId, device: DeviceId) => void;
  /** Once a second: who has been silent for too long, and what has lasted. */
  readonly tick: () => void;
  /** Twice a second: what changed since goes to the store and the watchers. */
  readonly flush: () => Promise<void>;
  readonly count: () => number;
};

export function createPresenceHere(gateway: string, { presence, nowMs, tell, record, failed }: PresenceDependencies): PresenceHere {
  const people = new Map<PersonId, Person>();
  const beating = new Map<string, Connection>();
  const changed = new Set<Person>();
  let leaving: { readonly connection: Connection; readonly lastSeen: Instant }[] = [];
  let recording = 0;
  /** As of the last tick or flush: half a second is fine enough here, and a look at the clock for every frame is not free. */
  let now = nowMs();

  const wheel = createWheel<Person>(WHEEL_SLOTS, (person) => {
    for (const [device, { seenMs }] of person.devices) if (now - seenMs >= PRESENCE_TTL_MS) leave(person, device, seenMs);
    if (person.devices.size === 0) becomes(person, 'offline');
    const due = nextDueMs(person);
    if (due === undefined) people.delete(person.person);
    return due === undefined ? undefined : due / SECOND_MS;
  });

  const leave = (person: Person, device: DeviceId, seenMs: number) => {
    person.devices.delete(device);
    leaving.push({ connection: { person: person.person, device, gateway }, lastSeen: instant(seenMs) });
  };

  /** Undefined: nothing more will happen of itself. */
  const nextDueMs = (person: Person): number | undefined => {
    const settledInMs = person.sinceMs + PRESENCE_SETTLED_MS - now;
    if (settledInMs <= 0 && person.recorded !== person.status) settle(person);
    const isSettled = settledInMs <= 0 && person.recorded === person.status;
    if (person.status === 'offline') return isSettled ? undefined : Math.max(settledInMs, SECOND_MS);
    const silentInMs = Math.min(...Array.from(person.devices.values(), ({ seenMs }) => seenMs + PRESENCE_TTL_MS - now));
    return isSettled ? silentInMs : Math.min(silentInMs, Math.max(settledInMs, SECOND_MS));
  };

  const settle = (person: Person) => {
    if (recording >= RECORDS_AT_ONCE_MAX) return; // a tick later
    const { status } = person;
    person.recorded = status;
    recording++;
    record({ person: person.person, status, since: instant(person.sinceMs), lastActiveAt: instant(person.lastActiveMs) })
      .catch((error: unknown) => {
        person.recorded = undefined;
        failed(error);
      })
      .finally(() => recording--);
  };

  const becomes = (person: Person, status: Online) => {
    if (person.status === status) return;
    person.status = status;
    person.sinceMs = now;
    changed.add(person);
  };

  const beat = async () => {
    const connections = [...beating.values()];
    beating.clear();
    if (connections.length > 0) await presence.beat(connections, { at: instant(now), ttlMs: PRESENCE_TTL_MS });
  };

  /** A person may be at another gateway too, which then speaks for the person: 'offline' is asked of the store first. */
  const tellChanges = async () => {
    const news = [...changed].filter((person) => person.status !== person.told);
    changed.clear();
    if (news.length === 0) return;
    const statuses = await presence.statusOf(
      news.map(({ person }) => person),
      instant(now),
    );
    for (const person of news) {
      const { status, lastActiveAt } = statuses.get(person.person) ?? { status: 'offline', lastActiveAt: null };
      if (person.status === 'offline' && status === 'online') {
        person.recorded = 'offline'; // not ours to record
        continue;
      }
      person.told = person.status;
      tell({ kind: 'presence', person: person.person, status: person.status, lastActiveAt: lastActiveAt ?? instant(person.lastActiveMs) });
    }
  };

  return {
    alive: (id, device) => {
      let person = people.get(id);
      if (person === undefined) {
        person = {
          wheelSlot: IN_NO_SLOT,
          person: id,
          devices: new Map(),
          status: 'offline',
          sinceMs: now,
          lastActiveMs: now,
          told: 'offline',
          recorded: undefined,
        };
        people.set(id, person);
      }
      person.lastActiveMs = now;
      if (person.status === 'offline') {
        becomes(person, 'online');
        person.recorded = undefined;
        wheel.add(person, PRESENCE_TTL_MS / SECOND_MS);
      }
      const known = person.devices.get(device);
      if (known === undefined) person.devices.set(device, { seenMs: now, beatMs: now });
      else known.seenMs = now;
      if (known !== undefined && now - known.beatMs < BEAT_MS) return;
      if (known !== undefined) known.beatMs = now;
      beating.set(`${id}/${device}`, { person: id, device, gateway });
    },

    left: (id, device) => {
      beating.delete(`${id}/${device}`);
      const person = people.get(id);
      if (person?.devices.has(device) !== true) return;
      leave(person, device, now);
      if (person.devices.size > 0) return;
      becomes(person, 'offline');
      wheel.add(person, PRESENCE_SETTLED_MS / SECOND_MS);
    },

    tick: () => {
      now = nowMs();
      wheel.tick();
    },

    flush: async () => {
      now = nowMs();
      const left = leaving;
      leaving = [];
      try {
        await Promise.all([beat(), ...left.map(({ connection, lastSeen }) => presence.leave(connection, lastSeen))]);
        await tellChanges();
      } catch (error) {
        failed(error); // the next beats come of themselves, and watchers look again now and then
      }
    },
    count: () => people.size,
  };
}
