/** A login ticket stands between the password and the second factor: it is short-lived, good for one session, and proves nothing but that the password was right. */
import { createHash, randomBytes } from 'node:crypto';
import { LOGIN_TICKET_LIFETIME_MS, LOGIN_TICKET_TRIES_MAX } from '../../domain/people/account-security.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { OwnedRecord, Vault, VaultRecords } from '../../ports/vault/port.ts';
import { claim, claimTry, removeClaims } from './claims.ts';

const TICKET_BYTES = 32;

export type LoginTicket = VaultRecords['login-ticket'];

/** Answers the ticket, of which the vault knows the digest. */
export async function issueTicket(
  vault: Vault,
  record: Omit<LoginTicket, 'expiresAt'>,
  at: Instant,
): Promise<{ readonly ticket: string; readonly expiresAt: Instant }> {
  const { person } = record;
  for (const { id, record: before } of await vault.owned('login-ticket', person)) if (before.expiresAt <= at) await removeTicket(vault, { id, person });
  const ticket = randomBytes(TICKET_BYTES).toString('base64url');
  const expiresAt = plus(at, LOGIN_TICKET_LIFETIME_MS);
  await vault.put('login-ticket', digestOf(ticket), { ...record, expiresAt }, { owner: person });
  return { ticket, expiresAt };
}

/** Undefined for one that is wrong, used or expired. */
export async function findTicket(vault: Vault, ticket: string, at: Instant): Promise<OwnedRecord<'login-ticket'> | undefined> {
  const id = digestOf(ticket);
  const record = await vault.get('login-ticket', id);
  return record === undefined || record.expiresAt <= at ? undefined : { id, record };
}

type Held = { readonly id: string; readonly person: PersonId };

/** False where a second factor was tried with it so often that the password is asked for again. */
export const tryTicket = (vault: Vault, { id, person }: Held): Promise<boolean> => claimTry(vault, { of: id, person, triesMax: LOGIN_TICKET_TRIES_MAX });

/** False where somebody else has used it, or it was voided meanwhile. */
export async function useTicket(vault: Vault, { id, person }: Held): Promise<boolean> {
  // The claims are removed after the ticket: a claim that comes later than that finds no ticket any more.
  if (!(await claim(vault, { id: `${id}:used`, person }))) return false;
  const isValid = (await vault.get('login-ticket', id)) !== undefined;
  await removeTicket(vault, { id, person });
  return isValid;
}

export async function removeTickets(vault: Vault, person: PersonId): Promise<void> {
  for (const { id } of await vault.owned('login-ticket', person)) await removeTicket(vault, { id, person });
}

async function removeTicket(vault: Vault, { id, person }: Held): Promise<void> {
  await vault.remove('login-ticket', id);
  await removeClaims(vault, { of: id, person });
}

const digestOf = (ticket: string): string => createHash('sha256').update(`login-ticket\n${ticket}`).digest('base64url');
