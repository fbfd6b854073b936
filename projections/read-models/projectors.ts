/** Every projector there is. The names and the documents that queries and reactors may speak of follow from this list. */
import type { DomainEvent } from '../../domain/shared/event.ts';
import type { AnyProjector, DocumentsOf, Process, Reactor } from '../projection.ts';
import { apps } from './apps.ts';
import { centre } from './centre.ts';
import { channels } from './chat/channels.ts';
import { contacts } from './contacts.ts';
import { deliveries } from './deliveries.ts';
import { deliveryModes } from './delivery-modes.ts';
import { exportsProjector } from './exports.ts';
import { friends } from './friends.ts';
import { inbox } from './chat/inbox.ts';
import { invitations } from './chat/invitations.ts';
import { lists } from './notifications/lists.ts';
import { messages } from './chat/messages.ts';
import { moderation } from './moderation/cases.ts';
import { notifications } from './notifications.ts';
import { posts } from './posts.ts';
import { preferences } from './preferences.ts';
import { media } from './feed/media.ts';
import { scheduledMessages } from './chat/scheduled-messages.ts';
import { bookmarks } from './feed/bookmarks.ts';
import { pinnedPosts } from './feed/pinned-posts.ts';
import { scheduledPosts } from './feed/scheduled-posts.ts';
import { postTerms } from './feed/post-terms.ts';
import { presence } from './chat/presence.ts';
import { profile } from './profile.ts';
import { relationships } from './relationships.ts';
import { schedules } from './notifications/schedules.ts';
import { search } from './chat/search.ts';
import { syncMarks } from './sync-marks.ts';
import { templates } from './notifications/templates.ts';
import { webhooks } from './webhooks.ts';

export const projectors = [
  profile,
  contacts,
  preferences,
  relationships,
  friends,
  posts,
  deliveryModes,
  postTerms,
  scheduledPosts,
  bookmarks,
  pinnedPosts,
  scheduledMessages,
  media,
  channels,
  messages,
  inbox,
  invitations,
  syncMarks,
  search,
  presence,
  exportsProjector,
  notifications,
  centre,
  deliveries,
  apps,
  templates,
  schedules,
  lists,
  webhooks,
  moderation,
] as const satisfies readonly AnyProjector[];

export type TidingsProjector = (typeof projectors)[number];

export type ProjectorName = TidingsProjector['name'];

/** Every collection that a query can name, with its documents. */
export type TidingsDocuments = DocumentsOf<TidingsProjector>;

/** A reactor, and a process, that wait only for projectors of this list. */
export type TidingsReactor<Event extends DomainEvent> = Reactor<Event, ProjectorName>;
export type TidingsEventProcess<Event extends DomainEvent> = Process<Event, ProjectorName>;
