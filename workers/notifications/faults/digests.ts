/** For tests of notifications that are told as one, in the test's process and in one that it kills. */
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { TestWorkers } from '../../test-fixture.ts';

/** More than are planned at once. */
export const PEOPLE = 40;
/** Notifications to each of them. */
export const DIGESTED = 4;

export async function wantDigests({ commands, by }: Pick<TestWorkers, 'commands' | 'by'>, people: readonly PersonId[]): Promise<void> {
  const digests = [{ category: 'news', channel: '*', rule: { kind: 'after-first', minutes: 5 } }] as const;
  for (const person of people) await commands.setPreferences({ person, digests }, by(person));
}
