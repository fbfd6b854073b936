/** Presence in this process. There are no timers: expiry is found by comparing times. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, epochMs, instant, type Instant } from '../../domain/shared/instant.ts';
import { PRESENCE_KEPT_DAYS, type DevicePresence, type Presence, type Status } from './port.ts';

const KEPT_MS = PRESENCE_KEPT_DAYS * DAY_MS;
/** Beyond that, the person of whom nothing was told for longest counts as never seen. */
const PEOPLE_MAX = 1_000_000;
/** Beyond that, the cursor that has not moved for longest is lost, which costs an extra push. */
const CURSORS_MAX = 1_000_000;

export type MemoryPresenceOptions = {
  readonly peopleMax?: number;
  readonly cursorsMax?: number;
  readonly monotonicMs?: () => number;
  /** The moments that people are shown. */
  readonly clock?: () => Instant;
};

export async function startMemoryPresence({
  peopleMax = PEOPLE_MAX,
  cursorsMax = CURSORS_MAX,
  monotonicMs = () => performance.now(),
  clock = () => instant(Date.now()),
}: MemoryPresenceOptions = {}): Promise<Presence> {
  /** In the order of their last arrival or departure, so that only the first need be checked to forget silent people. */
  const people = new Map<PersonId, Person>();
  /** In the order of their last sign of life. */
  const gateways = new Map<string, SignOfLife>();
  const [delivered, received] = [furthestCursors(cursorsMax), furthestCursors(cursorsMax)];

  /** Connections to dead gateways are forgotten, but not when these were last heard of. */
  const touch = (id: PersonId, at: Instant): Person => {
    const before = people.get(id);
    const nowMs = monotonicMs();
    const lastActiveAt = latest([at, ...(before === undefined ? [] : activeAt(before, gateways))]) ?? at;
    const connections = new Map([...(before?.connections ?? [])].filter(([, gateway]) => isAlive(gateways.get(gateway), nowMs)));
    const person = { lastActiveAt, touchedMs: nowMs, connections };
    people.delete(id);
    people.set(id, person);
    return person;
  };
  const forgetSilent = <Key>(map: Map<Key, { readonly touchedMs: number }>, max: number) => {
    const silentSinceMs = monotonicMs() - KEPT_MS;
    for (const [key, { touchedMs }] of map) {
      if (map.size <= max && touchedMs > silentSinceMs) return;
      map.delete(key);
    }
  };

  return {
    keepAlive: async (gateway, { ttlMs }) => {
      const known = gateways.delete(gateway);
      const touchedMs = monotonicMs();
      gateways.set(gateway, { touchedMs, lastSeenAt: clock(), expiresMs: touchedMs + ttlMs });
      forgetSilent(gateways, Infinity);
      return { known };
    },
    arrive: async (connections) => {
      for (const connection of connections) touch(connection.person, clock()).connections.set(keyOf(connection), connection.gateway);
      forgetSilent(people, peopleMax);
    },
    leave: async (departures) => {
      for (const { agoMs, ...connection } of departures) {
        people.get(connection.person)?.connections.delete(keyOf(connection));
        touch(connection.person, instant(Math.round(epochMs(clock()) - agoMs)));
      }
      forgetSilent(people, peopleMax);
    },
    statusOf: async (ids) => new Map(ids.map((id) => [id, statusOf(people.get(id), gateways, monotonicMs())])),
    delivered: async (person, _device, channel, seq) => delivered.move(cursorKey(person, channel), seq),
    received: async (person, _device, channel, seq) => received.move(cursorKey(person, channel), seq),
    deliveredTo: async (ids, channel) => furthestOf(ids, channel, [delivered, received]),
    receivedBy: async (ids, channel) => furthestOf(ids, channel, [received]),
    [Symbol.asyncDispose]: async () => {
      people.clear();
      gateways.clear();
      delivered.clear();
      received.clear();
    },
  };
}

/** `touchedMs` and `expiresMs`: of the monotonic clock. */
type SignOfLife = { readonly touchedMs: number; readonly lastSeenAt: Instant; readonly expiresMs: number };
/** `connections`: the gateway of each. */
type Person = { readonly lastActiveAt: Instant; readonly touchedMs: number; readonly connections: Map<string, string> };

const keyOf = ({ gateway, device }: DevicePresence): string => `${gateway} ${device}`;
const cursorKey = (person: PersonId, channel: ChannelId): string => `${person} ${channel}`;

type Cursors = { readonly move: (key: string, seq: number) => void; readonly get: (key: string) => number | undefined; readonly clear: () => void };

/** By person and channel, the furthest of the person's devices. */
function furthestCursors(cursorsMax: number): Cursors {
  /** The one that moved last is at the end. */
  const cursors = new Map<string, number>();
  return {
    move: (key, seq) => {
      const furthest = Math.max(seq, cursors.get(key) ?? seq);
      cursors.delete(key);
      cursors.set(key, furthest);
      const [longestUnmoved] = cursors.keys();
      if (cursors.size > cursorsMax && longestUnmoved !== undefined) cursors.delete(longestUnmoved);
    },
    get: (key) => cursors.get(key),
    clear: () => cursors.clear(),
  };
}

function furthestOf(people: readonly PersonId[], channel: ChannelId, all: readonly Cursors[]): ReadonlyMap<PersonId, number> {
  const furthest = new Map<PersonId, number>();
  for (const person of people) {
    const seqs = all.map((cursors) => cursors.get(cursorKey(person, channel))).filter((seq) => seq !== undefined);
    if (seqs.length > 0) furthest.set(person, Math.max(...seqs));
  }
  return furthest;
}

const isAlive = (sign: SignOfLife | undefined, nowMs: number): boolean => sign !== undefined && sign.expiresMs > nowMs;

/** When the person, and each of the person's gateways, was last heard of. */
const activeAt = ({ lastActiveAt, connections }: Person, gateways: ReadonlyMap<string, SignOfLife>): readonly Instant[] => [
  lastActiveAt,
  ...[...connections.values()].flatMap((gateway) => gateways.get(gateway)?.lastSeenAt ?? []),
];

/** Instants are text of one length. */
const latest = (moments: readonly Instant[]): Instant | undefined => moments.toSorted().at(-1);

function statusOf(person: Person | undefined, gateways: ReadonlyMap<string, SignOfLife>, nowMs: number): Status {
  if (person === undefined) return { status: 'offline', lastActiveAt: null };
  const isOnline = person.connections.values().some((gateway) => isAlive(gateways.get(gateway), nowMs));
  return { status: isOnline ? 'online' : 'offline', lastActiveAt: latest(activeAt(person, gateways)) ?? null };
}
