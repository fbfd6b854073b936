/** The decider of each category of streams: what a stream's state is, and which events stand in it. Streams that Tidings keeps for itself have none. */
import { channel } from './chat/channel.ts';
import { disappearances } from './chat/disappearing.ts';
import { inbox } from './chat/inbox.ts';
import { messageMarks } from './chat/message-marks.ts';
import { messages } from './chat/messages.ts';
import { presence } from './chat/presence.ts';
import { scheduledMessage } from './chat/scheduled/scheduled-message.ts';
import { indexing } from './chat/search/indexing.ts';
import { exportOf } from './exports/export.ts';
import { bookmark } from './feed/bookmark.ts';
import { deliveryMode } from './feed/delivery-mode/delivery-mode.ts';
import { pinnedPosts } from './feed/pinned-posts.ts';
import { post } from './feed/post.ts';
import { reaction } from './feed/reaction.ts';
import { scheduledPost } from './feed/scheduled/scheduled-post.ts';
import { media } from './media/media.ts';
import { moderationCase } from './moderation/moderation-case.ts';
import { standing } from './moderation/standing.ts';
import { app } from './notifications/apps/app.ts';
import { categories } from './notifications/categories/categories.ts';
import { centre } from './notifications/centre/centre.ts';
import { delivery } from './notifications/delivery/delivery.ts';
import { digest } from './notifications/digests/digest.ts';
import { campaign } from './notifications/lists/campaign.ts';
import { list } from './notifications/lists/list.ts';
import { notification } from './notifications/notification.ts';
import { routing } from './notifications/routing/routing.ts';
import { schedule } from './notifications/schedules/schedule.ts';
import { smsStops } from './notifications/stops/sms-stops.ts';
import { partial } from './notifications/templates/partial.ts';
import { template } from './notifications/templates/template.ts';
import { webhookEndpoint } from './notifications/webhooks/webhook-endpoint.ts';
import { webhookMessage } from './notifications/webhooks/webhook-message.ts';
import { audit } from './operators/audit.ts';
import { operators } from './operators/operators.ts';
import { accountSecurity } from './people/account-security.ts';
import { contacts } from './people/contacts.ts';
import { friendship } from './people/friendship.ts';
import { login } from './people/login.ts';
import { preferences } from './people/preferences.ts';
import { pushToken } from './people/push-token.ts';
import { relationships } from './people/relationships.ts';
import { user } from './people/user.ts';
import { partOfWork } from './subscriptions/part-of-work.ts';
import type { AnyDecider } from './shared/decider.ts';

/** By category, as `shared/streams.ts` spells it. */
export const DECIDERS = {
  login,
  user,
  security: accountSecurity,
  contacts,
  claim: pushToken,
  preferences,
  connections: relationships,
  friendship,
  media,
  post,
  later: scheduledPost,
  mode: deliveryMode,
  pinned: pinnedPosts,
  bookmark,
  reaction,
  channel,
  messages,
  disappeared: disappearances,
  kinds: messageMarks,
  unsent: scheduledMessage,
  indexing,
  inbox,
  presence,
  export: exportOf,
  app,
  categories,
  centre,
  routing,
  template,
  partial,
  stops: smsStops,
  webhooks: webhookEndpoint,
  webhook: webhookMessage,
  list,
  campaign,
  schedule,
  notification,
  digest,
  delivery,
  subscription: partOfWork,
  operators,
  audit,
  case: moderationCase,
  standing,
} as const;

export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/** Undefined for a stream that Tidings keeps for itself, and for a name that no stream has. */
export function deciderOf(stream: string): AnyDecider | undefined {
  const category = categoryOf(stream);
  return Object.hasOwn(DECIDERS, category) ? (DECIDERS[category as keyof typeof DECIDERS] as unknown as AnyDecider) : undefined;
}
