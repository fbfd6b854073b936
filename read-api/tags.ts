import type { Tag } from '../edge/docs/openapi.ts';

export type ReadTag = (typeof READ_TAGS)[number]['name'];

export const READ_TAGS = [
  { name: 'People', description: 'Profiles and presence.' },
  { name: 'Settings', description: 'Your devices, contacts and preferences.' },
  { name: 'Friends', description: 'Your friends and open friend requests.' },
  { name: 'Relationships', description: 'The people that you follow, mute and block.' },
  { name: 'Feed', description: 'Your feed, by the page and live.' },
  { name: 'Posts', description: 'Posts, replies, and the posts of one person.' },
  { name: 'Sync', description: 'Everything that is new, in one request.' },
  { name: 'Inbox', description: 'Your channels with their unread messages.' },
  { name: 'Channels', description: 'A channel with its members.' },
  { name: 'Messages', description: 'The history of a channel.' },
  { name: 'Exports', description: 'What you asked to take with you, and its download.' },
  { name: 'Categories', description: 'The categories of notifications that your app has declared.' },
  { name: 'Templates', description: 'The notification templates of your app, with their versions.' },
  { name: 'Schedules', description: 'The schedules of your app, with their occurrences.' },
  { name: 'Lists', description: 'The lists of your app, and how far the notifications that go to one have come.' },
  { name: 'Projections', description: 'For workers outside: the documents of a projection as they change.' },
  { name: 'Notifications', description: 'The notifications that you received, and the notifications that your app requested.' },
] as const satisfies readonly Tag[];
