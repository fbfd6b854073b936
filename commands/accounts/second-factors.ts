/** Adds, lists and removes the second factors of a person. The log says which there are; what proves them is in the vault. */
import { randomUUID } from 'node:crypto';
import { FACTOR_SETUP_LIFETIME_MS, hasSecondFactor, SECOND_FACTORS_MAX } from '../../domain/people/account-security.ts';
import type { FactorKind } from '../../domain/people/factor-kinds.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { FactorId, PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Vault, VaultRecords } from '../../ports/vault/port.ts';
import type { Uses } from '../handling/dependencies.ts';
import { removeClaims } from './claims.ts';
import { isRegistered } from './open-session.ts';
import { recordSecurity, securityOf } from './record-security.ts';
import { countRecoveryCodes, removeRecoveryCodes, replaceRecoveryCodes } from './recovery-codes.ts';
import { newTotpSecret, totpUri, useTotpCode } from './totp.ts';
import { creationOptions, siteOf, verifyCreated, type CreatedCredential, type CreationOptions, type WebAuthnFactor } from './webauthn.ts';

type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };
const UNKNOWN: Refused = { outcome: 'refused', refusal: { code: 'second-factor-unknown' } };
const WRONG: Refused = { outcome: 'refused', refusal: { code: 'second-factor-wrong' } };

export type ListedFactor = {
  readonly factor: FactorId;
  readonly kind: FactorKind;
  /** null: the vault has lost it. */ readonly name: string | null;
  readonly addedAt: Instant | null;
};

export const listSecondFactors =
  ({ loadState, vault }: Uses<'vault'>) =>
  async ({ person }: { readonly person: PersonId }): Promise<{ readonly factors: readonly ListedFactor[]; readonly recoveryCodesLeft: number }> => {
    const { factors } = await securityOf(loadState, person);
    const listed = factors.map(async ({ factor, kind }) => {
      const { name = null, createdAt: addedAt = null } = (await vault.get('second-factor', factor)) ?? {};
      return { factor, kind, name, addedAt };
    });
    return { factors: await Promise.all(listed), recoveryCodesLeft: await countRecoveryCodes(vault, person) };
  };

/** `accountName`: shown by the authenticator beside the site's name, and kept nowhere here. */
export type AddFactor = { readonly person: PersonId; readonly name: string; readonly accountName: string };

type Setup = { readonly outcome: 'asked'; readonly factor: FactorId; readonly expiresAt: Instant };

export const addTotp =
  (dependencies: Uses<'vault'>) =>
  async ({ person, name, accountName }: AddFactor, at: Instant): Promise<(Setup & { readonly secret: string; readonly uri: string }) | Refused> => {
    const secret = newTotpSecret();
    const setup = await beginSetup(dependencies, { person, name, kind: 'totp', secret }, at);
    return setup.outcome === 'refused' ? setup : { ...setup, secret, uri: totpUri({ secret, accountName }) };
  };

export const addWebAuthn =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ person, name, accountName }: AddFactor, at: Instant): Promise<(Setup & { readonly options: CreationOptions }) | Refused> => {
    const known = await webAuthnFactorsOf(dependencies, person);
    const options = await creationOptions(siteOf(dependencies.logins), { person, accountName, known });
    const setup = await beginSetup(dependencies, { person, name, kind: 'webauthn', challenge: options.challenge }, at);
    return setup.outcome === 'refused' ? setup : { ...setup, options };
  };

/** Those that the log knows of. */
export async function webAuthnFactorsOf({ loadState, vault }: Uses<'vault'>, person: PersonId): Promise<readonly WebAuthnFactor[]> {
  const { factors } = await securityOf(loadState, person);
  const records = await Promise.all(factors.map(({ factor }) => vault.get('second-factor', factor)));
  return records.filter((record) => record?.kind === 'webauthn');
}

export type ConfirmFactor = {
  readonly person: PersonId;
  readonly factor: FactorId;
  readonly proof: { readonly code: string } | { readonly credential: CreatedCredential };
};

/** The first factor comes with recovery codes, which are shown here and never again. */
export type FactorAdded = { readonly outcome: 'added'; readonly recoveryCodes: readonly string[] | null } | Refused;

export const confirmSecondFactor =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ person, factor, proof }: ConfirmFactor, at: Instant): Promise<FactorAdded> => {
    const { loadState, vault } = dependencies;
    const setup = await vault.get('second-factor-setup', factor);
    if (setup?.person !== person || setup.expiresAt <= at) return UNKNOWN;
    const secret = await secretOf(dependencies, { person, factor, setup, proof }, at);
    if (secret === undefined) return WRONG;
    const isFirst = !hasSecondFactor(await securityOf(loadState, person));
    // Before the event: a factor that the log knows of must be there to log in with. Interrupted in between, it is confirmed again.
    await vault.put('second-factor', factor, { person, name: setup.name, createdAt: at, ...secret }, { owner: person });
    const recorded = await recordSecurity(dependencies, { person, change: { type: 'add-factor', factor, kind: setup.kind } }, at);
    if (recorded.outcome === 'refused') {
      await vault.remove('second-factor', factor);
      return recorded;
    }
    await vault.remove('second-factor-setup', factor);
    return { outcome: 'added', recoveryCodes: isFirst ? await freshRecoveryCodes(dependencies, person) : null };
  };

