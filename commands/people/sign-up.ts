/**
 * A new person: the login name is claimed, once; then the password is in the vault; then the person exists. Cut off anywhere, the same
 * command goes on. The name is claimed as late as can be, for who is refused, or told to try again, may come back under another key.
 */
import { createHmac } from 'node:crypto';
import { isClaimedBy, login } from '../../domain/people/login.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { loginStream, userStream } from '../../domain/shared/streams.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import { anew, type CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

export type SignUp = { readonly loginName: string; readonly name: string; readonly password: string };

/** A login name has one form however it is typed (NFKC, lower case), and only its HMAC is ever written down. */
export const loginOf = (secret: Uint8Array, loginName: string): string =>
  createHmac('sha256', secret).update(loginName.normalize('NFKC').trim().toLowerCase()).digest('base64url').slice(0, 32).replaceAll('-', '.');

export const signUp =
  ({ handle, loadState, findEarlierResult, vault, passwords, loginSecret }: CommandDependencies) =>
  async ({ loginName, name, password }: SignUp, context: CommandContext): Promise<CreateResult<PersonId>> => {
    const person = createdIdOf<PersonId>(context.command, 'person');
    const before = await findEarlierResult(user, userStream(person), context);
    if (before !== undefined) return { id: person, handled: before };

    const claim = loginOf(loginSecret, loginName);
    const { state: holding } = await loadState(login, loginStream(claim));
    if (holding.status === 'claimed' && !isClaimedBy(holding, person)) return { id: person, handled: refused('login-taken') };
    const registering = { type: 'register', person, name, login: claim } as const;
    const asIfClaimed = { ...registering, claim: { status: 'claimed', person, at: context.at } } as const;
    const foreseen = user.decide((await loadState(user, userStream(person))).state, asIfClaimed);
    if (foreseen.outcome === 'refused') return { id: person, handled: foreseen };
    const passwordHash = await passwords.hash(password);

    const claiming = { type: 'claim', person, at: context.at } as const;
    const claimed = await handle(login, loginStream(claim), claiming, context);
    // Who was cut off before and comes back late may find it freed, or about to be.
    const held = claimed.outcome === 'appended' && claimed.repeated ? await handle(login, loginStream(claim), claiming, anew(context)) : claimed;
    if (held.outcome === 'refused') return { id: person, handled: held };
    await vault.put('credential', person, { person, passwordHash }, { owner: person });
    const claimedNow = await loadState(login, loginStream(claim));
    const handled = await handle(user, userStream(person), { ...registering, claim: claimedNow.state }, context, { readRevisions: [claimedNow] });
    return { id: person, handled };
  };
