/**
 * Limits guessing at passwords without letting strangers shut people out. What fails is counted by the login name together with the
 * address, tightly, and by the name alone, loosely: it costs a wait of a few seconds at most. A device that has logged in before is
 * counted for itself. Counted is before the costly hash, also for names that nobody has.
 */
import type { Refusal } from '../../domain/shared/decider.ts';
import { rateLimited } from '../../edge/http/limits.ts';
import { clientKeyOf } from '../../edge/network/addresses.ts';
import type { EdgeReporter } from '../../edge/telemetry-events.ts';
import type { FailureLimit, RateLimit } from '../../ports/rate-limit/port.ts';
import type { WriteLimits } from '../limits.ts';

/** `login`: the HMAC of the login name. `knownDevice`: the id of a device on which its person has logged in before. */
export type Login = { readonly login: string; readonly address: string; readonly knownDevice: string | undefined };

export type LoginAttempt = {
  succeeded(): Promise<void>;
  /** It ended without anybody knowing whether the password was right. */
  undecided(): Promise<void>;
};

/** `person`: who has shown the right password. */
export type SecondStep = { readonly person: string; readonly address: string; readonly knownDevice: string | undefined };

type Begun = { readonly outcome: 'allowed'; readonly attempt: LoginAttempt } | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type LoginAttempts = {
  /** An attempt that is allowed counts as failed until it is told otherwise. */
  begin(login: Login): Promise<Begun>;
  /** Who guesses at a second factor knows the password, so that it shuts nobody out to limit the person's alone, tightly. */
  beginSecondStep(step: SecondStep): Promise<Begun>;
};

export type LoginRateLimit = Pick<RateLimit, 'attempt' | 'forgetFailures' | 'takeBackAttempt'>;

type Dependencies = {
  readonly rateLimit: LoginRateLimit;
  readonly limits: Pick<WriteLimits, 'loginFailures' | 'loginFailuresOfName' | 'loginFailuresOfDevice' | 'secondFactorFailures'>;
  readonly report: EdgeReporter;
};

/** `onSuccess`: a success of a caller says that its failures were mistakes; that of one login says nothing of others with the same name. */
type Counter = { readonly limit: FailureLimit; readonly key: string; readonly onSuccess: 'forget' | 'take-back' };

export function createLoginAttempts({ rateLimit, limits, report }: Dependencies): LoginAttempts {
  const countersOf = ({ login, address, knownDevice }: Login): readonly Counter[] =>
    knownDevice === undefined
      ? [
          { limit: limits.loginFailures, key: `${login} ${clientKeyOf(address)}`, onSuccess: 'forget' },
          { limit: limits.loginFailuresOfName, key: login, onSuccess: 'take-back' },
        ]
      : [{ limit: limits.loginFailuresOfDevice, key: knownDevice, onSuccess: 'forget' }];

  /** While the rate limiter can't be reached, everybody is let through, as with every limit. */
  const orReport = async <Result>(limit: FailureLimit, counting: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await counting;
    } catch (error) {
      report({ type: 'limit-unavailable', limit: limit.name, error });
      return undefined;
    }
  };
  const takeBack = async (counters: readonly Counter[]) => {
    for (const { limit, key } of counters) await orReport(limit, rateLimit.takeBackAttempt(limit, key));
  };

  const begin = async (counters: readonly Counter[]): Promise<Begun> => {
    for (const [i, { limit, key }] of counters.entries()) {
      const decided = await orReport(limit, rateLimit.attempt(limit, key));
      if (decided === undefined || decided.allowed) continue;
      await takeBack(counters.slice(0, i));
      return { outcome: 'refused', refusal: rateLimited(limit.name, decided.retryAfterMs) };
    }
    return {
      outcome: 'allowed',
      attempt: {
        succeeded: async () => {
          for (const { limit, key, onSuccess } of counters)
            await orReport(limit, onSuccess === 'forget' ? rateLimit.forgetFailures(limit, key) : rateLimit.takeBackAttempt(limit, key));
        },
        undecided: () => takeBack(counters),
      },
    };
  };

  return {
    begin: (login) => begin(countersOf(login)),
    beginSecondStep: ({ person, knownDevice }) => begin([{ limit: limits.secondFactorFailures, key: knownDevice ?? person, onSuccess: 'forget' }]),
  };
}