export const removeSecondFactor =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ person, factor }: { readonly person: PersonId; readonly factor: FactorId }, at: Instant): Promise<{ readonly outcome: 'removed' } | Refused> => {
    const recorded = await recordSecurity(dependencies, { person, change: { type: 'remove-factor', factor } }, at);
    if (recorded.outcome === 'refused' && recorded.refusal.code !== 'second-factor-unknown') return recorded;
    await forgetFactors(dependencies, person); // also what an interrupted removal has left
    return recorded.outcome === 'refused' ? recorded : { outcome: 'removed' };
  };

/** Given by an operator, for a person who has lost all of them. */
export const removeAllSecondFactors =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async ({ person, actor }: { readonly person: PersonId; readonly actor: string }, at: Instant): Promise<{ readonly outcome: 'removed' } | Refused> => {
    const recorded = await recordSecurity(dependencies, { person, actor, change: { type: 'remove-all-factors' } }, at);
    if (recorded.outcome === 'refused') return recorded;
    await forgetFactors(dependencies, person);
    return { outcome: 'removed' };
  };

export const makeRecoveryCodes =
  (dependencies: Uses<'vault' | 'logins'>) =>
  async (
    { person }: { readonly person: PersonId },
    at: Instant,
  ): Promise<{ readonly outcome: 'made'; readonly recoveryCodes: readonly string[] } | Refused> => {
    const recorded = await recordSecurity(dependencies, { person, change: { type: 'make-recovery-codes' } }, at);
    return recorded.outcome === 'refused' ? recorded : { outcome: 'made', recoveryCodes: await freshRecoveryCodes(dependencies, person) };
  };

/** As many may be under way as there may be factors; one more ends the one that expires first. */
async function beginSetup(
  { loadState, vault }: Uses<'vault'>,
  setup: { readonly person: PersonId } & DistributedOmit<VaultRecords['second-factor-setup'], 'expiresAt' | 'person'>,
  at: Instant,
): Promise<Setup | Refused> {
  const { person } = setup;
  if ((await securityOf(loadState, person)).factors.length >= SECOND_FACTORS_MAX) {
    return { outcome: 'refused', refusal: { code: 'second-factors-full', facts: { max: SECOND_FACTORS_MAX } } };
  }
  const before = (await vault.owned('second-factor-setup', person)).toSorted((one, other) => (one.record.expiresAt < other.record.expiresAt ? 1 : -1));
  for (const [i, { id, record }] of before.entries()) if (i >= SECOND_FACTORS_MAX - 1 || record.expiresAt <= at) await vault.remove('second-factor-setup', id);
  const factor = randomUUID() as FactorId;
  const expiresAt = plus(at, FACTOR_SETUP_LIFETIME_MS);
  await vault.put('second-factor-setup', factor, { ...setup, expiresAt }, { owner: person });
  if (await isRegistered(loadState, person)) return { outcome: 'asked', factor, expiresAt };
  await vault.remove('second-factor-setup', factor);
  return { outcome: 'refused', refusal: { code: 'person-erased' } };
}

type DistributedOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** What the vault keeps of the factor, if the proof is right. */
async function secretOf(
  { vault, logins }: Uses<'vault' | 'logins'>,
  { person, factor, setup, proof }: ConfirmFactor & { readonly setup: VaultRecords['second-factor-setup'] },
  at: Instant,
) {
  switch (setup.kind) {
    case 'totp': {
      const { kind, secret } = setup;
      return 'code' in proof && (await useTotpCode(vault, { person, factor, secret, code: proof.code }, at)) ? { kind, secret } : undefined;
    }
    case 'webauthn': {
      const verified = 'credential' in proof ? await verifyCreated(siteOf(logins), setup.challenge, proof.credential) : undefined;
      return verified && { kind: setup.kind, ...verified };
    }
  }
}

async function freshRecoveryCodes({ loadState, vault }: Uses<'vault'>, person: PersonId): Promise<readonly string[]> {
  const codes = await replaceRecoveryCodes(vault, person);
  // If the person was erased meanwhile, all that the vault held of them may have been removed before these existed.
  if (!(await isRegistered(loadState, person))) await removeRecoveryCodes(vault, person);
  return codes;
}

/** Removes what the vault holds of factors that the log doesn't know of, and the recovery codes with the last factor. */
async function forgetFactors({ loadState, vault }: Uses<'vault'>, person: PersonId): Promise<void> {
  const { factors } = await securityOf(loadState, person);
  for (const { id } of await vault.owned('second-factor', person)) if (!factors.some(({ factor }) => factor === id)) await forgetFactor(vault, person, id);
  if (factors.length === 0) await removeRecoveryCodes(vault, person);
}

async function forgetFactor(vault: Vault, person: PersonId, factor: string): Promise<void> {
  await vault.remove('second-factor', factor);
  await removeClaims(vault, { of: factor, person });
}
