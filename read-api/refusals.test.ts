/** Bad requests, each with the status and the code of its refusal. */
import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { givenReadApi, type TestCaller, type ReadApiFixture } from './test-fixture.ts';

type Case = readonly [what: string, as: TestCaller, path: string, status: number, code: RefusalCode, headers?: Readonly<Record<string, string>>];

const NOBODY = randomUUID();
const NO_POST = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function refusedAs(t: ExecutionContext, api: ReadApiFixture, cases: readonly Case[]) {
  for (const [what, as, path, status, code, headers] of cases) {
    const answer = await api.request(as, path, headers);
    t.deepEqual([answer.status, answer.body.code], [status, code], what);
  }
}

test('malformed requests are refused with their codes', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  const channel = `/v1/channels/${NOBODY}/messages`;
  await refusedAs(t, api, [
    ['a limit of zero', ada, '/v1/me/feed?limit=0', 400, 'bad-request'],
    ['a limit too high', ada, '/v1/me/feed?limit=101', 400, 'bad-request'],
    ['a negative limit', ada, '/v1/me/feed?limit=-1', 400, 'bad-request'],
    ['a fraction as limit', ada, '/v1/me/feed?limit=1.5', 400, 'bad-request'],
    ['a limit in another base', ada, '/v1/me/feed?limit=0x10', 400, 'bad-request'],
    ['a limit with an exponent', ada, '/v1/me/feed?limit=1e1', 400, 'bad-request'],
    ['a limit in words', ada, '/v1/me/feed?limit=ten', 400, 'bad-request'],
    ['an empty limit', ada, '/v1/me/feed?limit=', 400, 'bad-request'],
    ['two limits', ada, '/v1/me/feed?limit=1&limit=2', 400, 'bad-request'],
    ['a malformed cursor', ada, '/v1/me/feed?before=yesterday', 400, 'bad-request'],
    ['a cursor in small letters', ada, `/v1/me/feed?before=${NO_POST.toLowerCase()}`, 400, 'bad-request'],
    ['a cursor in the wrong direction', ada, `/v1/me/feed?after=${NO_POST}`, 400, 'bad-request'],
    ['an unknown parameter', ada, '/v1/me?verbose=yes', 400, 'bad-request'],
    ['a malformed person id', ada, '/v1/people/ada', 400, 'bad-request'],
    ['a malformed post id', ada, '/v1/posts/7', 400, 'bad-request'],
    ['a malformed channel id', ada, '/v1/channels/room', 400, 'bad-request'],
    ['a negative seq', ada, `${channel}?before=-1`, 400, 'bad-request'],
    ['an empty seq', ada, `${channel}?after=`, 400, 'bad-request'],
    ['a seq too high', ada, `${channel}?after=9999999999999`, 400, 'bad-request'],
    ['too many messages', ada, `${channel}?limit=201`, 400, 'bad-request'],
    ['friends after a malformed cursor', ada, '/v1/me/friends?after=ada', 400, 'bad-request'],
    ['too many friends', ada, '/v1/me/friends?limit=501', 400, 'bad-request'],
    ['an inbox before a malformed cursor', ada, '/v1/me/inbox?before=2030', 400, 'bad-request'],
    ['notifications before a malformed cursor', ada, '/v1/me/notifications?before=0.1', 400, 'bad-request'],
    ['a path that does not decode', ada, '/v1/people/%ff', 400, 'bad-request'],
    ['a malformed position', ada, '/v1/me/feed', 400, 'position-invalid', { 'min-position': 'here' }],
    ['a truncated position', ada, '/v1/me', 400, 'position-invalid', { 'min-position': '0.' }],
    ['a position far too long', ada, '/v1/me', 400, 'bad-request', { 'min-position': `0.${'1'.repeat(600)}` }],
    ['a malformed position for a stream', ada, '/v1/me/feed/live?min-position=here', 400, 'position-invalid'],
    ['a cursor for a stream', ada, `/v1/me/feed/live?before=${NO_POST}`, 400, 'bad-request'],
  ]);
  const { body } = await api.request(ada, '/v1/me/feed?limit=0&before=yesterday&verbose=yes');
  t.deepEqual(body.faults?.map(({ at }) => at).sort(), ['/query', '/query/before', '/query/limit'], 'all faults are told at once');
});

test('unknown things, and things that the caller may not see, are refused as unknown', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const [deleted, blocked] = [await api.post(ada), await api.post(bob)];
  await api.expectSuccess(commands.deletePost({ author: ada.person, post: deleted }, by(ada.person)));
  await api.expectSuccess(commands.block({ person: bob.person, other: ada.person }, by(bob.person)));
  const channel = await api.direct(bob, eve);
  const [shop, other] = [await api.app(eve), await api.app()];
  const request = { source: { kind: 'app', app: shop.app }, recipients: [eve.person], category: 'a', content: { body: 'a' } } as const;
  const { id: notification } = await api.expectSuccess(commands.requestNotification(request, by(`app:${shop.app}`)));
  await api.requestAfterWrites(ada, '/v1/me/feed');
  await refusedAs(t, api, [
    ['an unknown person', ada, `/v1/people/${NOBODY}`, 404, 'person-unknown'],
    ['posts of an unknown person', ada, `/v1/people/${NOBODY}/posts`, 404, 'person-unknown'],
    ['presence of an unknown person', ada, `/v1/people/${NOBODY}/presence`, 404, 'person-unknown'],
    ['an unknown post', ada, `/v1/posts/${NO_POST}`, 404, 'post-unknown'],
    ['a deleted post', ada, `/v1/posts/${deleted}`, 404, 'post-unknown'],
    ['replies to a deleted post', ada, `/v1/posts/${deleted}/replies`, 404, 'post-unknown'],
    ['a post of a person who has blocked the reader', ada, `/v1/posts/${blocked}`, 404, 'post-unknown'],
    ['posts of a person who has blocked the reader', ada, `/v1/people/${bob.person}/posts`, 404, 'person-unknown'],
    ['an unknown channel', ada, `/v1/channels/${NOBODY}`, 404, 'channel-unknown'],
    ['a channel of others', ada, `/v1/channels/${channel}`, 404, 'channel-unknown'],
    ['messages of a channel of others', ada, `/v1/channels/${channel}/messages`, 404, 'channel-unknown'],
    ['an unknown notification', shop, `/v1/notifications/${NOBODY}`, 404, 'notification-unknown'],
    ['another app’s notification', other, `/v1/notifications/${notification}`, 404, 'notification-unknown'],
    ['an unknown route', ada, '/v1/me/fame', 404, 'route-unknown'],
  ]);
});

test('a caller over the limit is refused', async (t) => {
  await using api = await givenReadApi({ limits: { queries: { points: 2, windowSeconds: 60 } } });
  const ada = await api.person();
  const codes = [];
  for (let i = 0; i < 3; i++) codes.push((await api.requestAfterWrites(ada, '/v1/me')).body.code);
  t.deepEqual(codes, [undefined, undefined, 'rate-limited']);
});
