/** The projections that workers outside can subscribe to. Which of their documents, and what of these is personal: `projections/changes/offered-collections.ts`. */
export const OFFERED_PROJECTIONS = [
  'profile',
  'preferences',
  'relationships',
  'friends',
  'posts',
  'bookmarks',
  'pinned-posts',
  'channels',
  'messages',
  'inbox',
  'invitations',
  'presence',
  'notifications',
  'centre',
  'deliveries',
  'apps',
  'templates',
  'schedules',
  'lists',
  'moderation',
] as const;
export type OfferedProjection = (typeof OFFERED_PROJECTIONS)[number];

/** Names the work that workers share. */
export const GROUP_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** Names a worker to the others, for as long as it lives. */
export const HOLDER_NAME = /^[\w.:-]{1,100}$/;
