/** The document of an API (OpenAPI 3.1), made from the same declarations that are served. */
import { z } from 'zod';
import { createDocument, type oas31, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';
import { APP_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../auth/app-signature.ts';
import type { CallerKind } from '../auth/callers.ts';
import { PROBLEM_MEDIA_TYPE, problemSchema, statusOf } from '../problem.ts';
import { refusalsOf, type Route } from '../http/routes.ts';

export type ApiInfo = { readonly title: string; readonly version: string; readonly description: string };

export function openApiOf(routes: readonly Route[], { title, version, description }: ApiInfo): oas31.OpenAPIObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = documentedPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title, version, description },
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: { Problem: problemSchema } },
  });
  for (const route of routes) if (route.produces !== undefined) asStream(document.paths?.[documentedPath(route.path)]?.[route.method], route.produces);
  return document;
}

/** OpenAPI 3.1 has no word of its own for a stream of things; JSON Schema has for what a text contains. */
function asStream(operation: oas31.OperationObject | undefined, mediaType: string): void {
  const answered = (operation?.responses?.['200'] as oas31.ResponseObject | undefined)?.content?.[mediaType];
  if (answered?.schema === undefined) return;
  answered.schema = { type: 'string', contentMediaType: mediaType, contentSchema: { type: 'array', items: answered.schema } } as oas31.SchemaObject;
}

/** `/v1/posts/:id` is `/v1/posts/{id}` there. */
const documentedPath = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}');

const SECURITY_SCHEMES = {
  person: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The token of POST /v1/sessions.' },
  operator: { type: 'http', scheme: 'bearer', description: 'The admin token of the installation.' },
  appKey: { type: 'apiKey', in: 'header', name: headerName(APP_HEADER), description: 'The id of the app.' },
  appTimestamp: { type: 'apiKey', in: 'header', name: headerName(TIMESTAMP_HEADER), description: 'ISO 8601, or seconds since 1970.' },
  appSignature: {
    type: 'apiKey',
    in: 'header',
    name: headerName(SIGNATURE_HEADER),
    description:
      'In hexadecimal: HMAC-SHA256, keyed with the secret of the app, over the timestamp, the method, the path with its query, the hexadecimal SHA-256 of the body and, where one is sent, the Idempotency-Key, each but the last followed by a line feed. A signature is good for 5 minutes around its timestamp, and once.',
  },
} as const;

function securityOf(kind: CallerKind): oas31.SecurityRequirementObject {
  switch (kind) {
    case 'person':
      return { person: [] };
    case 'operator':
      return { operator: [] };
    case 'app':
      return { appKey: [], appTimestamp: [], appSignature: [] };
    case 'anyone':
      return {};
  }
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { operationId, summary, callers, limits = [], params, query, headers, body } = route;
  const limited = limits.map(({ limit: { name, points, windowSeconds } }) => `Limit ${name}: ${points} in ${windowSeconds} s.`);
  return {
    operationId,
    summary,
    ...(limited.length === 0 ? {} : { description: limited.join(' ') }),
    security: callers.map(securityOf),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined
        ? {}
        : { header: z.object(Object.fromEntries(Object.entries(headers.shape).map(([name, field]) => [headerName(name), field]))) }),
    },
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...answersOf(route), ...problemsOf(route) },
  };
}

function answersOf({ answers, produces, answerHeaders }: Route): ZodOpenApiResponsesObject {
  const content = (schema: z.ZodType) => ({
    [produces ?? 'application/json']: { schema },
  });
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => [
      status,
      {
        description: schema.description ?? DESCRIPTIONS[Number(status)] ?? 'Done.',
        ...(answerHeaders === undefined ? {} : { headers: answerHeaders }),
        ...(schema instanceof z.ZodUndefined ? {} : { content: content(schema) }),
      },
    ]),
  ) as ZodOpenApiResponsesObject;
}

const DESCRIPTIONS: Readonly<Record<number, string>> = { 200: 'So it is.', 201: 'Done, and in the log.', 204: 'Done.' };

/** By status: every code it can come with. What each means is told once, with the problem itself. */
function problemsOf(route: Route): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(refusalsOf(route), statusOf);
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        ...(codes.some(isLater) ? { headers: retryAfter } : {}),
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
    .meta({ header: { id: 'RetryAfter' }, description: 'In seconds.' }),
});

const isLater = (code: RefusalCode): boolean => ['limited', 'unavailable'].includes(REFUSALS[code].kind);

/** `tidings-app` is written `Tidings-App`. */
function headerName(header: string): string {
  return header.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
