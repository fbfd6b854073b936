/** Checks a password or a second factor within the limits on guessing at it: counted before the check, and taken back where that came to no end. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { Login, LoginAttempt, LoginAttempts, SecondStep } from './login-attempts.ts';

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
  return ended(begun.attempt, check({ lane: login.knownDevice === undefined ? 'anybody' : 'known-device', address: login.address }));
}

export async function attemptSecondFactor<Checked extends { readonly outcome: string }>(
  loginAttempts: LoginAttempts,
  step: SecondStep,
  check: () => Promise<Checked | Refused>,
): Promise<Checked | Refused> {
  const begun = await loginAttempts.beginSecondStep(step);
  return begun.outcome === 'refused' ? begun : ended(begun.attempt, check());
}

async function ended<Checked extends { readonly outcome: string }>(attempt: LoginAttempt, checking: Promise<Checked>): Promise<Checked> {
  const checked = await checking.catch(async (error: unknown) => {
    await attempt.undecided();
    throw error;
  });
  // Who knows the password and not the second factor must not have the failures forgotten.
  if (checked.outcome === 'asked') await attempt.undecided();
  else if (checked.outcome !== 'refused') await attempt.succeeded();
  return checked;
}
