/** Codes that are shown once, to be kept on paper: each is good for one login in place of a second factor. */
import { createHash, randomInt } from 'node:crypto';
import { RECOVERY_CODES } from '../../domain/people/account-security.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Vault } from '../../ports/vault/port.ts';
import { claim, removeClaims } from './claims.ts';

/** Letters and digits that are not taken for each other. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 120 bits: a plain digest of it can't be guessed (ASVS 5, 6.5.2 asks for 112). */
const CODE_CHARACTERS = 24;
const GROUP_CHARACTERS = 6;
export const RECOVERY_CODE_CHARACTERS_MAX = 64;

/** Earlier ones are good for nothing any more. */
export async function replaceRecoveryCodes(vault: Vault, person: PersonId): Promise<readonly string[]> {
  await removeRecoveryCodes(vault, person);
  const codes = Array.from({ length: RECOVERY_CODES }, newCode);
  for (const code of codes) await vault.put('recovery-code', digestOf(person, code), { person }, { owner: person });
  return codes;
}

export async function removeRecoveryCodes(vault: Vault, person: PersonId): Promise<void> {
  for (const { id } of await vault.owned('recovery-code', person)) await vault.remove('recovery-code', id);
}

export const countRecoveryCodes = async (vault: Vault, person: PersonId): Promise<number> => (await vault.owned('recovery-code', person)).length;

/** False for a wrong code, and for one that was used before. Letter case, spaces and dashes don't matter. */
export async function useRecoveryCode(vault: Vault, { person, code }: { readonly person: PersonId; readonly code: string }): Promise<boolean> {
  const id = digestOf(person, code);
  if ((await vault.get('recovery-code', id)) === undefined || !(await claim(vault, { id: `${id}:used`, person }))) return false;
  // The claim is removed after the code: who claims it later than that finds no code any more.
  const isValid = (await vault.get('recovery-code', id)) !== undefined;
  await vault.remove('recovery-code', id);
  await removeClaims(vault, { of: id, person });
  return isValid;
}

function newCode(): string {
  const characters = Array.from({ length: CODE_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  return (characters.match(new RegExp(`.{${GROUP_CHARACTERS}}`, 'g')) ?? []).join('-');
}

const digestOf = (person: PersonId, code: string): string =>
  createHash('sha256')
    .update(`recovery-code\n${person}\n${code.toUpperCase().replaceAll(/[\s-]/g, '')}`)
    .digest('base64url');
