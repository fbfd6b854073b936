/** The registry of gateways in this process. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Gateway, GatewayRegistry } from './port.ts';

/** `gateway` is undefined where it was remembered by another. `expiresMs`, `leasedUntilMs`: of the monotonic clock. */
type Announced = { readonly gateway: Gateway | undefined; readonly lastSeenAt: Instant; readonly expiresMs: number; readonly leasedUntilMs: number };

export async function startMemoryGatewayRegistry({
  monotonicMs = () => performance.now(),
}: { readonly monotonicMs?: () => number } = {}): Promise<GatewayRegistry> {
  const gateways = new Map<string, Announced>();
  const history = randomUUID(); // it forgets nothing before its process does
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
    alive: async () => [...gateways.values()].flatMap(({ gateway, expiresMs }) => (gateway !== undefined && expiresMs > monotonicMs() ? [gateway] : [])),
    claimExpired: async ({ leaseMs }) => {
      const nowMs = noticeGap();
      if (nowMs < nobodyExpiresUntilMs) return [];
      const expired = [...gateways].filter(([, { expiresMs, leasedUntilMs }]) => expiresMs <= nowMs && leasedUntilMs <= nowMs);
      for (const [id, one] of expired) gateways.set(id, { ...one, leasedUntilMs: nowMs + leaseMs });
      return expired.map(([id, { lastSeenAt }]) => ({ id, lastSeenAt }));
    },
    confirmExpired: async ({ id, lastSeenAt }) => {
      const found = gateways.get(id);
      if (found?.lastSeenAt === lastSeenAt && found.expiresMs <= monotonicMs()) gateways.delete(id);
    },
    remind: async (remembered, options) => {
      const nowMs = monotonicMs();
      const unknown = remembered === undefined || remembered.history === history ? [] : remembered.gateways.filter(({ id }) => !gateways.has(id));
      for (const { id, lastSeenAt } of unknown) gateways.set(id, { gateway: undefined, lastSeenAt, expiresMs: nowMs, leasedUntilMs: nowMs + options.ttlMs });
      return { history, gateways: [...gateways].map(([id, { lastSeenAt }]) => ({ id, lastSeenAt })) };
    },
    [Symbol.asyncDispose]: async () => gateways.clear(),
  };
}
