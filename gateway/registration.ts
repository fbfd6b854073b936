/** This gateway among the others: announces itself with its load, so that clients are sent where there is room, and records the loss of others. */
import { SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Gateway, GatewayRegistry, RegistryMemory } from '../ports/presence/port.ts';
import { recordGatewayLoss, type PresenceRecorder } from './presence/record-presence.ts';

export const ANNOUNCE_MS = 5 * SECOND_MS;
/** Two announcements may be lost. */
export const ANNOUNCED_TTL_MS = 15 * SECOND_MS;
/** Longer than it takes to record a loss: whoever claimed it and hasn't confirmed it by then has died, or couldn't reach the log. */
export const LOSS_LEASE_MS = 30 * SECOND_MS;

export type Registration = {
  readonly registry: Pick<GatewayRegistry, 'announce' | 'withdraw' | 'claimExpired' | 'confirmExpired' | 'remind'>;
  readonly recorder: PresenceRecorder;
  readonly clock: () => Instant;
  readonly self: Pick<Gateway, 'id' | 'url' | 'region' | 'capacity'>;
};

export const announce = ({ registry, clock, self }: Registration, load: Pick<Gateway, 'connections' | 'draining'>): Promise<void> =>
  registry.announce({ ...self, ...load }, { at: clock(), ttlMs: ANNOUNCED_TTL_MS });

/** Reminds a registry that has lost its memory of the others: one that died meanwhile would be lost to nobody. */
export function startReminding({ registry }: Pick<Registration, 'registry'>): () => Promise<void> {
  let remembered: RegistryMemory | undefined;
  return async () => {
    remembered = await registry.remind(remembered, { ttlMs: ANNOUNCED_TTL_MS });
  };
}

/** People who don't reconnect elsewhere are offline from now on. A gateway that is killed before that, or can't reach the log, is found lost by the others. */
export async function leave({ registry, recorder, clock, self }: Registration): Promise<void> {
  await recordGatewayLoss(recorder, { gateway: self.id, lastSeenAt: clock() });
  await registry.withdraw(self.id);
}

/**
 * Records one event for every gateway that vanished without withdrawing, and confirms it only then: the log takes a loss that it has
 * as recorded. One that can't be recorded now keeps no other from it. Throws the first failure.
 */
export async function recordLostGateways({ registry, recorder }: Registration): Promise<void> {
  const failures: unknown[] = [];
  for (const expired of await registry.claimExpired({ leaseMs: LOSS_LEASE_MS })) {
    try {
      await recordGatewayLoss(recorder, { gateway: expired.id, lastSeenAt: expired.lastSeenAt });
      await registry.confirmExpired(expired);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
