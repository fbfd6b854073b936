/** A new person: the login name is claimed, once; then the password is in the vault; then the person exists. Cut off anywhere, the same command goes on. */
import { createHmac } from 'node:crypto';
import { login } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Answer } from '../answer.ts';
import { anew, type CommandContext } from '../context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import { createdIdOf } from '../identity.ts';

export type SignUp = { readonly loginName: string; readonly name: string; readonly password: string };

/** A login name has one form however it is typed (NFKC, lower case), and only its HMAC is ever written down. */
export const loginOf = (secret: Uint8Array, loginName: string): string =>
  createHmac('sha256', secret).update(loginName.normalize('NFKC').trim().toLowerCase()).digest('base64url').slice(0, 32).replaceAll('-', '.');

export const signUp =
  ({ handle, current, answered, vault, passwords, loginSecret }: CommandDependencies) =>
  async ({ loginName, name, password }: SignUp, context: CommandContext): Promise<Answer<PersonId>> => {
    const person = createdIdOf<PersonId>(context.command, 'person');
    const before = await answered(user, `user-${person}`, context);
    if (before !== undefined) return { id: person, handled: before };

    const claim = loginOf(loginSecret, loginName);
    const claiming = { type: 'claim', person, at: context.at } as const;
    const claimed = await handle(login, `login-${claim}`, claiming, context);
    // Who was cut off before and comes back late may find it freed, or about to be.
    const held = claimed.outcome === 'appended' && claimed.repeated ? await handle(login, `login-${claim}`, claiming, anew(context)) : claimed;
    if (held.outcome === 'refused') return { id: person, handled: held };
    await vault.put('credential', person, { person, passwordHash: await passwords.hash(password) }, { owner: person });
    const claimedNow = await current(login, `login-${claim}`);
    const handled = await handle(user, `user-${person}`, { type: 'register', person, name, login: claim, claim: claimedNow.state }, context, {
      relied: [claimedNow],
    });
    return { id: person, handled };
  };
