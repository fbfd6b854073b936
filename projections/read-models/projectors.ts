/** Every projector there is. The names and the documents that queries and reactors may speak of follow from this list. */
import type { DomainEvent } from '../../domain/shared/event.ts';
import type { AnyProjector, DocumentsOf, Process, Reactor } from '../projection.ts';
import { apps } from './apps.ts';
import { centre } from './centre.ts';
import { channels } from './channels.ts';
import { contacts } from './contacts.ts';
import { deliveries } from './deliveries.ts';
import { deliveryModes } from './delivery-modes.ts';
import { friends } from './friends.ts';
import { inbox } from './inbox.ts';
import { invitations } from './invitations.ts';
import { lists } from './notifications/lists.ts';
import { messages } from './messages.ts';
import { moderation } from './moderation/cases.ts';
import { notifications } from './notifications.ts';
import { posts } from './posts.ts';
import { preferences } from './preferences.ts';
import { media } from './feed/media.ts';
import { scheduledPosts } from './feed/scheduled-posts.ts';
import { postTerms } from './feed/post-terms.ts';
import { presence } from './presence.ts';
import { profile } from './profile.ts';
import { relationships } from './relationships.ts';
import { schedules } from './notifications/schedules.ts';
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
  media,
  channels,
  messages,
  inbox,
  invitations,
  presence,
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
