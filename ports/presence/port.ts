/** Which devices are connected where, and how far each has received. Ephemeral: losing it costs an extra push or a fetch, never a message. */
import { Outage } from '../outage.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

/** Presence, or the registry of gateways, can’t be reached, or doesn’t answer in time. */
export class PresenceUnavailable extends Outage {
  override readonly name = 'PresenceUnavailable';
}

export type DevicePresence = { readonly person: PersonId; readonly device: DeviceId; readonly gateway: string };
/** `agoMs`: how long ago the device was last active. */
export type Departure = DevicePresence & { readonly agoMs: number };
export type Status = { readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null };

/** How long the store remembers a person or a gateway of which nothing is told; whoever stays for longer is to be told of again. */
export const PRESENCE_KEPT_DAYS = 7;

/**
 * A gateway gives signs of life for all its connections, so that a connection costs a write when it comes and one when it goes. Times
 * to live and the moments that people are shown are of the store's clock: the clocks of gateways may differ.
 */
export type Presence = AsyncDisposable & {
  /**
   * The gateway is alive: until the time to live has passed, whoever is connected to it is online. `known: false`: the store has never
   * heard of the gateway, or has forgotten some of the people on it.
   */
  keepAlive(gateway: string, options: { readonly ttlMs: number }): Promise<{ readonly known: boolean }>;
  /** These are connected from now on. Telling it again changes nothing. */
  arrive(connections: readonly DevicePresence[]): Promise<void>;
  leave(departures: readonly Departure[]): Promise<void>;
  /** Whoever was on a gateway that fell silent is offline, and was last active when it was last heard of. */
  statusOf(people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Status>>;
  /** How far a device has a channel, where it can be shown, whether anybody looks or not; never goes back. */
  delivered(person: PersonId, device: DeviceId, channel: ChannelId, seq: number): Promise<void>;
  /** As `delivered`, and the person is told of it there: nobody has to push it. Never goes back. */
  received(person: PersonId, device: DeviceId, channel: ChannelId, seq: number): Promise<void>;
  /** Of each of these people, the furthest that was delivered to any of their devices, or received; without those of whom nothing is known. */
  deliveredTo(people: readonly PersonId[], channel: ChannelId): Promise<ReadonlyMap<PersonId, number>>;
  /** Of each of these people, the furthest that any of their devices has received; without those of whom nothing is known. */
  receivedBy(people: readonly PersonId[], channel: ChannelId): Promise<ReadonlyMap<PersonId, number>>;
};

/** A gateway that is alive, with what a client needs to choose one. */
export type Gateway = {
  readonly id: string;
  readonly url: string;
  readonly region: string;
  readonly connections: number;
  readonly capacity: number;
  readonly draining: boolean;
};

/** `lastSeenAt`: the moment of its last announcement, by its own clock, as all that it has recorded of people. */
export type SeenGateway = { readonly id: string; readonly lastSeenAt: Instant };

/** What a registry knows at a time. `history`: its name for what it remembers, another one once it may have lost some of that. */
export type RegistryMemory = { readonly history: string; readonly gateways: readonly SeenGateway[] };

export type GatewayRegistry = AsyncDisposable & {
  /** The gateway is alive until the time to live has passed, by the registry's clock. */
  announce(gateway: Gateway, options: { readonly at: Instant; readonly ttlMs: number }): Promise<void>;
  withdraw(gatewayId: string): Promise<void>;
  alive(): Promise<readonly Gateway[]>;
  /**
   * Gateways that stopped announcing themselves without withdrawing. Each is one caller's for as long as the lease, and then another's,
   * until it is confirmed or announces itself again. A registry that heard of no gateway for half a time to live was away itself:
   * for one time to live from then on nobody is expired.
   */
  claimExpired(options: { readonly leaseMs: number }): Promise<readonly SeenGateway[]>;
  /** The loss is recorded: nobody gets it again. Changes nothing for a gateway that has announced itself since. */
  confirmExpired(expired: SeenGateway): Promise<void>;
  /**
   * Answers what the registry knows: whoever has neither withdrawn nor is confirmed. Where it has another history than it had when
   * somebody `remembered`, it takes from that memory the gateways that it doesn't know: they have expired unless they announce
   * themselves within the time to live. So a gateway that died while the registry lost everything is expired like any other.
   */
  remind(remembered: RegistryMemory | undefined, options: { readonly ttlMs: number }): Promise<RegistryMemory>;
};
