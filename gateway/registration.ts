/** This gateway among the others: announces itself with its load, so that clients are sent where there is room, and claims gateways that were lost. */
import { SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Gateway, GatewayRegistry } from '../ports/presence/port.ts';
import { recordGatewayLoss, type PresenceRecorder } from './presence/record-presence.ts';

export const ANNOUNCE_MS = 5 * SECOND_MS;
/** Two announcements may be lost. */
export const ANNOUNCED_TTL_MS = 15 * SECOND_MS;

export type Registration = {
  readonly registry: Pick<GatewayRegistry, 'announce' | 'withdraw' | 'claimExpired'>;
  readonly recorder: PresenceRecorder;
  readonly clock: () => Instant;
  readonly self: Pick<Gateway, 'id' | 'url' | 'region' | 'capacity'>;
};

/** With the present load. */
export const announce = ({ registry, clock, self }: Registration, connections: number): Promise<void> =>
  registry.announce({ ...self, connections, draining: false }, { at: clock(), ttlMs: ANNOUNCED_TTL_MS });

export const withdraw = ({ registry, self }: Registration): Promise<void> => registry.withdraw(self.id);

/** Records one event for every gateway that vanished without withdrawing. */
export async function recordLostGateways({ registry, recorder }: Registration): Promise<void> {
  for (const { id, lastSeenAt } of await registry.claimExpired()) await recordGatewayLoss(recorder, { gateway: id, lastSeenAt });
}
