import type { CommandResult } from '../../../commands/handling/results.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import type { ImportOutcome } from './outcome.ts';

export const IMPORTED: ImportOutcome = { outcome: 'imported' };
export const UNCHANGED: ImportOutcome = { outcome: 'unchanged' };

export function outcomeOf(handled: CommandResult): ImportOutcome {
  if (handled.outcome === 'refused') return refusedAs(handled.refusal);
  return handled.outcome === 'appended' && !handled.repeated ? IMPORTED : UNCHANGED;
}

export const refusedAs = ({ code, facts }: Refusal): Extract<ImportOutcome, { outcome: 'refused' }> => ({
  outcome: 'refused',
  code,
  says: sentenceOf(code, facts),
});
