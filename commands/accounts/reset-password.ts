/** Resets a forgotten password, with a code that is sent to an address which its person has confirmed. It opens no session. */
import { confirmedContact, contacts, blockOf } from '../../domain/people/contacts.ts';
import { CONTACT_KINDS, type ContactKind } from '../../domain/people/notification-channels.ts';
import { CODES_MAX } from '../../domain/people/one-time-code.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { CodeId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { replacePassword } from './change-password.ts';
import { claimUse, countCodes, endpointOfCode, findCode, removeCodes, sendCode } from './one-time-codes.ts';
import { isRegistered } from './open-session.ts';
import { accountContext } from './record-security.ts';
import { endSessions } from './sessions.ts';
import { personOfLogin } from './sign-up.ts';

const PURPOSE = 'reset-password';

export type AskForReset = { readonly loginName: string; /** The email address, else the phone, where it is absent. */ readonly kind?: ContactKind | undefined };

/**
 * Sends a code, or nothing: to nobody, to an address that nobody has confirmed, or where there are as many valid codes as there may
 * be, so that strangers can't void the person's own. The caller is not told which.
 */
export const askForPasswordReset =
  (dependencies: Uses<'vault' | 'log' | 'codec' | 'logins'>) =>
  async ({ loginName, kind }: AskForReset, at: Instant): Promise<void> => {
    const { loadState, vault } = dependencies;
    const person = await personOfLogin(dependencies, loginName);
    if (person === undefined) return;
    const { state } = await loadState(contacts, contactsStream(person));
    const found = (kind === undefined ? CONTACT_KINDS : [kind]).find((one) => {
      const endpoint = confirmedContact(state, one);
      return endpoint !== undefined && blockOf(state, endpoint) === undefined;
    });
    const endpoint = found === undefined ? undefined : confirmedContact(state, found);
    if (endpoint === undefined || (await countCodes(vault, { person, purpose: PURPOSE }, at)) >= CODES_MAX) return;
    const context = accountContext(dependencies, { actor: 'anonymous', type: 'ask-for-password-reset', at });
    await sendCode(dependencies, { person, purpose: PURPOSE, endpoint, channel: found === 'email' ? 'email' : 'sms' }, context);
  };

export type ResetPassword = { readonly loginName: string; readonly code: string; readonly newPassword: string };

export type PasswordReset =
  { readonly outcome: 'reset'; readonly endedSessions: readonly string[] } | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** The code is used up only when nothing that may be tried again can fail before the password is changed. */
export const resetPassword =
  (dependencies: Uses<'vault' | 'broadcast' | 'logins'>) =>
  async ({ loginName, code: digits, newPassword }: ResetPassword, at: Instant, share: HashingShare = NO_ADDRESS): Promise<PasswordReset> => {
    const { vault, logins } = dependencies;
    const person = await personOfLogin(dependencies, loginName);
    const code = person === undefined ? undefined : await findValidCode(dependencies, { person, digits }, at);
    if (person === undefined || code === undefined) return CODE_INVALID;
    const passwordHash = await logins.passwords.hash(newPassword, share);
    const ended = await endSessions(dependencies)({ person }, at);
    if (!(await claimUse(vault, { code, person }))) return CODE_INVALID;
    const replaced = await replacePassword(dependencies, { person, passwordHash, by: 'reset' }, at);
    if (replaced.outcome === 'refused') return replaced;
    await removeCodes(vault, { person, purpose: PURPOSE });
    return { outcome: 'reset', endedSessions: [...ended, ...replaced.endedSessions] };
  };

const CODE_INVALID: PasswordReset = { outcome: 'refused', refusal: { code: 'code-invalid' } };

/** A code that was sent to an address which the person has removed or replaced since is good for nothing. */
async function findValidCode(
  { loadState, vault }: Uses<'vault'>,
  { person, digits }: { readonly person: PersonId; readonly digits: string },
  at: Instant,
): Promise<CodeId | undefined> {
  const code = await findCode(vault, { person, purpose: PURPOSE, digits }, at);
  if (code === undefined || !(await isRegistered(loadState, person))) return undefined;
  const [{ state }, endpoint] = await Promise.all([loadState(contacts, contactsStream(person)), endpointOfCode(vault, code)]);
  return endpoint !== undefined && CONTACT_KINDS.some((kind) => confirmedContact(state, kind) === endpoint) ? code : undefined;
}
