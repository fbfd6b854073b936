import test from 'ava';
import { DAY_MS, plus } from '../../../domain/shared/instant.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { givenWriteApi, type WriteApiFixture } from '../../test-fixture.ts';

type App = Awaited<ReturnType<WriteApiFixture['app']>>;

/** Why a request that an active app may make is refused; undefined where it is not. */
const refusalOf = async (api: WriteApiFixture, app: App): Promise<RefusalCode | undefined> => {
  api.commands.now = plus(api.commands.now, 1); // so that no signature is sent twice
  return (await api.request(app, 'POST', '/v1/templates', { body: { body: 'Hello' } })).body.code;
};
const rotate = (api: WriteApiFixture, caller: App | 'operator', { app }: App, options: Parameters<WriteApiFixture['request']>[3] = {}) => {
  api.commands.now = plus(api.commands.now, 1);
  return api.request(caller, 'POST', `/v1/apps/${app}/secret`, options);
};

test('a replaced secret is valid for a day, and may not rotate meanwhile', async (t) => {
  await using api = await givenWriteApi();
  const old = await api.app();
  const { secret } = (await rotate(api, old, old)).body;
  t.is(await refusalOf(api, old), undefined);
  const refused = await rotate(api, old, old);
  t.deepEqual([refused.status, refused.body.code], [403, 'app-secret-replaced']);
  t.is(await refusalOf(api, { ...old, secret }), undefined, 'and took nothing from the newest');
  t.is((await rotate(api, { ...old, secret }, old)).status, 201);
  api.commands.now = plus(api.commands.now, DAY_MS);
  t.is(await refusalOf(api, { ...old, secret }), 'signature-invalid');
});

test('an app whose answer was lost asks again with the secret that it had, and gets the same new one', async (t) => {
  await using api = await givenWriteApi();
  const app = await api.app();
  const headers = { 'idempotency-key': 'rotate-once' };
  const first = await rotate(api, app, app, { headers });
  const again = await rotate(api, app, app, { headers });
  t.deepEqual([again.status, again.body.secret], [201, first.body.secret]);
});

test('after a leak the old secret ends at once', async (t) => {
  await using api = await givenWriteApi();
  const leaked = await api.app();
  t.is(await refusalOf(api, leaked), undefined, 'it is remembered');
  const { secret } = (await rotate(api, 'operator', leaked, { body: { immediately: true } })).body;
  t.is(await refusalOf(api, leaked), 'signature-invalid');
  t.is(await refusalOf(api, { ...leaked, secret }), undefined);
});

test('a disabled app requests and cancels nothing', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const app = await api.app(ada);
  const body = { recipients: [ada.person], category: 'news', content: { body: 'Hello' }, sendAt: plus(api.commands.now, DAY_MS) };
  const { id } = (await api.request(app, 'POST', '/v1/notifications', { body })).body;
  await api.request('operator', 'DELETE', `/v1/apps/${app.app}`);
  t.is(await refusalOf(api, app), 'app-disabled');
  t.is((await api.request(app, 'POST', `/v1/notifications/${id}/cancel`)).body.code, 'app-disabled');
});

test('a cancellation of a disabled app is refused by the log, also where the vault doesn’t know yet', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const app = await api.app(ada);
  const body = { recipients: [ada.person], category: 'news', content: { body: 'Hello' }, sendAt: plus(api.commands.now, DAY_MS) };
  const { id } = (await api.request(app, 'POST', '/v1/notifications', { body })).body;
  const { vault } = api.commands;
  const putIfAbsent = vault.putIfAbsent.bind(vault);
  vault.putIfAbsent = (kind, ...rest) => (kind === 'app-disabled' ? Promise.reject(new Error('killed')) : putIfAbsent(kind, ...rest));
  t.is((await api.request('operator', 'DELETE', `/v1/apps/${app.app}`)).status, 500);
  t.is((await api.request(app, 'POST', `/v1/notifications/${id}/cancel`)).body.code, 'app-disabled');
  vault.putIfAbsent = putIfAbsent;
  t.is((await api.request('operator', 'DELETE', `/v1/apps/${app.app}`)).status, 200, 'asked again, it is finished');
  t.not(await vault.get('app-disabled', app.app), undefined);
});
