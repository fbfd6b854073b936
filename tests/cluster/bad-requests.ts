/** The requests that one API refuses (`write-api/testing/`, `read-api/testing/`), put to the APIs of a cluster in turn. */
import type { ExecutionContext } from 'ava';
import { randomUUID } from 'node:crypto';
import { startAdapters } from '../../app/adapters/start-adapters.ts';
import { configFrom } from '../../app/config/config.ts';
import type { AppId, ChannelId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { REFUSALS, type RefusalCode } from '../../domain/shared/refusals.ts';
import { malformedRequests, requestsAboutUnknown, type BadRequestsApi as BadQueriesApi } from '../../read-api/testing/bad-requests.ts';
import type { BadRequestBody, BadRequestCaller, BadRequestsApi } from '../../write-api/testing/bad-requests/bad-request.ts';
import { BAD_REQUESTS } from '../../write-api/testing/bad-requests/bad-requests.ts';
import { requestOf, requestsIn } from '../../write-api/testing/requests-in-log.ts';
import { signRequest } from '../client/sign-request.ts';
import { UnexpectedResult } from '../client/unexpected-result.ts';
import type { Cluster } from './cluster.ts';

const PROBLEM = 'application/problem+json';
const PASSWORD = 'correct horse';

type Answer = { readonly status: number; readonly headers: Headers; readonly body: Readonly<Record<string, string>> };
type Ask = (caller: BadRequestCaller, method: string, path: string, asking?: BadRequestBody) => Promise<Answer>;
type Person = Awaited<ReturnType<BadRequestsApi['person']>>;

/** Every answer is a problem with its status and its code, and none of the requests has appended anything. */
export async function refuseBadRequests(t: ExecutionContext, cluster: Cluster): Promise<void> {
  const [write, read] = [askInTurn(cluster, 'write-api'), askInTurn(cluster, 'read-api')];
  const api = apiOf(write, read);
  const refused: string[] = [];
  const expectRefusal = async (what: string, answering: Promise<Answer>, status: number, code: RefusalCode) => {
    const { status: answered, headers, body } = await answering;
    t.deepEqual([answered, body['code'], headers.get('content-type')?.split(';')[0]], [status, code, PROBLEM], what);
    t.true(Object.hasOwn(REFUSALS, body['code'] ?? '') && body['detail'] !== '', what);
    refused.push(requestOf(body));
  };
  for (const [about, badRequests] of Object.entries(BAD_REQUESTS)) {
    for (const [what, as, method, path, asking, status, code] of await badRequests(api)) {
      await expectRefusal(`${about}: ${what}`, write(as, method, path, asking), status, code);
    }
  }
  for (const [what, as, path, status, code, headers = {}] of [...(await malformedRequests<Person>(api)), ...(await requestsAboutUnknown<Person>(api))]) {
    await expectRefusal(what, read(as, 'GET', path, { headers }), status, code);
  }
  const accepted = (await write(await api.person(), 'POST', '/v1/me/feed', { body: { text: 'good' } })).headers.get('x-request-id') ?? '';
  const requests = await requestsInLogOf(cluster);
  t.true(requests.has(accepted));
  t.deepEqual(
    refused.filter((request) => request === '' || requests.has(request)),
    [],
  );
}

async function requestsInLogOf({ settings }: Cluster): Promise<ReadonlySet<string>> {
  const dependencies = { dataFolder: undefined, clock: () => instant(Date.now()), failureReporter: () => () => undefined };
  await using adapters = await startAdapters(dependencies, { ...configFrom({ ...settings }), name: 'bad-requests' });
  return await requestsIn(adapters.log);
}

/** Each request goes to the next process. */
function askInTurn(cluster: Cluster, role: 'write-api' | 'read-api'): Ask {
  const urls = cluster.withRole(role).map((process) => process.urls[role] ?? '');
  let turn = 0;
  return async (caller, method, path, { body, raw, headers = {} } = {}) => {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch((urls[turn++ % urls.length] ?? '') + path, {
      method,
      headers: {
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...credentialsOf(caller, cluster.adminToken, { method, path, body, key: headers['idempotency-key'] }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Answer['body'] };
  };
}

type Signed = { readonly method: string; readonly path: string; readonly body: unknown; readonly key: string | undefined };

function credentialsOf(caller: BadRequestCaller, adminToken: string, { method, path, body, key }: Signed): Readonly<Record<string, string>> {
  if (caller === 'anonymous') return {};
  if (caller === 'operator') return { authorization: `Bearer ${adminToken}`, 'tidings-reason': 'a%20test' };
  if ('token' in caller) return { authorization: `Bearer ${caller.token}` };
  return signRequest({ id: caller.app, secret: caller.secret }, method, path, { body, ...(key === undefined ? {} : { key }) });
}

/** What the requests are about, made through the public API. */
function apiOf(write: Ask, read: Ask): BadRequestsApi & BadQueriesApi<Person> {
  let position = '';
  const give = async (...asking: Parameters<Ask>): Promise<{ readonly body: { readonly id: string } & Answer['body'] }> => {
    const { status, body } = await write(...asking);
    if (status >= 300) throw new UnexpectedResult(`${asking[1]} ${asking[2]} answered ${status} ${JSON.stringify(body)}`);
    position = body['position'] ?? position;
    return { body: { ...body, id: body['id'] ?? '' } };
  };
  return {
    now: () => instant(Date.now()),
    request: give,
    person: async () => {
      const loginName = `name-${randomUUID()}`;
      const { body } = await give('anonymous', 'POST', '/v1/people', { body: { loginName, name: 'Somebody', password: PASSWORD } });
      const session = await give('anonymous', 'POST', '/v1/sessions', { body: { loginName, password: PASSWORD } });
      return { person: body.id as PersonId, token: session.body['token'] ?? '', loginName };
    },
    friends: async (one, other) => {
      const { body } = await give(one, 'POST', '/v1/friend-requests', { body: { person: other.person } });
      await give(other, 'POST', `/v1/friend-requests/${encodeURIComponent(body.id)}/accept`);
    },
    app: async (...enrolled) => {
      const { body } = await give('operator', 'POST', '/v1/apps', { body: { name: 'An app' } });
      for (const person of enrolled) await give(person, 'PUT', `/v1/me/apps/${body.id}`);
      return { app: body.id as AppId, secret: body['secret'] ?? '' };
    },
    direct: async (one, other) => (await give(one, 'POST', '/v1/channels', { body: { kind: 'direct', members: [other.person] } })).body.id as ChannelId,
    post: async (author) => (await give(author, 'POST', '/v1/me/feed', { body: { text: 'Hello' } })).body.id as PostId,
    deletePost: async (author, post) => void (await give(author, 'DELETE', `/v1/posts/${post}`)),
    block: async (by, other) => void (await give(by, 'PUT', `/v1/me/blocks/${other.person}`)),
    notify: async (app, { person }) =>
      (await give(app, 'POST', '/v1/notifications', { body: { recipients: [person], category: 'a', content: { body: 'a' } } })).body.id as NotificationId,
    untilSeen: async (person) => {
      for (let tries = 0; ; tries++) {
        const { status, body } = await read(person, 'GET', '/v1/me/feed', { headers: { 'min-position': position } });
        if (status === 200) return;
        if (tries === SEEN_TRIES_MAX) throw new UnexpectedResult(`the views did not come up to ${position}: ${JSON.stringify(body)}`);
      }
    },
  };
}

/** Each waits for some seconds. */
const SEEN_TRIES_MAX = 20;
