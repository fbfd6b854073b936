/**
 * Presence from heartbeats: any frame counts as one. A device without a heartbeat for the TTL (30 s) is offline, so that short
 * disconnects are not shown; a device that logs out is offline at once. A status that has lasted for a minute goes into the log.
 * One timing wheel serves everybody.
 */
import { PRESENCE_STABLE_MS } from '../../domain/chat/presence.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Status } from '../../ports/presence/port.ts';
import { createTimingWheel, IN_NO_SLOT, schedule, tickWheel, type TimingWheel } from '../connection/timing-wheel.ts';
import type { MomentOf } from './moments.ts';
import {
  flushPublisher,
  queueArrival,
  queueChange,
  queueDeparture,
  type LocalDevice,
  type PresencePublisher,
  type TrackedPerson,
} from './presence-publisher.ts';
import { recordPresence, type PresenceRecorder } from './record-presence.ts';

/** The store is told of a device when it comes and when it goes, and so often of one that stays: it forgets after `PRESENCE_KEPT_DAYS`. */
const TOLD_MS = DAY_MS;
const RECORDS_AT_ONCE_MAX = 16;

export type PresenceDependencies = {
  readonly publisher: PresencePublisher;
  readonly recorder: PresenceRecorder;
  readonly ttlMs: number;
  readonly monotonicMs: () => number;
  readonly momentOf: MomentOf;
  readonly reportError: (error: unknown) => void;
};

/** The people who are online at this gateway, or were a short while ago. */
export type LocalPresence = PresenceDependencies & {
  readonly people: Map<PersonId, TrackedPerson>;
  readonly wheel: TimingWheel<TrackedPerson>;
  readonly delayMaxMs: number;
  /** The time of the last tick or flush: half a second is fine enough here, and asking the time for every frame would cost more than the frame. */
  lastTickMs: number;
  recordsUnderWay: number;
};

export function createLocalPresence(dependencies: PresenceDependencies): LocalPresence {
  const { ttlMs, monotonicMs } = dependencies;
  const delayMaxMs = Math.max(ttlMs, PRESENCE_STABLE_MS);
  const wheel = createTimingWheel<TrackedPerson>({ delayMaxTicks: delayMaxMs / SECOND_MS });
  return { ...dependencies, people: new Map(), wheel, delayMaxMs, lastTickMs: monotonicMs(), recordsUnderWay: 0 };
}

/** The device gave a sign of life. */
export function beatPresence(local: LocalPresence, id: PersonId, device: DeviceId): void {
  const { publisher, wheel, ttlMs, lastTickMs: nowMs } = local;
  const person = local.people.get(id) ?? track(local, id);
  person.lastActiveMs = nowMs;
  if (person.status === 'offline') {
    setStatus(local, person, 'online');
    schedule(wheel, person, ttlMs / SECOND_MS);
  }
  const known = person.devices.get(device);
  if (known !== undefined) known.lastSeenMs = nowMs;
  else {
    person.devices.set(device, { lastSeenMs: nowMs, toldMs: nowMs });
    queueArrival(publisher, { person: id, device });
  }
}

/** The device logged out: it is offline without waiting whether it comes back. */
export function leavePresence(local: LocalPresence, id: PersonId, device: DeviceId): void {
  const person = local.people.get(id);
  if (person?.devices.has(device) !== true) return;
  removeDevice(local, person, device, local.lastTickMs);
  schedule(local.wheel, person, nextCheckMs(local, person) / SECOND_MS);
}

/** Once a second: devices without a heartbeat go offline, and statuses that have lasted are recorded. */
export function tickPresence(local: LocalPresence): void {
  local.lastTickMs = local.monotonicMs();
  tickWheel(local.wheel, (person) => checkPerson(local, person));
}

/** Twice a second: changes go to the store and the watchers. */
export async function flushPresence(local: LocalPresence): Promise<void> {
  local.lastTickMs = local.monotonicMs();
  await flushPublisher(local.publisher, local.lastTickMs, () => devicesHere(local)).catch(local.reportError); // it joins again, and watched statuses are refreshed now and then
}

function* devicesHere({ people }: LocalPresence): Iterable<LocalDevice> {
  for (const { person, devices } of people.values()) for (const device of devices.keys()) yield { person, device };
}

function track({ people, lastTickMs }: LocalPresence, id: PersonId): TrackedPerson {
  const person: TrackedPerson = {
    wheelSlot: IN_NO_SLOT,
    person: id,
    devices: new Map(),
    status: 'offline',
    statusSinceMs: lastTickMs,
    lastActiveMs: lastTickMs,
    publishedStatus: 'offline',
    recordedStatus: undefined,
    isBeingRecorded: false,
  };
  people.set(id, person);
  return person;
}

function setStatus({ publisher, lastTickMs }: LocalPresence, person: TrackedPerson, status: Status['status']): void {
  if (person.status === status) return;
  Object.assign(person, { status, statusSinceMs: lastTickMs, recordedStatus: undefined });
  queueChange(publisher, person);
}

function removeDevice(local: LocalPresence, person: TrackedPerson, device: DeviceId, lastSeenMs: number): void {
  person.devices.delete(device);
  queueDeparture(local.publisher, { person: person.person, device }, lastSeenMs);
  if (person.devices.size === 0) setStatus(local, person, 'offline');
}

/** Answers after how many ticks the person is to be checked again; undefined: not any more. */
function checkPerson(local: LocalPresence, person: TrackedPerson): number | undefined {
  const { people, publisher, ttlMs, lastTickMs: nowMs } = local;
  for (const [device, times] of person.devices) {
    if (nowMs - times.lastSeenMs >= ttlMs) removeDevice(local, person, device, times.lastSeenMs);
    else if (nowMs - times.toldMs >= TOLD_MS) {
      times.toldMs = nowMs;
      queueArrival(publisher, { person: person.person, device });
    }
  }
  const isStable = nowMs - person.statusSinceMs >= PRESENCE_STABLE_MS;
  if (isStable && person.recordedStatus !== person.status) recordIfFree(local, person);
  if (isStable && person.recordedStatus === person.status && person.status === 'offline') {
    people.delete(person.person);
    return undefined;
  }
  return nextCheckMs(local, person) / SECOND_MS;
}

/** When a device may have missed its heartbeats, or a status may have lasted. */
function nextCheckMs({ ttlMs, delayMaxMs, lastTickMs: nowMs }: LocalPresence, { devices, status, recordedStatus, statusSinceMs }: TrackedPerson): number {
  const expiresInMs = Math.min(...Array.from(devices.values(), ({ lastSeenMs }) => lastSeenMs + ttlMs - nowMs));
  const stableInMs = recordedStatus === status && status === 'online' ? Infinity : statusSinceMs + PRESENCE_STABLE_MS - nowMs;
  return Math.max(SECOND_MS, Math.min(expiresInMs, stableInMs, delayMaxMs));
}

/** Some at a time; the others are tried again with the next tick. */
function recordIfFree(local: LocalPresence, person: TrackedPerson): void {
  if (local.recordsUnderWay >= RECORDS_AT_ONCE_MAX || person.isBeingRecorded) return;
  const { status } = person;
  local.recordsUnderWay++;
  person.isBeingRecorded = true;
  const stable = { person: person.person, status, since: local.momentOf(person.statusSinceMs), lastActiveAt: local.momentOf(person.lastActiveMs) };
  recordPresence(local.recorder, stable)
    .then(() => {
      if (person.status === status) person.recordedStatus = status;
    }, local.reportError)
    .finally(() => {
      local.recordsUnderWay--;
      person.isBeingRecorded = false;
    });
}
