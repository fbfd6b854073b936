/** Appends what changed about what protects an account. The change itself is in the vault; the log is told first, so that nothing changes without a trace. */
import { randomUUID } from 'node:crypto';
import { accountSecurity, type AccountSecurityCommand, type AccountSecurityState } from '../../domain/people/account-security.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { accountSecurityStream, userStream } from '../../domain/shared/streams.ts';
import { contextWith, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { LoadState } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';

/** Without the state of the person, which is loaded here. */
type Change = AccountSecurityCommand extends infer Command ? (Command extends unknown ? Omit<Command, 'user'> : never) : never;
type Changed = { readonly person: PersonId; /** The person, where it is absent. */ readonly actor?: string; readonly change: Change };

export async function recordSecurity(dependencies: Uses<'logins'>, { person, actor = person, change }: Changed, at: Instant): Promise<CommandResult> {
  const { handle, loadState } = dependencies;
  const owner = await loadState(user, userStream(person));
  const command = { ...change, user: owner.state } as AccountSecurityCommand;
  const context = accountContext(dependencies, { actor, type: change.type, at });
  return handle(accountSecurity, accountSecurityStream(person), command, context, { readRevisions: [owner] });
}

export const securityOf = async (loadState: LoadState, person: PersonId): Promise<AccountSecurityState> =>
  (await loadState(accountSecurity, accountSecurityStream(person))).state;

/** For a command that is new each time it is given. */
export function accountContext({ logins }: Uses<'logins'>, command: { readonly actor: string; readonly type: string; readonly at: Instant }): CommandContext {
  const made = contextWith(logins.secret)({ ...command, key: randomUUID(), fresh: true, body: {} });
  if (made.outcome === 'refused') throw new Error(made.refusal.code); // only a key that tells a time is refused
  return made.context;
}
