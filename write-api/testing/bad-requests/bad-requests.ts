/** Every bad request, by what it is about. */
import type { BadRequest, BadRequestsApi } from './bad-request.ts';
import { appKeys } from './app-keys.ts';
import { centre } from './centre.ts';
import { acrossABlock, channels, keysAndPositions, posts } from './content.ts';
import { exportsOfPeople } from './exports.ts';
import { media } from './media.ts';
import { moderation } from './moderation.ts';
import { notifications } from './notifications.ts';
import { scheduledMessages } from './scheduled-messages.ts';
import { scheduledPosts } from './scheduled-posts.ts';
import { schedules } from './schedules.ts';
import { people, relationships } from './people.ts';

export const BAD_REQUESTS: Readonly<Record<string, (api: BadRequestsApi) => Promise<readonly BadRequest[]>>> = {
  'people, sessions, devices, contacts and preferences': people,
  'friends and relationships': relationships,
  'uploads of pictures and videos': media,
  posts: posts,
  'posts that are published later': scheduledPosts,
  'messages that are sent later': scheduledMessages,
  'channels and messages': channels,
  exports: exportsOfPeople,
  'apps, templates and notifications': notifications,
  'what apps may do, and failover': appKeys,
  'schedules, and times on the clocks of recipients': schedules,
  'the notification centre': centre,
  'reports and appeals': moderation,
  'keys and positions': keysAndPositions,
  'people across a block': acrossABlock,
};
