/** The read API: HTTP for queries. It responds from the views and appends nothing. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { Health } from '../edge/http/health.ts';
import type { EdgeDependencies } from '../edge/http/mount-routes.ts';
import { openApiOf, type ApiInfo } from '../edge/docs/openapi.ts';
import { overrideLimits, type LimitOverrides } from '../edge/http/limit-overrides.ts';
import type { Route } from '../edge/http/routes.ts';
import { createFairQueue } from '../edge/overload/fair-queue.ts';
import { RESPONSE_BYTES_MAX } from '../edge/overload/limits.ts';
import { positionTokens } from '../edge/position-tokens.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig } from '../edge/http/server.ts';
import { FIRST_EPOCH, type LogEpoch } from '../ports/event-log/port.ts';
import { centreRoutes } from './routes/centre.ts';
import { channelPictureRoutes } from './routes/chat/channel-pictures.ts';
import { channelRoutes } from './routes/chat/channels.ts';
import { relationshipRoutes } from './routes/relationships.ts';
import type { ReadDependencies } from './dependencies.ts';
import { feedRoutes } from './routes/feed/feed.ts';
import { friendRequestRoutes } from './routes/friend-requests.ts';
import { inboxRoutes } from './routes/chat/inbox.ts';
import { groupRoutes } from './routes/chat/groups.ts';
import { invitationRoutes } from './routes/chat/invitations.ts';
import { READ_LIMITS } from './limits.ts';
import { pageBytesMaxOf } from './pages.ts';
import { messageRoutes } from './routes/chat/messages.ts';
import { receiptRoutes } from './routes/chat/receipts.ts';
import { messageEditRoutes } from './routes/chat/message-edits.ts';
import { messageMediaRoutes } from './routes/chat/message-media.ts';
import { chatMentionRoutes } from './routes/chat/chat-mentions.ts';
import { unreadRoutes } from './routes/chat/unread.ts';
import { searchRoutes } from './routes/chat/search.ts';
import { exportRoutes } from './routes/exports/exports.ts';
import { listRoutes } from './routes/lists.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { findPeopleRoutes } from './routes/find-people.ts';
import { peopleRoutes } from './routes/people.ts';
import { scheduledMessageRoutes } from './routes/chat/scheduled-messages.ts';
import { bookmarkRoutes } from './routes/feed/bookmarks.ts';
import { pinnedPostRoutes } from './routes/feed/pinned-posts.ts';
import { postPeopleRoutes } from './routes/feed/post-people.ts';
import { scheduledPostRoutes } from './routes/feed/scheduled-posts.ts';
import { postTermRoutes } from './routes/feed/post-terms.ts';
import { postEditRoutes } from './routes/feed/post-edits.ts';
import { profilePictureRoutes } from './routes/profile-pictures.ts';
import { postMediaRoutes } from './routes/feed/post-media.ts';
import { postRoutes } from './routes/feed/posts.ts';
import { threadRoutes } from './routes/feed/threads.ts';
import { deliveryRoutes } from './routes/apps/deliveries.ts';
import { funnelRoutes } from './routes/apps/funnel.ts';
import { categoryRoutes } from './routes/preferences/categories.ts';
import { preferencePageRoutes } from './routes/preferences/page.ts';
import { privacyRoutes } from './routes/preferences/privacy.ts';
import { scheduleRoutes } from './routes/apps/schedules.ts';
import { syncRoutes } from './routes/sync/sync.ts';
import { standingRoutes } from './routes/moderation/standing.ts';
import { settingsRoutes } from './routes/settings.ts';
import { templateRoutes } from './routes/templates.ts';
import { changesRoutes } from './routes/subscriptions/changes.ts';
import { webhookMessageRoutes } from './routes/webhook-messages.ts';
import { READ_TAGS } from './tags.ts';

const MIN_POSITION_TIMEOUT_MS = 5 * SECOND_MS;
/** Together with the time for which a session is cached, well within the minute in which the end of a session must be noticed. */
const SESSION_CHECK_MS = 30 * SECOND_MS;

export type ReadApiDependencies = Omit<ReadDependencies, 'limits' | 'turns' | 'positions' | 'pageBytesMax' | 'minPositionTimeoutMs' | 'sessionCheckMs'> &
  EdgeDependencies &
  Health & { /** Of the log; the first where it is absent. */ readonly epoch?: LogEpoch };

export type ReadApiConfig = HttpServerConfig &
  Partial<Pick<ReadDependencies, 'minPositionTimeoutMs' | 'sessionCheckMs'>> & {
    readonly limits?: LimitOverrides;
  };

export function startReadApi(dependencies: ReadApiDependencies, config: ReadApiConfig): Promise<HttpServer> {
  const { minPositionTimeoutMs = MIN_POSITION_TIMEOUT_MS, sessionCheckMs = SESSION_CHECK_MS, limits, responseBytesMax = RESPONSE_BYTES_MAX } = config;
  const routes = readRoutes({
    ...dependencies,
    limits: overrideLimits(READ_LIMITS, limits),
    turns: createFairQueue(),
    positions: positionTokens(dependencies.epoch ?? FIRST_EPOCH),
    pageBytesMax: pageBytesMaxOf(responseBytesMax),
    minPositionTimeoutMs,
    sessionCheckMs,
  });
  return startHttpServer({ ...dependencies, routes, document: openApiOf(routes, READ_API) }, config);
}

export const readRoutes = (dependencies: ReadDependencies): readonly Route[] =>
  [
    findPeopleRoutes,
    peopleRoutes,
    settingsRoutes,
    standingRoutes,
    preferencePageRoutes,
    privacyRoutes,
    relationshipRoutes,
    friendRequestRoutes,
    feedRoutes,
    postRoutes,
    threadRoutes,
    postEditRoutes,
    postMediaRoutes,
    profilePictureRoutes,
    postTermRoutes,
    postPeopleRoutes,
    bookmarkRoutes,
    pinnedPostRoutes,
    scheduledPostRoutes,
    scheduledMessageRoutes,
    syncRoutes,
    inboxRoutes,
    channelRoutes,
    invitationRoutes,
    groupRoutes,
    messageRoutes,
    receiptRoutes,
    messageEditRoutes,
    messageMediaRoutes,
    channelPictureRoutes,
    searchRoutes,
    chatMentionRoutes,
    unreadRoutes,
    exportRoutes,
    notificationRoutes,
    centreRoutes,
    listRoutes,
    categoryRoutes,
    templateRoutes,
    scheduleRoutes,
    webhookMessageRoutes,
    changesRoutes,
    deliveryRoutes,
    funnelRoutes,
  ].flatMap((routesOf) => routesOf(dependencies));

export const READ_API: ApiInfo = {
  title: 'Tidings read API',
  version: '1.0.0',
  description: [
    'Query Tidings. Queries are answered from views that follow the log within moments.',
    '',
    '- **Read your own writes.** Send the `position` from the response to a command as `Min-Position`: the query waits until it can see the effect of that command.',
    '- **A log that was restored.** A position from before is refused as `position-of-another-log`: forget what you hold, and fetch again without it.',
    '- **Pages.** A list has a cursor `next`. Send it with the next request; null means that there is no more. A page can have fewer items than you asked for.',
    '- **Live.** Streams of server-sent events begin with `ready`. Fetch the list after `ready` and after each `missed`, and you miss nothing.',
    '- **Problems.** Every refusal is a problem (RFC 9457) with a `code`. If it has a `Retry-After` header, wait that long and try again.',
  ].join('\n'),
  tags: READ_TAGS,
};
