/** How much a person may do in a day, and how much less whose account is new: over all processes, and by whichever edge. */
import type { Limit } from '../../ports/rate-limit/port.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** `edits`: of posts, for each may mention others. `strangers`: people whom somebody writes to, or invites, without being a friend. `scheduled-posts`, `scheduled-messages`: what one person may let come due for all others to wait behind. `exports`: each reads everything there is. */
export const ACTIVITIES = [
  'posts',
  'replies',
  'edits',
  'scheduled-posts',
  'scheduled-messages',
  'friend-requests',
  'strangers',
  'uploads',
  'exports',
  'reports',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** An operator overrides each by its name. */
export const ACTIVITY_LIMITS = {
  posts: { name: 'posts-a-day', points: 2_000, windowSeconds: DAY_SECONDS },
  replies: { name: 'replies-a-day', points: 5_000, windowSeconds: DAY_SECONDS },
  edits: { name: 'edits-a-day', points: 2_000, windowSeconds: DAY_SECONDS },
  'scheduled-posts': { name: 'scheduled-posts-a-day', points: 300, windowSeconds: DAY_SECONDS },
  'scheduled-messages': { name: 'scheduled-messages-a-day', points: 300, windowSeconds: DAY_SECONDS },
  'friend-requests': { name: 'friend-requests-a-day', points: 500, windowSeconds: DAY_SECONDS },
  strangers: { name: 'strangers-a-day', points: 500, windowSeconds: DAY_SECONDS },
  uploads: { name: 'uploads-a-day', points: 2_000, windowSeconds: DAY_SECONDS },
  exports: { name: 'exports-a-day', points: 20, windowSeconds: DAY_SECONDS },
  reports: { name: 'reports-a-day', points: 200, windowSeconds: DAY_SECONDS },
} as const satisfies Readonly<Record<Activity, Limit>>;

export const NEW_ACCOUNT_LIMITS = {
  posts: { name: 'new-accounts-posts', points: 500, windowSeconds: DAY_SECONDS },
  replies: { name: 'new-accounts-replies', points: 1_000, windowSeconds: DAY_SECONDS },
  edits: { name: 'new-accounts-edits', points: 500, windowSeconds: DAY_SECONDS },
  'scheduled-posts': { name: 'new-accounts-scheduled-posts', points: 50, windowSeconds: DAY_SECONDS },
  'scheduled-messages': { name: 'new-accounts-scheduled-messages', points: 50, windowSeconds: DAY_SECONDS },
  'friend-requests': { name: 'new-accounts-friend-requests', points: 100, windowSeconds: DAY_SECONDS },
  strangers: { name: 'new-accounts-strangers', points: 100, windowSeconds: DAY_SECONDS },
  uploads: { name: 'new-accounts-uploads', points: 200, windowSeconds: DAY_SECONDS },
  exports: { name: 'new-accounts-exports', points: 5, windowSeconds: DAY_SECONDS },
  reports: { name: 'new-accounts-reports', points: 50, windowSeconds: DAY_SECONDS },
} as const satisfies Readonly<Record<Activity, Limit>>;

/** The same text of one person: what is written by hand again has another word. */
export const SAME_TEXT_LIMIT: Limit = { name: 'same-text', points: 1, windowSeconds: 10 * 60 };

export const MODERATION_LIMITS: readonly Limit[] = [...Object.values(ACTIVITY_LIMITS), ...Object.values(NEW_ACCOUNT_LIMITS), SAME_TEXT_LIMIT];
