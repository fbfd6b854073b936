/** The second step of logging in, for people who have a second factor: from the ticket that the right password gave to a session. */
import { hasSecondFactor, isFactor } from '../../domain/people/account-security.ts';
import type { FactorKind } from '../../domain/people/factor-kinds.ts';
import { SESSION_LIFETIMES, isSessionOpen } from '../../domain/people/session.ts';
import type { DeviceId, FactorId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Uses } from '../handling/dependencies.ts';
import { knownDeviceOf } from './known-devices.ts';
import { logOut } from './log-out.ts';
import { findTicket, issueTicket, removeTickets, tryTicket, useTicket } from './login-tickets.ts';
import { LOGIN_FAILED, openSession, type LoggedIn } from './open-session.ts';
import { recordSecurity, securityOf } from './record-security.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import { webAuthnFactorsOf } from './second-factors.ts';
import { useTotpCode } from './totp.ts';
import { requestOptions, siteOf, verifyUsed, type RequestOptions, type UsedCredential } from './webauthn.ts';

export type SecondFactorAsked = {
  readonly outcome: 'asked';
  readonly ticket: string;
  readonly expiresAt: Instant;
  /** The kinds that the person has. */
  readonly kinds: readonly FactorKind[];
  /** null where the person has no key. */
  readonly webAuthn: RequestOptions | null;
};
export type PasswordAccepted = LoggedIn | SecondFactorAsked;

type Proved = {
  readonly person: PersonId;
  readonly device?: DeviceId | undefined;
  readonly deviceName?: string | undefined;
  readonly deviceSecret?: string | undefined;
  /** The session that the new one takes the place of. */
  readonly replaces?: string;
};

/** After the password was right: a session, or what is still asked for. `passwordHash`: what it was checked against. */
export async function afterPassword(
  dependencies: Uses<'vault' | 'broadcast' | 'logins'>,
  { passwordHash, ...proved }: Proved & { readonly passwordHash: string | undefined },
  at: Instant,
): Promise<PasswordAccepted> {
  const { vault } = dependencies;
  const { person } = proved;
  const accepted = await proceed(dependencies, proved, at);
  if (accepted.outcome === 'refused' || (await vault.get('credential', person))?.passwordHash === passwordHash) return accepted;
  // The password was changed meanwhile, and all that the old one had opened was ended, perhaps before this existed.
  if (accepted.outcome === 'asked') await removeTickets(vault, person);
  else await logOut(dependencies)({ session: accepted.session, person }, at);
  return LOGIN_FAILED;
}

async function proceed(dependencies: Uses<'vault' | 'broadcast' | 'logins'>, proved: Proved, at: Instant): Promise<PasswordAccepted> {
  const { loadState, vault, logins } = dependencies;
  const { person, device, deviceName, replaces } = proved;
  const security = await securityOf(loadState, person);
  if (!hasSecondFactor(security)) return openInPlace(dependencies, proved, at);
  const keys = await webAuthnFactorsOf(dependencies, person);
  const webAuthn = keys.length === 0 ? null : await requestOptions(siteOf(logins), keys);
  const record = {
    person,
    ...(device !== undefined && { device }),
    ...(deviceName !== undefined && { deviceName }),
    ...(replaces !== undefined && { replaces }),
    ...(webAuthn && { challenge: webAuthn.challenge }),
  };
  const issued = await issueTicket(vault, record, at);
  return { outcome: 'asked', ...issued, kinds: [...new Set(security.factors.map(({ kind }) => kind))], webAuthn };
}

export type SecondFactorProof = { readonly code: string } | { readonly recoveryCode: string } | { readonly credential: UsedCredential };
export type EnterSecondFactor = { readonly ticket: string; readonly proof: SecondFactorProof; readonly deviceSecret?: string | undefined };

