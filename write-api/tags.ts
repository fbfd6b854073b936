import type { Tag } from '../edge/docs/openapi.ts';

export type WriteTag = (typeof WRITE_TAGS)[number]['name'];

export const WRITE_TAGS = [
  { name: 'People', description: 'Sign up, change your profile, and delete your account.' },
  { name: 'Sessions', description: 'Log in and out, and find a gateway to connect to.' },
  { name: 'Second factors', description: 'Add and remove authenticator apps and keys, and make recovery codes.' },
  { name: 'Devices and contacts', description: 'The devices and addresses at which notifications reach you.' },
  { name: 'Preferences', description: 'The notifications that you want, your quiet hours, the apps that may notify you, and what others learn of you.' },
  { name: 'Friends', description: 'Send and answer friend requests, and remove friends.' },
  { name: 'Relationships', description: 'Follow, mute and block other people.' },
  { name: 'Media', description: 'Upload pictures and videos.' },
  { name: 'Posts', description: 'Publish, edit, delete and like posts.' },
  { name: 'Moderation', description: 'Report what breaks the rules, and appeal against what was decided about you.' },
  { name: 'Channels', description: 'Open channels, manage their members, and keep your own settings of a channel.' },
  { name: 'Messages', description: 'Post, edit, withdraw and react to messages, for clients without a WebSocket.' },
  { name: 'Exports', description: 'Ask for what you want to take with you: a channel, or everything of yours.' },
  { name: 'Apps', description: 'Register and disable apps, and rotate their secrets.' },
  { name: 'Routing', description: 'For operators: which vendors serve which deliveries.' },
  { name: 'Categories', description: 'Declare the categories of your app’s notifications, by which people choose.' },
  { name: 'Templates', description: 'Publish the templates of your app’s notifications.' },
  { name: 'Lists', description: 'Lists of people to whom your app’s notifications can go, without naming them each time.' },
  { name: 'Notifications', description: 'Request notifications of people, and cancel them.' },
  { name: 'Schedules', description: 'Request notifications again and again: create, pause, resume and cancel schedules.' },
  { name: 'Projections', description: 'For workers outside: share the work on a projection’s changes.' },
  { name: 'Callbacks', description: 'For vendors: tell what became of a message.' },
] as const satisfies readonly Tag[];
