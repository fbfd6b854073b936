/** The write API: everything that happens comes in here or through a gateway. It answers from the log, never from a view. */
import type { Health } from '../edge/health.ts';
import type { EdgeDependencies } from '../edge/mount-routes.ts';
import type { ApiInfo } from '../edge/openapi.ts';
import type { Route } from '../edge/routes.ts';
import { startHttpServer, type HttpServer, type HttpServerConfig } from '../edge/server.ts';
import { appRoutes } from './apps.ts';
import { channelRoutes } from './channels.ts';
import { connectionRoutes } from './connections.ts';
import { contactRoutes } from './contacts.ts';
import type { WriteDependencies } from './dependencies.ts';
import { deviceRoutes } from './devices.ts';
import { friendRoutes } from './friends.ts';
import { LIMITS, type Limits } from './limits.ts';
import { messageRoutes } from './messages.ts';
import { notificationRoutes } from './notifications.ts';
import { peopleRoutes } from './people.ts';
import { postRoutes } from './posts.ts';
import { preferenceRoutes } from './preferences.ts';
import { sessionRoutes } from './sessions.ts';
import { templateRoutes } from './templates.ts';

export type WriteApiDependencies = Omit<WriteDependencies, 'limits' | 'region'> & EdgeDependencies & Health;

export type WriteApiConfig = HttpServerConfig & {
  readonly region: string;
  /** In place of the usual ones. */
  readonly limits?: Partial<Limits>;
};

export function startWriteApi(dependencies: WriteApiDependencies, config: WriteApiConfig): Promise<HttpServer> {
  const routes = writeRoutes({ ...dependencies, limits: { ...LIMITS, ...config.limits }, region: config.region });
  return startHttpServer({ ...dependencies, routes, api: WRITE_API }, config);
}

export const writeRoutes = (dependencies: WriteDependencies): readonly Route[] =>
  [
    peopleRoutes,
    sessionRoutes,
    deviceRoutes,
    contactRoutes,
    preferenceRoutes,
    friendRoutes,
    connectionRoutes,
    postRoutes,
    channelRoutes,
    messageRoutes,
    appRoutes,
    templateRoutes,
    notificationRoutes,
  ].flatMap((routesOf) => routesOf(dependencies));

const WRITE_API: ApiInfo = {
  title: 'Tidings write API',
  version: '1',
  description: 'Commands. Each answers where in the log it stands; what can be read follows from there, and is asked of the read API.',
};
