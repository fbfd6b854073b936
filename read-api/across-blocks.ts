/** Who is hidden from whom. A person who blocks the reader is unknown to the reader; of one whom the reader blocks the name is left. */
import type { PersonId } from '../domain/shared/ids.ts';
import { QUERY_LIMIT_MAX } from '../ports/views/port.ts';
import { blockedAmong } from '../projections/view-access/blocks.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { relationshipId } from '../projections/read-models/relationships.ts';
import type { LogFacts } from './dependencies.ts';

type Pair = { readonly reader: PersonId; readonly person: PersonId };

/** By the log: a block holds from the moment in which it is acknowledged. */
export const isUnknownTo = async ({ isBlockedBy }: Pick<LogFacts, 'isBlockedBy'>, { reader, person }: Pair): Promise<boolean> =>
  reader !== person && isBlockedBy(reader, person);

/** Whether one of the two blocks the other, by the log. */
export async function isAcrossBlock(logFacts: Pick<LogFacts, 'isBlockedBy'>, { reader, person }: Pair): Promise<boolean> {
  if (reader === person) return false;
  const blocks = await Promise.all([logFacts.isBlockedBy(reader, person), logFacts.isBlockedBy(person, reader)]);
  return blocks.includes(true);
}

/** Of a list of the reader's, those entries whose person is on the reader's side of every block. */
export async function withoutBlocked<Entry>(
  views: Pick<TidingsViews, 'getMany'>,
  { reader, entries, personOf }: { readonly reader: PersonId; readonly entries: readonly Entry[]; readonly personOf: (entry: Entry) => PersonId },
): Promise<readonly Entry[]> {
  const blocked = await blockedAmong(views, reader, entries.map(personOf));
  return entries.filter((entry) => !blocked.has(personOf(entry)));
}

/** So many blocks of the reader by others are looked up one by one; where there are more, the reader's follows are. */
const BLOCKERS_MAX = 1_000;

/** How many of the people that the reader follows are hidden across a block: the list of follows leaves them out, so the number does. */
export async function countHiddenFollows(views: Pick<TidingsViews, 'getMany' | 'pluck'>, reader: PersonId): Promise<number> {
  const [blocked, blockers] = await Promise.all([
    views.pluck('relationships', 'to', { where: { from: reader, kind: 'block' }, limit: QUERY_LIMIT_MAX }),
    views.pluck('relationships', 'from', { where: { to: reader, kind: 'block' }, limit: BLOCKERS_MAX + 1 }),
  ]);
  if (blockers.length > BLOCKERS_MAX) {
    const followed = await views.pluck('relationships', 'to', { where: { from: reader, kind: 'follow' }, limit: QUERY_LIMIT_MAX });
    return (await blockedAmong(views, reader, followed)).size;
  }
  const hidden = [...new Set([...blocked, ...blockers])];
  const follows = await views.getMany(
    'relationships',
    hidden.map((to) => relationshipId({ from: reader, kind: 'follow', to })),
  );
  return follows.filter((follow) => follow !== undefined).length;
}
