/** Presence and the registry of gateways in this process. There are no timers: expiry is found by comparing times. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, type Instant } from '../../domain/shared/instant.ts';
import type { DevicePresence, Gateway, GatewayRegistry, Presence, Status } from './port.ts';

/** How long a person's last activity is remembered. */
const LAST_ACTIVE_KEPT_MS = 7 * DAY_MS;
/** Beyond that, the person who has been silent for longest counts as never seen. */
const PEOPLE_MAX = 1_000_000;
/** Beyond that, the cursor that has not moved for longest is lost, which costs an extra push. */
const CURSORS_MAX = 1_000_000;

type Clock = { readonly monotonicMs?: () => number };
export type MemoryPresenceOptions = Clock & { readonly peopleMax?: number; readonly cursorsMax?: number };

export async function startMemoryPresence({
  peopleMax = PEOPLE_MAX,
  cursorsMax = CURSORS_MAX,
  monotonicMs = () => performance.now(),
}: MemoryPresenceOptions = {}): Promise<Presence> {
  /** In the order of their last heartbeat, so that only the first need be checked to forget silent people. */
  const people = new Map<PersonId, Person>();
  /** By person and channel, the furthest of the person's devices; the cursor that moved last is at the end. */
  const cursors = new Map<string, number>();

  const touch = (id: PersonId, at: Instant): Person => {
    const before = people.get(id);
    const lastActiveAt = before !== undefined && before.lastActiveAt > at ? before.lastActiveAt : at;
    const person = { lastActiveAt, touchedMs: monotonicMs(), expiries: before?.expiries ?? new Map<string, number>() };
    people.delete(id);
    people.set(id, person);
    return person;
  };
  const forgetSilentPeople = () => {
    const silentSinceMs = monotonicMs() - LAST_ACTIVE_KEPT_MS;
    for (const [id, { touchedMs }] of people) {
      if (people.size <= peopleMax && touchedMs > silentSinceMs) return;
      people.delete(id);
    }
  };

  return {
    beat: async (connections, { at, ttlMs }) => {
      const nowMs = monotonicMs();
      for (const connection of connections) {
        const { expiries } = touch(connection.person, at);
        for (const [other, expiresMs] of expiries) if (expiresMs <= nowMs) expiries.delete(other);
        const key = keyOf(connection);
        expiries.set(key, Math.max(nowMs + ttlMs, expiries.get(key) ?? 0));
      }
      forgetSilentPeople();
    },
    leave: async (connection, at) => void touch(connection.person, at).expiries.delete(keyOf(connection)),
    statusOf: async (ids) => new Map(ids.map((id) => [id, statusOf(people.get(id), monotonicMs())])),
    received: async (person, _device, channel, seq) => {
      const key = cursorKey(person, channel);
      const furthest = Math.max(seq, cursors.get(key) ?? seq);
      cursors.delete(key);
      cursors.set(key, furthest);
      const [longestUnmoved] = cursors.keys();
      if (cursors.size > cursorsMax && longestUnmoved !== undefined) cursors.delete(longestUnmoved);
    },
    receivedBy: async (person, channel) => cursors.get(cursorKey(person, channel)),
    [Symbol.asyncDispose]: async () => {
      people.clear();
      cursors.clear();
    },
  };
}

export async function startMemoryGatewayRegistry({ monotonicMs = () => performance.now() }: Clock = {}): Promise<GatewayRegistry> {
  const gateways = new Map<string, { readonly gateway: Gateway; readonly lastSeenAt: Instant; readonly expiresMs: number }>();

  return {
    announce: async (gateway, { at, ttlMs }) => void gateways.set(gateway.id, { gateway, lastSeenAt: at, expiresMs: monotonicMs() + ttlMs }),
    withdraw: async (id) => void gateways.delete(id),
    alive: async () => [...gateways.values()].filter(({ expiresMs }) => expiresMs > monotonicMs()).map(({ gateway }) => gateway),
    claimExpired: async () => {
      const lost = [...gateways.values()].filter(({ expiresMs }) => expiresMs <= monotonicMs());
      for (const { gateway } of lost) gateways.delete(gateway.id);
      return lost.map(({ gateway, lastSeenAt }) => ({ id: gateway.id, lastSeenAt }));
    },
    [Symbol.asyncDispose]: async () => gateways.clear(),
  };
}

/** `touchedMs`, and when each connection expires, in milliseconds of the monotonic clock. */
type Person = { readonly lastActiveAt: Instant; readonly touchedMs: number; readonly expiries: Map<string, number> };

const keyOf = ({ gateway, device }: DevicePresence): string => `${gateway} ${device}`;
const cursorKey = (person: PersonId, channel: ChannelId): string => `${person} ${channel}`;

function statusOf(person: Person | undefined, nowMs: number): Status {
  if (person === undefined) return { status: 'offline', lastActiveAt: null };
  const isOnline = person.expiries.values().some((expiresMs) => expiresMs > nowMs);
  return { status: isOnline ? 'online' : 'offline', lastActiveAt: person.lastActiveAt };
}
