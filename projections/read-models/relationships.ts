/** Follows, mutes and blocks: one document each; and how many there are of a person. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RelationshipsEvent } from '../../domain/people/events.ts';
import type { Projector } from '../projection.ts';

export type RelationshipKind = 'follow' | 'mute' | 'block';

/** Id: `relationshipId`. */
export type RelationshipDocument = { readonly from: PersonId; readonly kind: RelationshipKind; readonly to: PersonId; readonly since: Instant };

/**
 * Id: the person. There is no document for zeros, and a document may lack some. `blocks`, in either direction, is in all that version 2
 * has made: where it is absent, nothing is known of blocks.
 */
export type RelationshipCounts = { readonly followers?: number; readonly follows?: number; readonly blocks?: number };

export const relationshipId = ({ from, kind, to }: Pick<RelationshipDocument, 'from' | 'kind' | 'to'>): string => `${from}:${kind}:${to}`;

type HandledEvent = Exclude<RelationshipsEvent, { type: 'people.friend-slot-taken.v1' | 'people.friend-slot-freed.v1' }>;

export const relationships = {
  kind: 'projector',
  name: 'relationships',
  version: 2,
  handles: ['people.followed.v1', 'people.unfollowed.v1', 'people.muted.v1', 'people.unmuted.v1', 'people.blocked.v1', 'people.unblocked.v1'],
  indexes: {
    // For a fan-out: followers in ranges; for a person's own lists; for feeds of readers who have just followed somebody.
    relationships: [{ fields: ['to', 'kind', 'from'] }, { fields: ['from', 'kind', 'to'] }, { fields: ['from', 'kind', 'position', 'to'] }],
    'relationship-counts': [],
  },

  project: (event, views) => {
    const from = event.key as PersonId;
    const to = event.data.person;
    const { kind, change } = CHANGES[event.type];
    const since = event.metadata.at;
    const edge: RelationshipDocument = { from, kind, to, since };
    const done = views.relationships.update(relationshipId(edge), event, (before) => (change === 'begins' ? (before ?? edge) : undefined));
    if (kind === 'mute' || (done !== 'created' && done !== 'removed')) return;
    const by = done === 'created' ? 1 : -1;
    views['relationship-counts'].increment(to, kind === 'follow' ? { followers: by, blocks: 0 } : { blocks: by });
    views['relationship-counts'].increment(from, kind === 'follow' ? { follows: by, blocks: 0 } : { blocks: by });
  },
} as const satisfies Projector<HandledEvent, { relationships: RelationshipDocument; 'relationship-counts': RelationshipCounts }>;

const CHANGES: { readonly [Type in HandledEvent['type']]: { readonly kind: RelationshipKind; readonly change: 'begins' | 'ends' } } = {
  'people.followed.v1': { kind: 'follow', change: 'begins' },
  'people.unfollowed.v1': { kind: 'follow', change: 'ends' },
  'people.muted.v1': { kind: 'mute', change: 'begins' },
  'people.unmuted.v1': { kind: 'mute', change: 'ends' },
  'people.blocked.v1': { kind: 'block', change: 'begins' },
  'people.unblocked.v1': { kind: 'block', change: 'ends' },
};
