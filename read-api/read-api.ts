/** The queries, served: everything anyone reads, and nothing that writes. */
import { startHttpServer, type HttpServer, type HttpServerConfig, type HttpServerDependencies } from '../edge/server.ts';
import type { Route } from '../edge/routes.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { chatRoutes } from './chat/routes.ts';
import { feedRoutes } from './feed/routes.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { connectionRoutes } from './people/connections.ts';
import { peopleRoutes } from './people/routes.ts';
import { settingsRoutes } from './people/settings.ts';
import type { ReadDependencies } from './query.ts';

export const READ_API = {
  title: 'Tidings: queries',
  version: '1',
  description:
    'Everything anyone reads: feeds, channels, notifications, people. Who must read their own write hands back the position that the command answered, as `Min-Position`.',
};

export type ReadApiDependencies = ReadDependencies & { readonly clock: () => Instant } & Omit<HttpServerDependencies, 'routes' | 'api'>;

export const readRoutes = (dependencies: ReadDependencies & { readonly clock: () => Instant }): readonly Route[] => [
  ...peopleRoutes(dependencies),
  ...settingsRoutes(dependencies),
  ...connectionRoutes(dependencies),
  ...feedRoutes(dependencies),
  ...chatRoutes(dependencies),
  ...notificationRoutes(dependencies),
];

export const startReadApi = (dependencies: ReadApiDependencies, config: HttpServerConfig): Promise<HttpServer> =>
  startHttpServer({ ...dependencies, routes: readRoutes(dependencies), api: READ_API }, config);
