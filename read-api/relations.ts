/** What stands between whoever asks and others. */
import type { PersonId } from '../domain/shared/ids.ts';
import { relationshipId } from '../projections/read-models/relationships.ts';
import { friendId } from '../projections/read-models/friends.ts';
import type { ActiveViews } from '../projections/query/read-views.ts';

export type Relation = {
  readonly friend: boolean;
  readonly followed: boolean;
  readonly muted: boolean;
  /** By whoever asks. */
  readonly blocked: boolean;
  /** The other one has blocked whoever asks. */
  readonly blocking: boolean;
};

export type Relations = ReadonlyMap<PersonId, Relation>;

/** How `reader` stands to each of these people: two reads, however many they are. */
export async function relationsTo(views: Pick<ActiveViews, 'getMany'>, reader: PersonId, people: readonly PersonId[]): Promise<Relations> {
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
      const [followed, muted, blocked, blocking] = edges.slice(4 * i, 4 * i + 4).map((edge) => edge !== undefined);
      return [
        person,
        { friend: friends[i] !== undefined, followed: followed === true, muted: muted === true, blocked: blocked === true, blocking: blocking === true },
      ];
    }),
  );
}
