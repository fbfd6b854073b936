import type { RefusalCode } from '../domain/shared/refusals.ts';

/** The refusals of a text that must be one line: a name, a title. Those for a blank or too long one have the name of what it is. */
export const LINE_REFUSALS = ['text-malformed', 'text-not-one-line', 'text-turns-direction'] as const satisfies readonly RefusalCode[];
