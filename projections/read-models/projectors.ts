/** Every projector there is, and every collection that a query can name. */
import { apps, type App } from './apps.ts';
import { authors, type Author } from './authors.ts';
import { channels, type Channel } from './channels.ts';
import { relationships, type Relationship, type RelationshipCounts } from './relationships.ts';
import { contacts, type Contacts } from './contacts.ts';
import { deliveries, type Delivery } from './deliveries.ts';
import { friends, type Friend, type FriendRequest } from './friends.ts';
import { inbox, type InboxRow } from './inbox.ts';
import { messages, type ChannelHead, type Message } from './messages.ts';
import { notifications, type Notification, type ReceivedNotification } from './notifications.ts';
import { posts, type Like, type Post, type PostCounters } from './posts.ts';
import { preferences, type Preferences } from './preferences.ts';
import { presence, type LastPresence, type LostGateway } from './presence.ts';
import { profile, type Profile } from './profile.ts';
import type { AnyProjector } from '../projection.ts';
import { templates, type TemplateVersion } from './templates.ts';

export const projectors: readonly AnyProjector[] = [
  profile,
  contacts,
  preferences,
  relationships,
  friends,
  posts,
  authors,
  channels,
  messages,
  inbox,
  presence,
  notifications,
  deliveries,
  apps,
  templates,
];

export type TidingsDocuments = {
  readonly profiles: Profile;
  readonly contacts: Contacts;
  readonly preferences: Preferences;
  readonly relationships: Relationship;
  readonly 'relationship-counts': RelationshipCounts;
  readonly friends: Friend;
  readonly 'friend-requests': FriendRequest;
  readonly posts: Post;
  readonly likes: Like;
  readonly 'post-counters': PostCounters;
  readonly authors: Author;
  readonly channels: Channel;
  readonly messages: Message;
  readonly 'channel-heads': ChannelHead;
  readonly inbox: InboxRow;
  readonly presence: LastPresence;
  readonly 'lost-gateways': LostGateway;
  readonly notifications: Notification;
  readonly 'received-notifications': ReceivedNotification;
  readonly deliveries: Delivery;
  readonly apps: App;
  readonly templates: TemplateVersion;
};
