import test from 'ava';
import { plus } from '../../../domain/shared/instant.ts';
import type { AppId } from '../../../domain/shared/ids.ts';
import { WRITE_LIMITS } from '../../limits.ts';
import { givenWriteApi, type LoggedInPerson, type RequestOptions, type WriteApiFixture } from '../../test-fixture.ts';
import { writeRoutes } from '../../write-api.ts';

type App = { readonly app: AppId; readonly secret: string };

/** What a key needs for each route that admits apps. Written out, so that a change of a route's declaration shows as a change here. */
const SCOPES: Readonly<Record<string, string>> = {
  getAppAccess: 'read',
  publishTemplate: 'templates',
  publishPartial: 'templates',
  previewTemplate: 'templates',
  testTemplate: 'send',
  requestNotification: 'send',
  cancelNotification: 'send',
  pauseNotification: 'send',
  resumeNotification: 'send',
  createSchedule: 'send',
  pauseSchedule: 'send',
  resumeSchedule: 'send',
  cancelSchedule: 'send',
  previewSchedule: 'send',
  createList: 'lists',
  changeListMembers: 'lists',
  removeList: 'lists',
  holdPart: 'projections',
  releasePart: 'projections',
  rotateSecret: 'the secret',
  addAppKey: 'the secret',
  removeAppKey: 'the secret',
  declareCategory: 'the secret',
  removeCategory: 'the secret',
  setWebhook: 'the secret',
  rotateWebhookSecret: 'the secret',
  removeWebhook: 'the secret',
  replayWebhookMessage: 'the secret',
};

test('every route that admits apps takes keys of the scope in the table, and the app’s secret alone where it has none', (t) => {
  const dependencies = { limits: WRITE_LIMITS, vendorCallbacks: { publicUrl: undefined, accounts: [] } };
  const ofApps = writeRoutes(dependencies as never).filter(({ callers }) => callers.includes('app'));
  t.deepEqual(Object.fromEntries(ofApps.map(({ operationId, scope = 'the secret' }) => [operationId, scope])), SCOPES);
});

/** As one who never signs the same twice. */
function as(api: WriteApiFixture, caller: App | 'operator') {
  return (method: string, path: string, options?: RequestOptions) => {
    api.commands.now = plus(api.commands.now, 1);
    return api.request(caller, method, path, options);
  };
}

const notify = ({ person }: LoggedInPerson, count = 1): RequestOptions => ({
  body: { recipients: Array.from({ length: count }, () => person), category: 'news', content: { body: 'Hello' } },
});

async function keyWith(api: WriteApiFixture, app: App, ...scopes: readonly string[]) {
  const { id, secret } = (await as(api, app)('POST', `/v1/apps/${app.app}/keys`, { body: { name: 'A key', scopes } })).body;
  return { id, key: { app: app.app, secret } };
}

test('a key does what its scopes say, until it is removed', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const shop = await api.app(ada);
  const { id, key } = await keyWith(api, shop, 'send');
  const request = as(api, key);
  t.is((await request('POST', '/v1/notifications', notify(ada))).status, 201);
  const refused = await request('POST', '/v1/templates', { body: { body: 'Hello' } });
  t.deepEqual([refused.status, refused.body.code], [403, 'scope-missing']);
  t.is((await request('POST', `/v1/apps/${shop.app}/secret`)).body.code, 'scope-missing', 'nor does it make itself another');
  t.is((await request('POST', `/v1/apps/${shop.app}/keys`, { body: { name: 'More', scopes: ['read'] } })).body.code, 'scope-missing');
  await as(api, shop)('POST', `/v1/apps/${shop.app}/secret`, { body: { immediately: true } });
  t.is((await request('POST', '/v1/notifications', notify(ada))).status, 201, 'it outlives the secret');
  await as(api, 'operator')('DELETE', `/v1/apps/${shop.app}/keys/${id}`);
  t.is((await request('POST', '/v1/notifications', notify(ada))).body.code, 'signature-invalid');
});

test('a key whose answer was lost is answered again, and not after it was removed', async (t) => {
  await using api = await givenWriteApi();
  const shop = await api.app();
  const add = () => as(api, shop)('POST', `/v1/apps/${shop.app}/keys`, { body: { name: 'A key', scopes: ['read'] }, headers: { 'idempotency-key': 'once' } });
  const first = (await add()).body;
  t.is((await add()).body.secret, first.secret);
  await as(api, shop)('DELETE', `/v1/apps/${shop.app}/keys/${first.id}`);
  t.false('secret' in (await add()).body);
  t.is(await api.commands.vault.get('app-key', `${shop.app}:${first.id}`), undefined);
});

