/** A post that a person can't see is answered like one that never was, by every route that takes a post. */
import test from 'ava';
import { OPENAPI_DOCUMENTS } from '../api-docs/documents.ts';
import type { ApiResponse, RequestOptions } from '../client/call-api.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { authorizationOf, createActors, DONE, type Person } from './actors.ts';
import { callReadApi, callWriteApi, TEST_TIMEOUT_MS, waitUntilIdle, type SystemUnderTest } from './system-under-test.ts';

type Method = NonNullable<RequestOptions['method']>;
type PostRoute = { readonly api: 'read-api' | 'write-api'; readonly method: Method; readonly path: string };

/** Read off the documents, so that a new route is in the table from its first day. */
const ROUTES_WITH_POST: readonly PostRoute[] = (['read-api', 'write-api'] as const).flatMap((api) =>
  Object.entries(OPENAPI_DOCUMENTS[api].paths ?? {})
    .filter(([path]) => path.includes('{post}'))
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => ({ api, method: method.toUpperCase() as Method, path }))),
);
const REPLY: PostRoute = { api: 'write-api', method: 'POST', path: '/v1/me/feed' };
const QUOTE: PostRoute = { ...REPLY, path: '/v1/me/feed?quotes' };
const NEVER_WAS = '0000000000ZZZZZZZZZZZZZZZZ';

const bodyOf = ({ method, path }: PostRoute, post: string): object | undefined => {
  if (method === 'PUT' && path.endsWith('/reaction')) return { kind: 'love' };
  if (path === REPLY.path) return { text: 'a reply', replyTo: post };
  if (path === QUOTE.path) return { text: 'a quote', quotes: post };
  return method === 'PATCH' ? { text: 'edited' } : undefined;
};

test('every route that takes a post answers for one that the caller can’t see as for one that never was', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
  const { people } = await createActors(system, { run: 'hidden', size: 6 });
  const [reader, blocker, blocked, deleter, gone] = people as [Person, Person, Person, Person, Person];
  const as = async (person: Person, method: Method, path: string, body?: object) =>
    expectStatus(DONE, await callWriteApi(system, path, { method, headers: authorizationOf(person), ...(body === undefined ? {} : { body }) }));
  const publish = async (author: Person, body: object = {}) => String((await as(author, 'POST', '/v1/me/feed', { text: 'hello', ...body })).body['id']);

  const hidden: Record<string, string> = {
    'of a person who blocks the reader': await publish(blocker),
    'of a person whom the reader blocks': await publish(blocked),
    'that was deleted': await publish(deleter),
    'of an erased author': await publish(gone),
    'for friends of somebody else': await publish(deleter, { visibility: 'friends' }),
    'for its author alone': await publish(deleter, { visibility: 'self' }),
  };
  const call = ({ api, method, path }: PostRoute, post: string): Promise<ApiResponse> => {
    const body = bodyOf({ api, method, path }, post);
    const options = { method, headers: authorizationOf(reader), ...(body === undefined ? {} : { body }) };
    return (api === 'read-api' ? callReadApi : callWriteApi)(
      system,
      path.replace('{post}', post).replace('{place}/{variant}', '0/full').replace('?quotes', ''),
      options,
    );
  };
  const routes = [...ROUTES_WITH_POST, REPLY, QUOTE];
  t.deepEqual(routes.map(({ method, path }) => `${method} ${path}`).sort(), [
    'DELETE /v1/posts/{post}',
    'DELETE /v1/posts/{post}/bookmark',
    'DELETE /v1/posts/{post}/like',
    'DELETE /v1/posts/{post}/pin',
    'DELETE /v1/posts/{post}/reaction',
    'DELETE /v1/posts/{post}/share',
    'GET /v1/posts/{post}',
    'GET /v1/posts/{post}/edits',
    'GET /v1/posts/{post}/likes',
    'GET /v1/posts/{post}/media/{place}/{variant}',
    'GET /v1/posts/{post}/replies',
    'GET /v1/posts/{post}/shares',
    'GET /v1/posts/{post}/thread',
    'PATCH /v1/posts/{post}',
    'POST /v1/me/feed',
    'POST /v1/me/feed?quotes',
    'PUT /v1/posts/{post}/bookmark',
    'PUT /v1/posts/{post}/like',
    'PUT /v1/posts/{post}/pin',
    'PUT /v1/posts/{post}/reaction',
    'PUT /v1/posts/{post}/share',
  ]);

  await as(blocker, 'PUT', `/v1/me/blocks/${reader.id}`);
  await as(reader, 'PUT', `/v1/me/blocks/${blocked.id}`);
  await as(deleter, 'DELETE', `/v1/posts/${hidden['that was deleted']}`);
  await as(gone, 'DELETE', '/v1/me');
  const writes = routes.filter(({ api }) => api === 'write-api');
  const answers = async (asked: readonly PostRoute[]) => {
    for (const route of asked) {
      const expected = shapeOf(await call(route, NEVER_WAS), NEVER_WAS);
      const isTakenBack = TAKEN_BACK.has(`${route.method} ${route.path}`);
      t.like(expected, isTakenBack ? { status: 200 } : { status: 404, body: { code: 'post-unknown' } }, `${route.method} ${route.path}`);
      for (const [what, post] of Object.entries(hidden)) {
        t.deepEqual(shapeOf(await call(route, post), post), expected, `${route.method} ${route.path} of a post ${what}`);
      }
    }
  };
  await answers(writes); // at once: these answer by the log
  await waitUntilIdle(system);
  await answers(routes);
  for (const person of [blocker, blocked]) {
    const list = await callReadApi(system, `/v1/people/${person.id}/posts`, { headers: authorizationOf(reader) });
    t.deepEqual(listOf(list, 'posts'), []);
  }
});

/** One's own mark, which need not be there, nor its post. */
const TAKEN_BACK: ReadonlySet<string> = new Set(['DELETE /v1/posts/{post}/bookmark', 'DELETE /v1/posts/{post}/pin']);

/** Without the id of the request. */
function shapeOf({ status, body }: ApiResponse, post: string) {
  const { instance: _instance, ...rest } = body;
  return { status, body: JSON.parse(JSON.stringify(rest).replaceAll(post, '{post}')) as object };
}
