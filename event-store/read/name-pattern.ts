/** Regular expressions on names. RE2 matches in linear time, since a client's pattern runs on the one thread for every event. */
import { RE2JS } from 're2js';
import { eventStoreError } from '../errors.ts';

const PATTERN_CHARACTERS_MAX = 2_000;
/** Linear time is proportional to this, too: a program of 1,000 needs up to about 0.1 s for a name of 1 KiB. */
const PROGRAM_INSTRUCTIONS_MAX = 1_000;

/** Throws `filter-invalid` when the pattern is not a regular expression of RE2's syntax, or too large. */
export function compileNamePattern(pattern: string): (name: string) => boolean {
  if (pattern.length > PATTERN_CHARACTERS_MAX) {
    throw eventStoreError('filter-invalid', `A filter's pattern may have at most ${PATTERN_CHARACTERS_MAX} characters; this one has ${pattern.length}.`);
  }
  const compiled = compile(pattern);
  if (compiled.programSize() > PROGRAM_INSTRUCTIONS_MAX) {
    throw eventStoreError('filter-invalid', `The filter's pattern is too complex: ${pattern}. Use prefixes, or fewer repetitions and alternatives.`);
  }
  return (name) => compiled.test(name);
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw eventStoreError('filter-invalid', `The filter's pattern is not a regular expression: ${pattern}`, error);
  }
}
