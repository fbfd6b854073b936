/** The OpenAPI 3.1 document of an API, made from the declarations of the routes that are served. */
import { z } from 'zod';
import { createDocument, type oas31, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { RECENT_LOGIN_MS } from '../../domain/people/session.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';
import { checkRoutes } from '../http/check-routes.ts';
import { refusalsOf, type Route } from '../http/routes.ts';
import { PROBLEM_MEDIA_TYPE, problemSchema, statusOf } from '../problem.ts';
import { operatorHeadersOf, operatorSentencesOf } from './operator-parts.ts';
import { headerName, securityOf, securitySchemesOf } from './security-schemes.ts';

export type Tag = { readonly name: string; readonly description: string };

export type ApiInfo = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly tags?: readonly Tag[];
};

const LICENSE = { name: 'Apache License 2.0', identifier: 'Apache-2.0' };
/** Relative to the address of the document. */
const SERVERS = [{ url: '/', description: 'The listener that serves this document.' }];

export function openApiOf(routes: readonly Route[], { tags = [], ...info }: ApiInfo): oas31.OpenAPIObject {
  checkRoutes(routes);
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = documentedPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { ...info, license: LICENSE },
    servers: SERVERS,
    tags: [...tags],
    paths,
    components: { securitySchemes: securitySchemesOf(routes.flatMap(({ callers }) => callers)), schemas: { Problem: problemSchema } },
  });
  for (const route of routes)
    if (route.produces === 'text/event-stream') describeStream(document.paths?.[documentedPath(route.path)]?.[route.method], route.produces);
  return document;
}

/** OpenAPI 3.1 has no notion of a stream of events; JSON Schema can describe the content of a text. */
function describeStream(operation: oas31.OperationObject | undefined, mediaType: string): void {
  const content = (operation?.responses?.['200'] as oas31.ResponseObject | undefined)?.content?.[mediaType];
  if (content?.schema === undefined) return;
  content.schema = { type: 'string', contentMediaType: mediaType, contentSchema: { type: 'array', items: content.schema } } as oas31.SchemaObject;
}

/** `/v1/posts/:id` is `/v1/posts/{id}` in the document. */
const documentedPath = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { operationId, summary, tag, callers, params, query, body, takes, example } = route;
  const headers = Object.entries({ ...route.headers?.shape, ...(route.revalidates === true && ifNoneMatch), ...operatorHeadersOf(route) });
  return {
    operationId,
    summary,
    description: descriptionOf(route),
    ...(tag === undefined ? {} : { tags: [tag] }),
    security: callers.map(securityOf),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(headers.length === 0 ? {} : { header: z.object(Object.fromEntries(headers.map(([name, field]) => [headerName(name), field]))) }),
    },
    ...(takes !== undefined ? { requestBody: { required: false, content: { '*/*': { schema: { type: 'string', contentEncoding: 'binary' } } } } } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse(undefined).success,
            content: { 'application/json': { schema: body, ...(example?.body === undefined ? {} : { example: example.body }) } },
          },
        }),
    responses: { ...successesOf(route), ...(route.revalidates === true && notModified), ...problemsOf(route) },
  };
}

function descriptionOf(route: Route): string {
  const { description, login, callers, scope, limits = [] } = route;
  const scoped =
    callers.includes('app') && scope !== undefined
      ? [
          `A key of an app needs the scope \`${scope === 'projections' ? 'projections:<name>' : scope}\`${scope === 'projections' ? ', which an operator gives it; the secret of the app will not do' : ''}.`,
        ]
      : [];
  const recent = login === 'recent' ? [`You must have logged in within the last ${RECENT_LOGIN_MS / MINUTE_MS} minutes.`] : [];
  const limited = limits.map(({ limit: { name, points, windowSeconds } }) => `Limit \`${name}\`: ${points} requests in ${windowSeconds} seconds.`);
  return [...(description === undefined ? [] : [description]), ...recent, ...scoped, ...operatorSentencesOf(route), ...limited].join('\n\n');
}

const ifNoneMatch = {
  'if-none-match': z
    .string()
    .optional()
    .meta({ description: 'The `ETag` of a response that you have. Where it is still the response, you are told so with 304, and nothing more.' }),
};
const entityTag = z.object({ ETag: z.string().meta({ description: 'Names this content: send it as `If-None-Match` when you ask again.' }) });
const notModified: ZodOpenApiResponsesObject = { '304': { description: 'You have it already.', headers: entityTag } };

const RESPONSE_DESCRIPTIONS: Readonly<Record<number, string>> = { 200: 'The result.', 201: 'Created.', 204: 'Done. The response has no body.' };

function successesOf({ responses, produces, responseHeaders, responseDescriptions, example, revalidates }: Route): ZodOpenApiResponsesObject {
  const content = (status: number, schema: z.ZodType) => {
    const shown = example?.responses?.[status] ?? example?.response;
    return { [status === 200 ? (produces ?? 'application/json') : 'application/json']: { schema, ...(shown === undefined ? {} : { example: shown }) } };
  };
  return Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [
      status,
      {
        description: responseDescriptions?.[Number(status)] ?? RESPONSE_DESCRIPTIONS[Number(status)] ?? 'Done.',
        ...(responseHeaders === undefined && revalidates === undefined ? {} : { headers: responseHeaders ?? entityTag }),
        ...(schema instanceof z.ZodUndefined ? {} : { content: content(Number(status), schema) }),
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

/** By status, each code that it can come with. The sentences of the codes stand once, with the schema `Problem`. */
function problemsOf(route: Route): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(refusalsOf(route), statusOf);
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        ...(codes.some(isRetryable) ? { headers: retryAfter } : {}),
        content: {
          [PROBLEM_MEDIA_TYPE]: {
            schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { code: { type: 'string', enum: [...codes] } } }] },
          },
        },
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

const retryAfter = z.object({
  'Retry-After': z
    .string()
    .optional()
    .meta({ header: { id: 'RetryAfter' }, description: 'How many seconds to wait before you try again.', examples: ['1'] }),
});

const isRetryable = (code: RefusalCode): boolean => ['limited', 'unavailable'].includes(REFUSALS[code].kind);
