/** How a reader stands to other people: friendship, follow, mute, and blocks in both directions. (Other APIs call it viewer state.) */
import type { PersonId } from '../domain/shared/ids.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { friendId } from '../projections/read-models/friends.ts';
import { relationshipId } from '../projections/read-models/relationships.ts';

/** Of the reader to one other person. */
export type ReaderRelation = {
  readonly isFriend: boolean;
  readonly isFollowed: boolean;
  readonly isMuted: boolean;
  /** By the reader. */
  readonly isBlocked: boolean;
  readonly hasBlockedReader: boolean;
};

export type ReaderRelations = ReadonlyMap<PersonId, ReaderRelation>;

/** Two reads, for any number of people. */
export async function loadReaderRelations(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, people: readonly PersonId[]): Promise<ReaderRelations> {
  if (people.length === 0) return new Map();
  const [friends, edges] = await Promise.all([
    views.getMany(
      'friends',
      people.map((person) => friendId(reader, person)),
    ),
    views.getMany(
      'relationships',
      people.flatMap((person) => [
        relationshipId({ from: reader, kind: 'follow', to: person }),
        relationshipId({ from: reader, kind: 'mute', to: person }),
        relationshipId({ from: reader, kind: 'block', to: person }),
        relationshipId({ from: person, kind: 'block', to: reader }),
      ]),
    ),
  ]);
  return new Map(
    people.map((person, i) => {
      const [isFollowed = false, isMuted = false, isBlocked = false, hasBlockedReader = false] = edges
        .slice(4 * i, 4 * i + 4)
        .map((edge) => edge !== undefined);
      return [person, { isFriend: friends[i] !== undefined, isFollowed, isMuted, isBlocked, hasBlockedReader }];
    }),
  );
}
