/** The registry of gateways in this process. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Gateway, GatewayRegistry } from './port.ts';

/** `expiresMs`, `leasedUntilMs`: of the monotonic clock. */
type Announced = { readonly gateway: Gateway; readonly lastSeenAt: Instant; readonly expiresMs: number; readonly leasedUntilMs: number };

export async function startMemoryGatewayRegistry({
  monotonicMs = () => performance.now(),
}: { readonly monotonicMs?: () => number } = {}): Promise<GatewayRegistry> {
  const gateways = new Map<string, Announced>();
  let heardMs = -Infinity;
  let ttlMs = 0;
  let nobodyExpiresUntilMs = -Infinity;

  /** A process that was stopped for a while finds everybody silent, and itself was the deaf one. */
  const noticeGap = (): number => {
    const nowMs = monotonicMs();
    if (nowMs - heardMs > ttlMs / 2) nobodyExpiresUntilMs = nowMs + ttlMs;
    heardMs = nowMs;
    return nowMs;
  };

  return {
    announce: async (gateway, options) => {
      ({ ttlMs } = options);
      const nowMs = noticeGap();
      gateways.set(gateway.id, { gateway, lastSeenAt: options.at, expiresMs: nowMs + ttlMs, leasedUntilMs: -Infinity });
    },
    withdraw: async (id) => void gateways.delete(id),
    alive: async () => [...gateways.values()].filter(({ expiresMs }) => expiresMs > monotonicMs()).map(({ gateway }) => gateway),
    claimExpired: async ({ leaseMs }) => {
      const nowMs = noticeGap();
      if (nowMs < nobodyExpiresUntilMs) return [];
      const expired = [...gateways.values()].filter(({ expiresMs, leasedUntilMs }) => expiresMs <= nowMs && leasedUntilMs <= nowMs);
      for (const one of expired) gateways.set(one.gateway.id, { ...one, leasedUntilMs: nowMs + leaseMs });
      return expired.map(({ gateway, lastSeenAt }) => ({ id: gateway.id, lastSeenAt }));
    },
    confirmExpired: async ({ id, lastSeenAt }) => {
      const found = gateways.get(id);
      if (found?.lastSeenAt === lastSeenAt && found.expiresMs <= monotonicMs()) gateways.delete(id);
    },
    [Symbol.asyncDispose]: async () => gateways.clear(),
  };
}
