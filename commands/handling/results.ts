/** What a command that names or creates something answers: the thing's id beside what became of it. */
import type { Refusal } from '../../domain/shared/decider.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { CommandResult } from './handle.ts';

export type CreateResult<Id extends string> = { readonly id: Id; readonly handled: CommandResult };

export const refused = (code: RefusalCode, facts?: Refusal['facts']): Extract<CommandResult, { outcome: 'refused' }> => ({
  outcome: 'refused',
  refusal: facts === undefined ? { code } : { code, facts },
});
