/** An operator overrides the rate limits of an API by their names; the declared limits hold for every other name. */
import type { FailureLimit, Limit } from '../../ports/rate-limit/port.ts';

/** By the `name` of a limit: at most `points` in `windowSeconds`. Names that an API doesn't have are ignored: one setting serves every listener. */
export type LimitOverrides = Readonly<Record<string, Pick<Limit, 'points' | 'windowSeconds'>>>;

/** The same limits, each with numbers of its own. */
export type OverriddenLimits<Limits extends Readonly<Record<string, Limit>>> = {
  readonly [Key in keyof Limits]: Limits[Key] extends FailureLimit ? FailureLimit : Limit;
};

export function overrideLimits<Limits extends Readonly<Record<string, Limit>>>(limits: Limits, overrides: LimitOverrides = {}): OverriddenLimits<Limits> {
  const entries = Object.entries<Limit>(limits).map(([key, limit]) => [key, { ...limit, ...overrides[limit.name] }]);
  return Object.fromEntries(entries) as OverriddenLimits<Limits>;
}