/** Whose ticket it is, and on which known device; undefined for one that is wrong, used or expired. */
export const findLoginTicket =
  ({ vault }: Uses<'vault'>) =>
  async (
    { ticket, deviceSecret }: Pick<EnterSecondFactor, 'ticket' | 'deviceSecret'>,
    at: Instant,
  ): Promise<{ readonly person: PersonId; readonly knownDevice: string | undefined } | undefined> => {
    const held = await findTicket(vault, ticket, at);
    if (held === undefined) return undefined;
    const { person } = held.record;
    return { person, knownDevice: deviceSecret === undefined ? undefined : await knownDeviceOf(vault, { person, deviceSecret }) };
  };

export const enterSecondFactor =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ ticket, proof, deviceSecret }: EnterSecondFactor, at: Instant): Promise<LoggedIn & { readonly replaced?: string }> => {
    const { vault } = dependencies;
    const held = await findTicket(vault, ticket, at);
    if (held === undefined) return TICKET_INVALID;
    const { id, record } = held;
    const { person, device, deviceName, replaces, challenge } = record;
    if (replaces !== undefined && !(await isOpen(dependencies, replaces, at))) return TICKET_INVALID;
    if (!(await tryTicket(vault, { id, person }))) return TICKET_INVALID;
    if (!(await proveFactor(dependencies, { person, proof, challenge }, at))) return { outcome: 'refused', refusal: { code: 'second-factor-wrong' } };
    if (!(await useTicket(vault, { id, person }))) return TICKET_INVALID;
    const opened = await openInPlace(dependencies, { person, device, deviceName, deviceSecret, ...(replaces !== undefined && { replaces }) }, at);
    return opened.outcome === 'accepted' && replaces !== undefined ? { ...opened, replaced: replaces } : opened;
  };

const TICKET_INVALID: LoggedIn = { outcome: 'refused', refusal: { code: 'login-ticket-invalid' } };

/** The token of the old session ends with it, so that a stolen one doesn't become recent too. */
async function openInPlace(dependencies: Uses<'vault' | 'broadcast' | 'logins'>, { replaces, ...owner }: Proved, at: Instant): Promise<LoggedIn> {
  const opened = await openSession(dependencies, owner, at);
  if (opened.outcome === 'accepted' && replaces !== undefined) await logOut(dependencies)({ session: replaces, person: owner.person }, at);
  return opened;
}

async function isOpen({ vault, logins }: Uses<'vault' | 'logins'>, session: string, at: Instant): Promise<boolean> {
  const [record, use] = await Promise.all([vault.get('session', session), vault.get('session-use', session)]);
  return record !== undefined && isSessionOpen(record, use?.usedAt, { idleMs: (logins.sessions ?? SESSION_LIFETIMES).idleMs, at });
}

type Given = { readonly person: PersonId; readonly proof: SecondFactorProof; readonly challenge: string | undefined };

/** What is good for one use is used up by it. */
async function proveFactor(dependencies: Uses<'vault' | 'logins'>, { person, proof, challenge }: Given, at: Instant): Promise<boolean> {
  const { loadState, vault, logins } = dependencies;
  const security = await securityOf(loadState, person);
  if (!hasSecondFactor(security)) return false; // it was removed meanwhile: the password alone opens a session by now
  if ('recoveryCode' in proof) {
    if (!(await useRecoveryCode(vault, { person, code: proof.recoveryCode }))) return false;
    return (await recordSecurity(dependencies, { person, change: { type: 'use-recovery-code' } }, at)).outcome !== 'refused';
  }
  const records = (await vault.owned('second-factor', person)).filter(({ id }) => isFactor(security, id as FactorId));
  for (const { id, record } of records) {
    const factor = id as FactorId;
    if ('code' in proof) {
      if (record.kind === 'totp' && (await useTotpCode(vault, { person, factor, secret: record.secret, code: proof.code }, at))) return true;
    } else if (record.kind === 'webauthn' && challenge !== undefined && record.credential === proof.credential.id) {
      const counter = await verifyUsed(siteOf(logins), { challenge, factor: record, used: proof.credential });
      if (counter === undefined) return false;
      await vault.put('second-factor', id, { ...record, counter }, { owner: person });
      return true;
    }
  }
  return false;
}
