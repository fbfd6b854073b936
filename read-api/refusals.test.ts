/** Bad requests are refused with their codes. */
import test from 'ava';
import { givenReadApi, type LoggedInPerson } from './test-fixture.ts';
import { malformedRequests, requestsAboutUnknown } from './testing/bad-requests.ts';

test('malformed requests are refused with their codes, and all faults are told at once', async (t) => {
  await using api = await givenReadApi();
  for (const [what, as, path, status, code, headers] of await malformedRequests(api)) {
    const answer = await api.request(as, path, headers);
    t.deepEqual([answer.status, answer.body.code], [status, code], what);
  }
  const { body } = await api.request(await api.person(), '/v1/me/feed?limit=0&before=yesterday&verbose=yes');
  t.deepEqual(body.faults?.map(({ at }) => at).sort(), ['/query', '/query/before', '/query/limit'], 'all faults are told at once');
});

test('unknown things, and things that the caller may not see, are refused as unknown', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const badRequests = requestsAboutUnknown<LoggedInPerson>({
    ...api,
    deletePost: async ({ person: author }, post) => void (await api.expectSuccess(commands.deletePost({ author, post }, by(author)))),
    block: async ({ person }, { person: other }) => void (await api.expectSuccess(commands.block({ person, other }, by(person)))),
    notify: async ({ app }, { person }) => {
      const request = { source: { kind: 'app', app }, recipients: [person], category: 'a', content: { body: 'a' } } as const;
      return (await api.expectSuccess(commands.requestNotification(request, by(`app:${app}`)))).id;
    },
    untilSeen: async (person) => void (await api.requestAfterWrites(person, '/v1/me/feed')),
  });
  for (const [what, as, path, status, code, headers] of await badRequests) {
    const answer = await api.request(as, path, headers);
    t.deepEqual([answer.status, answer.body.code], [status, code], what);
  }
});

test('a caller over the limit is refused', async (t) => {
  await using api = await givenReadApi({ limits: { queries: { points: 2, windowSeconds: 60 } } });
  const ada = await api.person();
  const codes = [];
  for (let i = 0; i < 3; i++) codes.push((await api.requestAfterWrites(ada, '/v1/me')).body.code);
  t.deepEqual(codes, [undefined, undefined, 'rate-limited']);
});
