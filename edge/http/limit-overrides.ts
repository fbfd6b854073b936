/** An operator overrides the rate limits of an API by their names; the declared limits hold for every other name. */
import type { Limit } from '../../ports/rate-limit/port.ts';

/** By the `name` of a limit: at most `points` in `windowSeconds`. Names that an API doesn't have are ignored: one setting serves every listener. */
export type LimitOverrides = Readonly<Record<string, Pick<Limit, 'points' | 'windowSeconds'>>>;

export function overrideLimits<Key extends string>(limits: Readonly<Record<Key, Limit>>, overrides: LimitOverrides = {}): Readonly<Record<Key, Limit>> {
  const entries = Object.entries<Limit>(limits).map(([key, limit]) => [key, { ...limit, ...overrides[limit.name] }]);
  return Object.fromEntries(entries) as Record<Key, Limit>;
}
