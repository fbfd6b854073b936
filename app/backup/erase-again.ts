/** Whoever was erased since a copy was made is erased in it: nothing of theirs is left in its vault but the mark, and its log is told. */
import { randomUUID } from 'node:crypto';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { Core } from '../core.ts';

const MARKED_AT_ONCE_MAX = 500;

/** For a vault that no core has open: one keeps keys that it has read. */
export async function markErased(vault: Pick<Vault, 'get' | 'put' | 'removeOwned'>, erased: ReadonlyMap<string, Instant>): Promise<void> {
  const subjects = [...erased];
  for (let from = 0; from < subjects.length; from += MARKED_AT_ONCE_MAX)
    await Promise.all(subjects.slice(from, from + MARKED_AT_ONCE_MAX).map(([subject, erasedAt]) => markOne(vault, subject, erasedAt)));
}

/** A copy that was interrupted may have brought back what they owned, before they were on the list. */
async function markOne(vault: Pick<Vault, 'get' | 'put' | 'removeOwned'>, subject: string, erasedAt: Instant): Promise<void> {
  const key = await vault.get('subject-key', subject);
  if (key !== undefined && 'erasedAt' in key) return;
  await vault.removeOwned(subject);
  await vault.put('subject-key', subject, { erasedAt });
}

/** Tells the log. Answers how many people it knew; most were erased before the copy, and what follows from that is a worker's to finish. */
export async function eraseAgain(core: Pick<Core, 'loadState' | 'contextFor' | 'commands' | 'clock'>, subjects: Iterable<string>): Promise<number> {
  let erased = 0;
  for (const subject of subjects) {
    if ((await core.loadState(user, userStream(subject as PersonId))).state.status !== 'registered') continue;
    const made = core.contextFor({ actor: 'system:restore', type: 'erase-person', key: randomUUID(), fresh: true, body: {}, at: core.clock() });
    if (made.outcome === 'refused') throw new Error(`A key of our own was refused as ${made.refusal.code}.`);
    const handled = await core.commands.erasePerson({ person: subject as PersonId }, made.context);
    if (handled.outcome === 'appended') erased += 1;
  }
  return erased;
}
