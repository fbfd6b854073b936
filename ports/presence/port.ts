/** Which devices are connected where, and how far each has received. Ephemeral: losing it costs an extra push or a fetch, never a message. */
import { Outage } from '../outage.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

/** Presence, or the registry of gateways, can’t be reached, or doesn’t answer in time. */
export class PresenceUnavailable extends Outage {
  override readonly name = 'PresenceUnavailable';
}

export type DevicePresence = { readonly person: PersonId; readonly device: DeviceId; readonly gateway: string };
export type Status = { readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant | null };

/** Time to live is measured by the adapter, by a clock that nobody sets. `at` is the moment that people are shown. */
export type Presence = AsyncDisposable & {
  /** A heartbeat: the connection counts as online until the time to live has passed. */
  beat(connections: readonly DevicePresence[], options: { readonly at: Instant; readonly ttlMs: number }): Promise<void>;
  leave(connection: DevicePresence, at: Instant): Promise<void>;
  statusOf(people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Status>>;
  /** How far a device has received in a channel; never goes back. */
  received(person: PersonId, device: DeviceId, channel: ChannelId, seq: number): Promise<void>;
  /** The furthest that any device of the person has received. */
  receivedBy(person: PersonId, channel: ChannelId): Promise<number | undefined>;
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

export type GatewayRegistry = AsyncDisposable & {
  announce(gateway: Gateway, options: { readonly at: Instant; readonly ttlMs: number }): Promise<void>;
  withdraw(gatewayId: string): Promise<void>;
  alive(): Promise<readonly Gateway[]>;
  /** Gateways that stopped announcing themselves without withdrawing. Each is returned once, to one caller. */
  claimExpired(): Promise<readonly { readonly id: string; readonly lastSeenAt: Instant }[]>;
};
