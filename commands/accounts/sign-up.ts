/**
 * Signs a person up: claims the login name, puts the password into the vault, and registers the person. A sign-up that is interrupted
 * anywhere goes on when it is repeated. The name is claimed as late as possible, for a person who is refused, or told to try again,
 * may come back under another key.
 */
import { createHmac } from 'node:crypto';
import { isClaimedBy, login } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { loginStream, userStream } from '../../domain/shared/streams.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import { withFreshCommandId, type CommandContext } from '../handling/command-context.ts';
import { NO_ADDRESS, type HashingShare, type Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

export type SignUp = { readonly loginName: string; readonly name: string; readonly password: string };

/** A login name has one form however it is typed (NFKC, lower case), and only its HMAC is ever stored. */
export const loginOf = (secret: Uint8Array, loginName: string): string =>
  createHmac('sha256', secret).update(loginName.normalize('NFKC').trim().toLowerCase()).digest('base64url').slice(0, 32).replaceAll('-', '.');

/** Undefined for a login name that nobody has. */
export async function personOfLogin({ loadState, logins }: Uses<'logins'>, loginName: string): Promise<PersonId | undefined> {
  const { state } = await loadState(login, loginStream(loginOf(logins.secret, loginName)));
  return state.status === 'claimed' ? state.person : undefined;
}

export const signUp =
  (dependencies: Uses<'vault' | 'logins'>) =>
  ({ password, ...person }: SignUp, context: CommandContext, share: HashingShare = NO_ADDRESS): Promise<CreateResult<PersonId>> =>
    register(dependencies, { ...person, hashPassword: () => dependencies.logins.passwords.hash(password, share) }, context);

/** A person without `hashPassword` has no password: nobody logs in as them before they have one. */
export type Registration = Omit<SignUp, 'password'> & { readonly hashPassword?: () => Promise<string> };

export async function register(
  { handle, loadState, findEarlierResult, vault, logins }: Uses<'vault' | 'logins'>,
  { loginName, name, hashPassword }: Registration,
  context: CommandContext,
): Promise<CreateResult<PersonId>> {
  const person = createdIdOf<PersonId>(context.command, 'person');
  // 1. A command that was completed before gets its first result.
  const earlier = await findEarlierResult(user, userStream(person), context);
  if (earlier !== undefined) return { id: person, handled: earlier };

  // 2. Refuse before anything is written, and before the costly hash, what would be refused later.
  const loginId = loginOf(logins.secret, loginName);
  const { state: holder } = await loadState(login, loginStream(loginId));
  if (holder.status === 'claimed' && !isClaimedBy(holder, person)) return { id: person, handled: refused('login-taken') };
  const command = { type: 'register', person, name, login: loginId } as const;
  const { state } = await loadState(user, userStream(person));
  const decision = user.decide(state, { ...command, claim: { status: 'claimed', person, at: context.at } });
  if (decision.outcome === 'refused') return { id: person, handled: decision };
  const passwordHash = await hashPassword?.();

  // 3. Claim the login name.
  const claim = { type: 'claim', person, at: context.at } as const;
  const first = await handle(login, loginStream(loginId), claim, context);
  // A sign-up that was interrupted before and is repeated late may find its claim freed, or about to be.
  const claimed = first.outcome === 'appended' && first.repeated ? await handle(login, loginStream(loginId), claim, withFreshCommandId(context)) : first;
  if (claimed.outcome === 'refused') return { id: person, handled: claimed };

  // 4. Store the password, and register the person.
  if (passwordHash !== undefined) await vault.put('credential', person, { person, passwordHash }, { owner: person });
  const held = await loadState(login, loginStream(loginId));
  const handled = await handle(user, userStream(person), { ...command, claim: held.state }, context, { readRevisions: [held] });
  return { id: person, handled };
}
