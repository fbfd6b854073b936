/**
 * A person who was brought here from elsewhere has no password, and gets a link with which they choose one. The claim in it names the
 * person and when it ends, and is signed; it is good until they have a password, so once.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { loginOfPerson } from './change-password.ts';
import { isRegistered } from './open-session.ts';
import { recordSecurity } from './record-security.ts';

/** Links are sent by letters and by people; who comes late is given another one. */
export const CLAIM_LIFETIME_MS = 30 * DAY_MS;
const SIGNATURE_BYTES = 32;

type AccountClaim = { readonly person: PersonId; readonly expiresAt: Instant };

/** Undefined: there is no such person, or they have a password. Several may be good at a time. */
export const makeAccountClaim =
  ({ loadState, vault, logins }: Uses<'vault' | 'logins'>) =>
  async ({ person }: { readonly person: PersonId }, at: Instant): Promise<string | undefined> => {
    if (!(await isRegistered(loadState, person)) || (await vault.get('credential', person)) !== undefined) return undefined;
    const text = JSON.stringify([person, plus(at, CLAIM_LIFETIME_MS)]);
    return Buffer.concat([signatureOf(logins.secret, text), Buffer.from(text)]).toString('base64url');
  };

/** The HMAC of the login name of the person whose account it claims, whether it is still good or not; undefined where there is none. */
export const loginOfClaim =
  (dependencies: Uses<'logins'>) =>
  async ({ claim }: { readonly claim: string }): Promise<string | undefined> => {
    const claimed = accountClaimIn(dependencies.logins.secret, claim);
    return claimed && loginOfPerson(dependencies)({ person: claimed.person });
  };

/** Undefined where we have not made it. */
function accountClaimIn(secret: Uint8Array, claim: string): AccountClaim | undefined {
  const bytes = Buffer.from(claim, 'base64url');
  const text = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
  if (bytes.length <= SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), signatureOf(secret, text))) return undefined;
  const [person, expiresAt] = JSON.parse(text) as [PersonId, Instant];
  return { person, expiresAt };
}

const signatureOf = (secret: Uint8Array, text: string): Buffer => createHmac('sha256', secret).update(`account-claim\n${text}`).digest();

export type ClaimAccount = { readonly claim: string; readonly newPassword: string };
export type AccountClaimed = { readonly outcome: 'claimed' } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Opens no session. Of several that claim at once, one gets the account. */
export const claimAccount =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ claim, newPassword }: ClaimAccount, at: Instant, share: HashingShare = NO_ADDRESS): Promise<AccountClaimed> => {
    const { loadState, vault, logins } = dependencies;
    const claimed = accountClaimIn(logins.secret, claim);
    if (claimed === undefined || claimed.expiresAt <= at) return CLAIM_INVALID;
    const { person } = claimed;
    if (!(await isRegistered(loadState, person)) || (await vault.get('credential', person)) !== undefined) return CLAIM_INVALID;
    const passwordHash = await logins.passwords.hash(newPassword, share);
    // The log is told first, as of every change to what protects an account.
    const recorded = await recordSecurity(dependencies, { person, change: { type: 'change-password', by: 'claim' } }, at);
    if (recorded.outcome === 'refused') return recorded;
    const kept = await vault.putIfAbsent('credential', person, { person, passwordHash }, { owner: person });
    const isFirst = kept.passwordHash === passwordHash;
    // If the person was erased meanwhile, all that the vault held of them may have been removed before this existed.
    if (isFirst && !(await isRegistered(loadState, person))) await vault.remove('credential', person);
    else if (isFirst) return { outcome: 'claimed' };
    return CLAIM_INVALID;
  };

const CLAIM_INVALID: AccountClaimed = { outcome: 'refused', refusal: { code: 'account-claim-invalid' } };
