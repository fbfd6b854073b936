/** The three documents of the listeners, made from the declarations that they serve. No listener is started. */
import { openApiOf } from '../../edge/docs/openapi.ts';
import type { Route } from '../../edge/http/routes.ts';
import { asyncApiDocument } from '../../gateway/protocol/asyncapi.ts';
import { READ_LIMITS } from '../../read-api/limits.ts';
import { READ_API, readRoutes } from '../../read-api/read-api.ts';
import { WRITE_LIMITS } from '../../write-api/limits.ts';
import { WRITE_API, writeRoutes } from '../../write-api/write-api.ts';

/** Only the declarations are used and no handler is called, so the routes need their limits alone. */
export const ROUTES: Readonly<Record<'write-api' | 'read-api', readonly Route[]>> = {
  'write-api': writeRoutes({ limits: WRITE_LIMITS } as never),
  'read-api': readRoutes({ limits: READ_LIMITS } as never),
};

export const OPENAPI_DOCUMENTS = {
  'write-api': openApiOf(ROUTES['write-api'], WRITE_API),
  'read-api': openApiOf(ROUTES['read-api'], READ_API),
};
export const ASYNCAPI_DOCUMENTS = { gateway: asyncApiDocument() };
