/** This gateway among the others: announces itself with its load, so that clients are sent where there is room, and notices who is lost. */
import { SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Gateway, GatewayRegistry } from '../ports/presence/port.ts';

export const ANNOUNCE_MS = 5 * SECOND_MS;
/** Two announcements may be lost. */
export const ANNOUNCED_TTL_MS = 15 * SECOND_MS;

export type RegistrationDependencies = {
  readonly registry: Pick<GatewayRegistry, 'announce' | 'withdraw' | 'claimExpired'>;
  readonly clock: () => Instant;
  readonly load: () => { readonly connections: number; readonly draining: boolean };
  readonly recordGatewayLoss: (lost: { readonly gateway: string; readonly lastSeenAt: Instant }) => Promise<void>;
};

export type Registration = {
  readonly announce: () => Promise<void>;
  /** Every gateway that vanished without withdrawing is one event. */
  readonly sweep: () => Promise<void>;
  readonly withdraw: () => Promise<void>;
};

export function createRegistration(
  { registry, clock, load, recordGatewayLoss }: RegistrationDependencies,
  me: Pick<Gateway, 'id' | 'url' | 'region' | 'capacity'>,
): Registration {
  return {
    announce: () => registry.announce({ ...me, ...load() }, { at: clock(), ttlMs: ANNOUNCED_TTL_MS }),
    sweep: async () => {
      for (const { id, lastSeenAt } of await registry.claimExpired(clock())) await recordGatewayLoss({ gateway: id, lastSeenAt });
    },
    withdraw: () => registry.withdraw(me.id),
  };
}
