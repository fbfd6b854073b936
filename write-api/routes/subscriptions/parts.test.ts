import test from 'ava';
import { shareOf } from '../../../domain/subscriptions/events.ts';
import { PART_HELD_MS } from '../../../domain/subscriptions/part-of-work.ts';
import { plus } from '../../../domain/shared/instant.ts';
import { partStream } from '../../../domain/shared/streams.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { givenWriteApi, type WriteApiFixture } from '../../test-fixture.ts';

type Key = { readonly app: AppId; readonly secret: string };

function as(api: WriteApiFixture, key: Key | 'operator') {
  return async (method: string, path: string, body?: object) => {
    api.commands.now = plus(api.commands.now, 1);
    return api.request(key, method, path, body === undefined ? {} : { body });
  };
}

async function workers(api: WriteApiFixture) {
  const app = await api.app();
  const { secret } = (await as(api, 'operator')('POST', `/v1/apps/${app.app}/keys`, { name: 'Workers', scopes: ['projections:messages'] })).body;
  const request = as(api, { app: app.app, secret });
  const path = '/v1/projections/messages/groups/index/parts/1';
  return { app, request, hold: (holder: string, cursor?: string) => request('PUT', path, { of: 2, holder, ...(cursor !== undefined && { cursor }) }), path };
}

test('workers share parts: each is held by one, and its cursor outlives it', async (t) => {
  await using api = await givenWriteApi();
  const { hold, request, path } = await workers(api);
  const first = await hold('one');
  t.is(first.status, 201);
  t.is((first.body as { cursor?: unknown }).cursor, null);
  await hold('one', 'e~0.5');
  const taken = await hold('two');
  t.deepEqual([taken.status, taken.body.code], [409, 'part-taken']);
  t.true(Number(taken.body.facts?.['retryAfterSeconds']) > 0);
  api.commands.now = plus(api.commands.now, PART_HELD_MS);
  t.is(((await hold('two')).body as { cursor?: unknown }).cursor, 'e~0.5', 'where the other was');
  t.is((await request('POST', `${path}/release`, { of: 2, holder: 'two', cursor: 'e~0.9' })).status, 201);
  t.is(((await hold('one')).body as { cursor?: unknown }).cursor, 'e~0.9');
});

test('a part’s stream keeps a few events, however often its holder says how far it is', async (t) => {
  await using api = await givenWriteApi();
  const { hold, app } = await workers(api);
  for (let n = 0; n < 15; n += 1) await hold('one', `e~0.${n}`);
  const stream = partStream(app.app, shareOf({ projection: 'messages', group: 'index', of: 2, part: 1 }));
  let events = 0;
  for await (const _ of api.commands.log.readStream(stream)) events += 1;
  t.is(events, 10);
});

test('only a key with the scope holds a part, and no app gives itself one', async (t) => {
  await using api = await givenWriteApi();
  const { app, request } = await workers(api);
  const own = as(api, app);
  t.is((await own('PUT', '/v1/projections/messages/groups/index/parts/0', { of: 2, holder: 'one' })).body.code, 'scope-missing');
  t.is((await request('PUT', '/v1/projections/posts/groups/index/parts/0', { of: 2, holder: 'one' })).body.code, 'scope-missing');
  t.is((await request('PUT', '/v1/projections/messages/groups/index/parts/2', { of: 2, holder: 'one' })).body.code, 'part-out-of-range');
  for (const scope of ['projections:posts', 'personal-fields']) {
    t.is((await own('POST', `/v1/apps/${app.app}/keys`, { name: 'Mine', scopes: [scope] })).body.code, 'scope-by-operators');
  }
  t.is((await as(api, 'operator')('POST', `/v1/apps/${app.app}/keys`, { name: 'Mine', scopes: ['projections:contacts'] })).status, 400, 'it isn’t offered');
});