test('a secret that was replaced adds no key and sets no webhook, which would outlive it', async (t) => {
  await using api = await givenWriteApi();
  const shop = await api.app();
  const { secret } = (await as(api, shop)('POST', `/v1/apps/${shop.app}/secret`)).body;
  const add = { body: { name: 'Everything', scopes: ['send', 'templates', 'lists', 'read'] } };
  const refused = await as(api, shop)('POST', `/v1/apps/${shop.app}/keys`, add);
  t.deepEqual([refused.status, refused.body.code], [403, 'app-secret-replaced']);
  const webhook = { body: { url: 'https://elsewhere.example/hook', events: ['delivery.accepted'] } };
  t.is((await as(api, shop)('PUT', `/v1/apps/${shop.app}/webhook`, webhook)).body.code, 'app-secret-replaced');
  t.is((await as(api, shop)('POST', `/v1/apps/${shop.app}/webhook/secret`)).body.code, 'app-secret-replaced');
  t.is((await as(api, { app: shop.app, secret })('POST', `/v1/apps/${shop.app}/keys`, add)).status, 201);
});

test('a disabled app has no keys that are good for anything', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const shop = await api.app(ada);
  const { key } = await keyWith(api, shop, 'send');
  await as(api, 'operator')('DELETE', `/v1/apps/${shop.app}`);
  t.is((await as(api, key)('POST', '/v1/notifications', notify(ada))).body.code, 'app-disabled');
});

test('an app asks for as much as its quota allows, and is told what is left', async (t) => {
  await using api = await givenWriteApi();
  const [ada, shop] = [await api.person(), await api.app()];
  await api.request(ada, 'PUT', `/v1/me/apps/${shop.app}`);
  const request = as(api, shop);
  const unlimited = await request('POST', '/v1/notifications', notify(ada));
  t.deepEqual([unlimited.status, unlimited.headers.get('ratelimit')], [201, null]);
  await as(api, 'operator')('PUT', `/v1/apps/${shop.app}/quota`, { body: { requestsPerHour: 2, recipientsPerDay: 100 } });
  const first = await request('POST', '/v1/notifications', { ...notify(ada), headers: { 'idempotency-key': 'first' } });
  t.is(first.headers.get('ratelimit-policy'), '"requests-per-hour";q=2;w=3600, "recipients-per-day";q=100;w=86400');
  t.is(first.headers.get('ratelimit'), '"requests-per-hour";r=1, "recipients-per-day";r=99');
  t.is((await request('POST', '/v1/notifications', { body: { recipients: [ada.person], category: 'news' } })).body.code, 'content-missing');
  t.is(
    (await request('POST', '/v1/notifications', notify(ada))).headers.get('ratelimit'),
    '"requests-per-hour";r=0, "recipients-per-day";r=98',
    'what was refused costs nothing',
  );
  const over = await request('POST', '/v1/notifications', notify(ada));
  t.like(over.body, { status: 429, code: 'quota-exceeded' });
  t.true(Number(over.headers.get('retry-after')) > 0);
  const again = await request('POST', '/v1/notifications', { ...notify(ada), headers: { 'idempotency-key': 'first' } });
  t.deepEqual([again.status, again.body.id], [201, first.body.id], 'a request that was handled before is answered nevertheless');
  const { key } = await keyWith(api, shop, 'read');
  t.like((await as(api, key)('GET', `/v1/apps/${shop.app}/access`)).body, {
    quotas: [
      { name: 'requests-per-hour', max: 2, windowSeconds: 3_600, remaining: 0 },
      { name: 'recipients-per-day', max: 100, windowSeconds: 86_400, remaining: 98 },
    ],
  });
  await as(api, 'operator')('PUT', `/v1/apps/${shop.app}/quota`, { body: {} });
  t.is((await request('POST', '/v1/notifications', notify(ada))).status, 201, 'without a quota it is as before');
});

test('of requests at once no more are taken than the quota allows, by any process', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const shop = await api.app(ada);
  await as(api, 'operator')('PUT', `/v1/apps/${shop.app}/quota`, { body: { requestsPerHour: 3 } });
  const other = (await api.startAnother()).url;
  const requests = Array.from({ length: 10 }, (_, i) => as(api, shop)('POST', '/v1/notifications', { ...notify(ada), ...(i % 2 === 0 && { url: other }) }));
  const statuses = (await Promise.all(requests)).map(({ status }) => status);
  t.true(statuses.filter((status) => status === 201).length <= 3, String(statuses));
  t.true(
    statuses.every((status) => status === 201 || status === 429),
    String(statuses),
  );
});
