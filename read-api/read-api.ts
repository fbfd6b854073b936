/** The read API: everything anyone reads. It answers from the views and appends nothing. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { Health } from '../edge/http/health.ts';
import type { EdgeDependencies } from '../edge/http/mount-routes.ts';
import type { ApiInfo } from '../edge/docs/openapi.ts';
import { overrideLimits, type LimitOverrides } from '../edge/http/limit-overrides.ts';
import type { Route } from '../edge/http/routes.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig } from '../edge/http/server.ts';
import { channelRoutes } from './routes/channels.ts';
import { relationshipRoutes } from './routes/relationships.ts';
import type { ReadDependencies } from './dependencies.ts';
import { feedRoutes } from './routes/feed.ts';
import { friendRequestRoutes } from './routes/friend-requests.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { READ_LIMITS } from './limits.ts';
import { messageRoutes } from './routes/messages.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { peopleRoutes } from './routes/people.ts';
import { postRoutes } from './routes/posts.ts';
import { settingsRoutes } from './routes/settings.ts';

const MIN_POSITION_WAITED_MS = 5 * SECOND_MS;
/** With the time that a session is remembered for, well within the minute in which one that was ended must be seen to have. */
const STREAM_LOOKED_AFTER_MS = 30 * SECOND_MS;

export type ReadApiDependencies = Omit<ReadDependencies, 'limits' | 'minPositionWaitedMs' | 'streamLookedAfterMs'> & EdgeDependencies & Health;

export type ReadApiConfig = HttpServerConfig &
  Partial<Pick<ReadDependencies, 'minPositionWaitedMs' | 'streamLookedAfterMs'>> & {
    readonly limits?: LimitOverrides;
  };

export function startReadApi(dependencies: ReadApiDependencies, config: ReadApiConfig): Promise<HttpServer> {
  const { minPositionWaitedMs = MIN_POSITION_WAITED_MS, streamLookedAfterMs = STREAM_LOOKED_AFTER_MS, limits } = config;
  const routes = readRoutes({ ...dependencies, limits: overrideLimits(READ_LIMITS, limits), minPositionWaitedMs, streamLookedAfterMs });
  return startHttpServer({ ...dependencies, routes, api: READ_API }, config);
}

export const readRoutes = (dependencies: ReadDependencies): readonly Route[] =>
  [
    peopleRoutes,
    settingsRoutes,
    relationshipRoutes,
    friendRequestRoutes,
    feedRoutes,
    postRoutes,
    inboxRoutes,
    channelRoutes,
    messageRoutes,
    notificationRoutes,
  ].flatMap((routesOf) => routesOf(dependencies));

const READ_API: ApiInfo = {
  title: 'Tidings read API',
  version: '1',
  description:
    'Queries. They are answered from views that follow the log: who must read their own write hands back the position that the command answered, as `Min-Position`.',
};
