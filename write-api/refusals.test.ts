/** Bad requests are refused with their codes, and cause nothing. */
import test from 'ava';
import { BAD_REQUESTS } from './testing/bad-requests/bad-requests.ts';
import { requestOf, requestsIn } from './testing/requests-in-log.ts';
import { givenWriteApi } from './test-fixture.ts';

for (const [about, badRequests] of Object.entries(BAD_REQUESTS)) {
  test(`bad requests about ${about} are refused with their codes, and append nothing`, async (t) => {
    await using api = await givenWriteApi();
    const refused: string[] = [];
    for (const [what, as, method, path, asking, status, code] of await badRequests({ ...api, now: () => api.commands.now })) {
      const { status: answered, body } = await api.request(as, method, path, asking);
      t.deepEqual([answered, body.code], [status, code], what);
      refused.push(requestOf(body));
    }
    const accepted = (await api.request(await api.person(), 'POST', '/v1/me/feed', { body: { text: 'good' } })).headers.get('x-request-id') ?? '';
    const requests = await requestsIn(api.commands.log);
    t.true(requests.has(accepted));
    t.deepEqual(
      refused.filter((request) => request === '' || requests.has(request)),
      [],
    );
  });
}

test('a message of the longest length is accepted, however its characters are escaped', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const path = `/v1/channels/${await api.direct(ada, bob)}/messages`;
  t.is((await api.request(ada, 'POST', path, { raw: `{"text":"${'\\ud83d\\ude00'.repeat(100_000)}"}` })).status, 201);
});
