/**
 * What workers outside can subscribe to: collections of documents that say what there is, each with its fields in which people speak or
 * are spoken of. Left out is what only counts, what only indexes, and what only a worker of ours needs. Ids are no personal fields: they
 * name nobody without the profiles.
 */
import type { OfferedProjection } from '../../domain/subscriptions/offered.ts';
import type { TidingsDocuments, TidingsProjector } from '../read-models/projectors.ts';

type OfferedTable = {
  readonly [Name in OfferedProjection]: {
    readonly [
      Collection in Extract<TidingsProjector, { name: Name }> extends { readonly indexes: infer Indexes } ? keyof Indexes : never
    ]?: readonly (Collection extends keyof TidingsDocuments ? keyof TidingsDocuments[Collection] & string : never)[];
  };
};

const OFFERED = {
  profile: { profiles: ['name', 'about', 'picture', 'timeZone', 'language', 'country'] },
  preferences: { preferences: ['quietHours'] },
  relationships: { relationships: [] },
  friends: { friends: [], 'friend-requests': [] },
  posts: {
    posts: ['text', 'entities', 'media', 'preview', 'hiddenStatement'],
    likes: [],
    'post-reactions': [],
    'post-versions': ['text'],
  },
  bookmarks: { bookmarks: [] },
  'pinned-posts': { 'pinned-posts': [] },
  channels: { channels: ['title', 'description', 'picture'] },
  messages: { messages: ['text', 'entities', 'media', 'preview', 'noticeTitle', 'reactions'], 'channel-heads': [] },
  inbox: { inbox: [] },
  invitations: { invitations: [], 'join-requests': [] },
  presence: { presence: ['status', 'lastActiveAt'] },
  notifications: { notifications: ['content', 'parameters'] },
  centre: { 'centre-items': [] },
  deliveries: { deliveries: [] },
  apps: { apps: [], categories: [] },
  templates: { templates: [], 'template-versions': [], partials: [] },
  schedules: { schedules: [], 'schedule-occurrences': [] },
  lists: { lists: [], 'list-members': [], campaigns: [] },
  moderation: { cases: ['appeal'], reports: ['text'], standings: ['statement'] },
} as const satisfies OfferedTable;

/** Of a projection, the collections with their personal fields. */
export const offeredCollections = (projection: OfferedProjection): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(OFFERED[projection]).map(([collection, personal]) => [collection, new Set<string>(personal)]));
