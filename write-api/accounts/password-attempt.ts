/** Checks a password within the limits on guessing at it: counted before the costly hash, and taken back where the check came to no end. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Login, LoginAttempts } from './login-attempts.ts';

type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };
/** Whose turn hashing takes, as the commands for passwords want it. */
export type Share = { readonly lane: 'known-device' | 'anybody'; readonly address: string };

export async function attemptPassword<Checked extends { readonly outcome: string }>(
  loginAttempts: LoginAttempts,
  login: Login,
  check: (share: Share) => Promise<Checked | Refused>,
): Promise<Checked | Refused> {
  const begun = await loginAttempts.begin(login);
  if (begun.outcome === 'refused') return begun;
  const share = { lane: login.knownDevice === undefined ? 'anybody' : 'known-device', address: login.address } as const;
  const checked = await check(share).catch(async (error: unknown) => {
    await begun.attempt.undecided();
    throw error;
  });
  if (checked.outcome !== 'refused') await begun.attempt.succeeded();
  return checked;
}
