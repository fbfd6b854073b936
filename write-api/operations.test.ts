/** Every operation of the write API, called once by an allowed caller. The fixture checks each response against the document. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { v7 } from 'uuid';
import type { DeliveryId, EndpointId, NotificationId } from '../domain/shared/ids.ts';
import { notificationStream } from '../domain/shared/streams.ts';
import { accountClaims, totpCodeAt } from './accounts/test-fixture.ts';
import { attemptedDelivery } from './receipts/test-fixture.ts';
import { groupSettings, scheduledMessages } from './routes/chat/test-fixture.ts';
import { posts } from './routes/feed/test-fixture.ts';
import { exportsAskedFor } from './routes/exports/test-fixture.ts';
import { reportsAndAppeals } from './routes/moderation/test-fixture.ts';
import { appKeys, notificationCentre } from './routes/notifications/test-fixture.ts';
import { relationships } from './testing/test-fixture.ts';
import { drawnCode, givenWriteApi, type LoggedInPerson, type RegisteredApp, type WriteApiFixture } from './test-fixture.ts';

const QUIET = { zone: 'Europe/Berlin', from: '22:00', until: '07:00' };

test('every operation of the document is answered as the document says', async (t) => {
  const acme = { kind: 'acme', verifier: { vendor: 'acme', verify: () => [] } };
  await using api = await givenWriteApi({ vendorCallbacks: { publicUrl: undefined, accounts: [acme] } });
  await receipts(api);
  await profiles(api);
  await accounts(api);
  await accountClaims(t, api);
  await secondFactors(api);
  await relationships(t, api);
  await uploads(api);
  await posts(t, api);
  await reportsAndAppeals(t, api);
  await channels(api);
  await scheduledMessages(t, api);
  await exportsAskedFor(t, api);
  await notifications(api);
  await routing(api);
  await appKeys(t, api);
  await partsOfWork(api);
  await notificationCentre(t, api);
  t.deepEqual(
    api.responseChecker.operations.filter((operation) => !api.responseChecker.coveredOperations.has(operation)),
    [],
  );

  async function partsOfWork({ request, app }: WriteApiFixture) {
    const { app: id } = await app();
    const { secret } = (await request('operator', 'POST', `/v1/apps/${id}/keys`, { body: { name: 'Worker', scopes: ['projections:posts'] } })).body;
    const part = '/v1/projections/posts/groups/index/parts/0';
    t.is((await request({ app: id, secret }, 'PUT', part, { body: { of: 1, holder: 'one' } })).status, 201);
    t.is((await request({ app: id, secret }, 'POST', `${part}/release`, { body: { of: 1, holder: 'one' } })).status, 201);
  }

  async function receipts({ request, person, app, commands: given }: WriteApiFixture) {
    t.is((await request('anonymous', 'GET', '/v1/callbacks/acme/acme')).status, 204);
    t.is((await request('anonymous', 'POST', '/v1/callbacks/acme/acme')).status, 204);
    const ann = await person();
    const link = `/v1/unsubscribe/${given.process().commands.unsubscribeTokenOf({ person: ann.person, channel: 'email', category: 'news' })}`;
    t.is((await request('anonymous', 'GET', link)).status, 200);
    t.is((await request('anonymous', 'POST', link)).status, 200);
    const shop = await app();
    const webhook = `/v1/apps/${shop.app}/webhook`;
    const body = { url: 'https://shop.example/hook', events: ['delivery.delivered'] };
    const put = () => request('operator', 'PUT', webhook, { body, headers: { 'idempotency-key': 'one' } });
    const { secret } = (await put()).body;
    t.regex(secret, /^whsec_/);
    t.is((await put()).body.secret, secret, 'the answer was lost');
    t.false('secret' in (await request(shop, 'PUT', webhook, { body })).body, 'it is shown once');
    t.regex((await request(shop, 'POST', `${webhook}/secret`)).body.secret, /^whsec_/);
    const message = { message: 'event-1', at: given.now };
    const payload = { delivery: 'd' as DeliveryId, notification: 'n' as NotificationId, recipient: ann.person, channel: 'email', category: 'news' } as const;
    const { commands } = given.process();
    const queue = { type: 'queue', ...message, app: shop.app, event: 'delivery.delivered', payload, occurredAt: given.now } as const;
    await commands.commandWebhookMessage(queue, given.context('test'));
    await commands.commandWebhookMessage({ type: 'give-up', ...message, reason: '410' }, given.context('test'));
    t.is((await request(shop, 'POST', `/v1/apps/${shop.app}/webhook-messages/event-1/replay`)).status, 201);
    t.is((await request(await app(), 'POST', `/v1/apps/${shop.app}/webhook-messages/event-1/replay`)).status, 403);
    t.is((await request(shop, 'DELETE', webhook)).status, 200);
    const delivery = await attemptedDelivery(given, { recipient: ann.person, channel: 'email', endpoint: 'an-address' as EndpointId });
    const { linkTokenOf, openTokenOf } = given.process().commands;
    const target = 'https://shop.example/orders';
    t.is((await request('anonymous', 'GET', `/v1/links/${linkTokenOf({ delivery, link: 0, target })}`)).headers.get('location'), target);
    t.is((await request('anonymous', 'GET', `/v1/opens/${openTokenOf({ delivery })}.gif`)).headers.get('content-type'), 'image/gif');
    t.is((await request(ann, 'POST', `/v1/me/deliveries/${delivery}/received`)).status, 201);
    t.is((await request(ann, 'POST', `/v1/me/deliveries/${delivery}/opened`)).status, 201);
  }

  async function profiles({ request, person }: WriteApiFixture) {
    const ada = await person();
    t.is(
      (await request(ada, 'PATCH', '/v1/me', { body: { name: 'Ada', about: 'Engines', timeZone: 'Europe/London', language: 'en-gb', country: 'gb' } })).status,
      200,
    );
    t.is((await request(ada, 'GET', '/v1/gateway')).body.gateway, null);
    const device = `/v1/me/devices/${randomUUID()}`;
    t.is((await request(ada, 'PUT', device, { body: { platform: 'fcm', token: 'a-token' } })).status, 201);
    t.is((await request(ada, 'PUT', device, { body: { platform: 'fcm', token: 'a-token' } })).status, 200, 'it is registered already');
    t.is((await request(ada, 'DELETE', device)).status, 200);
    t.is((await request(ada, 'PUT', '/v1/me/contacts/email', { body: { address: 'ada@example.org' } })).status, 201);
    t.is((await request(ada, 'PUT', '/v1/me/contacts/phone', { body: { address: '+4930123456' } })).status, 201);
    const code = await drawnCode(api, ada, 'confirm-email');
    t.is((await request(ada, 'POST', '/v1/me/contacts/email/confirm', { body: { code } })).status, 201);
    t.is((await request('operator', 'DELETE', `/v1/people/${ada.person}/contacts/phone/block`)).status, 200, 'nothing blocks it');
    t.is((await request(ada, 'DELETE', '/v1/me/contacts/phone')).status, 200);
    const choices = [
      { category: 'news', channel: 'sms', wanted: false },
      { category: '*', channel: 'email', wanted: false },
    ];
    t.is((await request(ada, 'PUT', '/v1/me/preferences', { body: { choices, quietHours: QUIET } })).body.revision, 2);
    t.is((await request(ada, 'PUT', '/v1/me/preferences', { body: { quietHours: null } })).body.revision, 3);
    const digests = [
      { category: 'news', channel: 'email', rule: { kind: 'time-of-day', time: '08:00' } },
      { category: 'news', channel: 'push', rule: null },
    ];
    t.is((await request(ada, 'PUT', '/v1/me/preferences', { body: { digests } })).body.revision, 4);
    t.is((await request(ada, 'PATCH', '/v1/me/privacy', { body: { readReceipts: false, presence: 'friends' } })).body.revision, 5);
    t.is((await request(ada, 'DELETE', '/v1/sessions/current')).status, 204);
    const { loginName } = ada;
    t.is((await request('anonymous', 'POST', '/v1/password-resets', { body: { loginName } })).status, 204);
    const reset = { loginName, code: await drawnCode(api, ada, 'reset-password'), newPassword: 'a stable full of staples' };
    t.is((await request('anonymous', 'POST', '/v1/password-resets/confirm', { body: reset })).status, 204);
    t.is((await request(await person(), 'DELETE', '/v1/me')).status, 200);
  }

  async function routing({ request }: WriteApiFixture) {
    const rules = [{ channel: 'sms', countries: ['DE'], vendors: [{ vendor: 'twilio', weight: 2 }, { vendor: 'vonage' }] }];
    t.is((await request('operator', 'PUT', '/v1/routing', { body: { rules } })).status, 201);
    t.is((await request('operator', 'PUT', '/v1/routing/plugged-out/vonage')).status, 201);
    const routingNow = async (): Promise<unknown> => (await request('operator', 'GET', '/v1/routing')).body;
    t.deepEqual(await routingNow(), { rules, pluggedOut: ['vonage'] });
    t.is((await request('operator', 'DELETE', '/v1/routing/plugged-out/vonage')).status, 200);
    t.deepEqual(await routingNow(), { rules, pluggedOut: [] });
  }

  async function accounts({ request, person }: WriteApiFixture) {
    const ada = await person();
    const { token } = (await request(ada, 'POST', '/v1/sessions/current/authentication', { body: { password: 'correct horse' } })).body;
    const again = { ...ada, token };
    t.is((await request(again, 'PUT', '/v1/me/password', { body: { password: 'correct horse', newPassword: 'a stable full of staples' } })).status, 204);
    t.is((await request(again, 'GET', '/v1/me/sessions')).status, 200);
    t.is((await request(again, 'DELETE', '/v1/me/sessions')).status, 204);
    t.is((await request(again, 'DELETE', `/v1/me/sessions/${randomUUID()}`)).status, 404);
    const second = (await request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'a stable full of staples' } })).body;
    const listed = (await request({ ...ada, token: second.token }, 'GET', '/v1/me/sessions')).body as unknown as {
      sessions: { session: string; current: boolean }[];
    };
    const other = listed.sessions.find(({ current }) => !current)?.session;
    t.is((await request({ ...ada, token: second.token }, 'DELETE', `/v1/me/sessions/${other}`)).status, 204);
    t.is((await request('operator', 'DELETE', `/v1/people/${ada.person}/sessions`)).status, 204);
  }

  async function secondFactors({ request, person }: WriteApiFixture) {
    const ada = await person();
    const body = { name: 'My phone', accountName: 'ada' };
    t.is((await request(ada, 'POST', '/v1/me/second-factors/webauthn', { body })).status, 201);
    const { secret, factor } = (await request(ada, 'POST', '/v1/me/second-factors/totp', { body })).body as unknown as { secret: string; factor: string };
    const code = totpCodeAt(secret, api.commands.now);
    t.is((await request(ada, 'POST', `/v1/me/second-factors/${factor}/confirm`, { body: { code } })).status, 201);
    t.is((await request(ada, 'GET', '/v1/me/second-factors')).status, 200);
    const made = (await request(ada, 'POST', '/v1/me/recovery-codes')).body as unknown as { recoveryCodes: string[] };
    const asked = await request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'correct horse' } });
    t.is(asked.status, 202);
    const { ticket } = asked.body as unknown as { ticket: string };
    const second = { ticket, recoveryCode: made.recoveryCodes[0] };
    t.is((await request('anonymous', 'POST', '/v1/sessions/second-factor', { body: second })).status, 201);
    t.is((await request(ada, 'DELETE', `/v1/me/second-factors/${factor}`)).status, 204);
    t.is((await request('operator', 'DELETE', `/v1/people/${ada.person}/second-factors`)).status, 204);
    t.is((await request('operator', 'DELETE', `/v1/people/${ada.person}`)).status, 200);
  }

  async function uploads({ request, person }: WriteApiFixture) {
    const ada = await person();
    const headers = { 'tus-resumable': '1.0.0' };
    const create = () => request(ada, 'POST', '/v1/me/uploads', { headers: { ...headers, 'upload-length': '5' } });
    const path = (await create()).headers.get('location') ?? '';
    const bytes = { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    t.is((await request(ada, 'PATCH', path, { headers: bytes, raw: 'Hello' })).status, 204);
    t.is((await request(ada, 'HEAD', path, { headers })).status, 200);
    t.is((await request(ada, 'DELETE', (await create()).headers.get('location') ?? '', { headers })).status, 204);
  }

  async function channels({ request, person, friends, direct }: WriteApiFixture) {
    const [ada, bob, eve] = [await person(), await person(), await person()];
    await friends(ada, bob);
    const id = await direct(ada, bob);
    t.is(await direct(bob, ada), id, 'there is one between two people');
    await talk(api, ada, bob, id);
    for (const afterSeconds of [3_600, null]) t.is((await request(bob, 'PUT', `/v1/channels/${id}/disappearing`, { body: { afterSeconds } })).status, 201);
    const { id: group } = (await request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [bob.person], title: 'Us' } })).body;
    t.is((await request(bob, 'PATCH', `/v1/channels/${group}`, { body: { title: 'All of us' } })).status, 200);
    await invite({ request }, { group, bob, eve });
    await groupSettings(t, api, { group, ada, bob });
    t.is((await request(ada, 'DELETE', `/v1/channels/${group}/members/${bob.person}`)).status, 200, 'the owner removes');
    t.is((await request(eve, 'DELETE', `/v1/channels/${group}/members/${eve.person}`)).status, 200, 'a member leaves');
    const requested = await direct(ada, eve);
    t.is((await request(eve, 'POST', `/v1/me/message-requests/${requested}/refuse`)).status, 201);
    t.is((await request(eve, 'POST', `/v1/me/message-requests/${requested}/accept`)).status, 201);
    t.is((await request(eve, 'POST', `/v1/me/message-requests/${requested}/accept`)).status, 200, 'it is accepted already');
  }

  async function invite({ request }: Pick<WriteApiFixture, 'request'>, { group, bob, eve }: { group: string; bob: LoggedInPerson; eve: LoggedInPerson }) {
    const [add, invitation] = [`/v1/channels/${group}/members/${eve.person}`, `/v1/me/invitations/${group}`];
    t.like(await request(bob, 'PUT', add, { body: {} }), { status: 201, body: { membership: 'invited' } });
    t.like(await request(bob, 'PUT', add), { status: 200, body: { membership: 'invited' } });
    t.is((await request(bob, 'DELETE', `/v1/channels/${group}/invitations/${eve.person}`)).status, 200);
    await request(bob, 'PUT', add);
    t.is((await request(eve, 'POST', `${invitation}/refuse`)).status, 201);
    await request(bob, 'PUT', add);
    t.is((await request(eve, 'POST', `${invitation}/accept`)).status, 201);
    t.like(await request(bob, 'PUT', add), { status: 200, body: { membership: 'member' } });
  }

  async function talk({ request, commands }: WriteApiFixture, ada: LoggedInPerson, bob: LoggedInPerson, id: string) {
    const path = `/v1/channels/${id}`;
    const key = v7();
    const said = await request(ada, 'POST', `${path}/messages`, { body: { text: 'Hi', mentions: [bob.person] }, headers: { 'idempotency-key': key } });
    t.deepEqual([said.status, said.body.seq], [201, 0]);
    const hint = commands.hints.find(({ kind }) => kind === 'message');
    t.like(hint, { channel: id, entry: { seq: 0, clientId: key, text: 'Hi' } });
    t.is((await request(bob, 'POST', `${path}/messages`, { body: { text: 'Hi yourself', replyTo: 0 } })).body.seq, 1);
    t.is((await request(ada, 'PATCH', `${path}/messages/0`, { body: { text: 'Hello' } })).body.seq, 2);
    const thumb = `${path}/messages/1/reactions/${encodeURIComponent('👍🏽')}`;
    t.is((await request(ada, 'PUT', thumb)).body.seq, 3);
    t.is((await request(ada, 'DELETE', thumb)).body.seq, 4);
    t.is((await request(bob, 'DELETE', `${path}/messages/1`)).body.seq, 5);
    t.is((await request(bob, 'PUT', `${path}/pins/0`)).status, 201);
    t.is((await request(ada, 'DELETE', `${path}/pins/0`)).status, 200);
    t.is((await request(ada, 'PUT', `${path}/read`, { body: { seq: 5 } })).status, 201);
    t.is((await request(ada, 'PUT', `${path}/mute`)).status, 201);
    t.is((await request(ada, 'DELETE', `${path}/mute`)).status, 200);
  }

  async function notifications({ request, person, app }: WriteApiFixture) {
    const ada = await person();
    const shop = await app(ada);
    const declared = { title: 'Orders', language: 'EN', locales: { de: { title: 'Bestellungen' } }, channels: ['push'], perDayMax: 3 };
    t.is((await request(shop, 'PUT', '/v1/categories/orders', { body: declared })).body.revision, 0);
    t.is((await request(shop, 'PUT', '/v1/categories/Caf%C3%A9%20news', { body: { title: 'News', mandatory: true } })).body.revision, 1);
    t.is((await request(shop, 'DELETE', '/v1/categories/ORDERS')).body.revision, 2);
    const { id: template } = (await request(shop, 'POST', '/v1/templates', { body: { title: 'Order {{ number }}', body: 'It is on its way.' } })).body;
    t.is((await request(shop, 'PUT', '/v1/partials/frame', { body: { body: '<b>{% block content %}{% endblock %}</b>' } })).status, 201);
    const email = { html: "{% layout 'frame' %}{% block content %}{{ number }}{% endblock %}" };
    const german = {
      template,
      language: 'en',
      body: 'Left',
      email,
      locales: { 'DE-de': { body: 'Unterwegs', email } },
      parameters: { properties: { number: {} } },
    };
    t.is((await request(shop, 'POST', '/v1/templates', { body: german })).body.revision, 1);
    const preview = await request(shop, 'POST', `/v1/templates/${template}/preview`, { body: { language: 'de-DE', parameters: { number: '<7>' } } });
    t.like(preview.body, { version: 2, locale: 'de-DE', channels: { sms: { body: 'Unterwegs' }, email: { body: 'Unterwegs', html: '<b>&lt;7&gt;</b>' } } });
    t.is((await request(shop, 'POST', `/v1/templates/${template}/test`, { body: { recipient: ada.person, channels: ['email'] } })).status, 201);
    t.is((await request(shop, 'POST', '/v1/templates', { body: { template, body: 'It has arrived.' } })).body.revision, 2);
    const asked = {
      recipients: [ada.person],
      category: 'orders',
      template: { template, version: 1 },
      parameters: { number: 7, nested: { list: [1, null, 'two'] } },
      channels: ['push', 'email'],
      priority: 'high',
      sendAt: new Date(Date.parse(api.commands.now) + 60_000).toISOString(),
      ttlSeconds: 3_600,
      collapseKey: 'order-7',
    };
    const { id, stream } = (await request(shop, 'POST', '/v1/notifications', { body: asked })).body;
    t.is(stream, notificationStream(id as NotificationId));
    t.is((await request(shop, 'POST', `/v1/notifications/${id}/cancel`)).status, 201);
    const { id: list } = (await request(shop, 'POST', '/v1/lists', { body: { name: 'Crew' } })).body;
    t.is((await request(shop, 'POST', `/v1/lists/${list}/members`, { body: { add: [ada.person.toUpperCase()], remove: [] } })).body.revision, 1);
    const toList = { list, category: 'orders', ratePerMinute: 600, content: { body: 'Sail' } };
    const { id: campaign } = (await request(shop, 'POST', '/v1/notifications', { body: toList })).body;
    t.is((await request(shop, 'POST', `/v1/notifications/${campaign}/pause`)).status, 201);
    const again = { headers: { 'idempotency-key': 'again' } };
    t.is((await request(shop, 'POST', `/v1/notifications/${campaign}/pause`, again)).status, 200, 'it is paused already');
    t.is((await request(shop, 'POST', `/v1/notifications/${campaign}/resume`)).status, 201);
    t.is((await request(shop, 'DELETE', `/v1/lists/${list}`)).status, 200);
    await schedules({ request }, { ada, shop });
    t.is((await request(ada, 'DELETE', `/v1/me/apps/${shop.app}`)).status, 200);
    const identity = { email: { from: 'orders@shop.example', name: 'Shop' }, sms: { from: 'Shop' }, apns: { topic: 'example.shop' } };
    t.is((await request('operator', 'PUT', `/v1/apps/${shop.app}/sender-identity`, { body: identity })).status, 201);
    t.is((await request(shop, 'POST', `/v1/apps/${shop.app}/secret`)).status, 201);
    t.is((await request('operator', 'DELETE', `/v1/apps/${shop.app}`)).status, 200);
  }

  async function schedules({ request }: Pick<WriteApiFixture, 'request'>, { ada, shop }: { ada: LoggedInPerson; shop: RegisteredApp }) {
    const rule = { rule: 'FREQ=DAILY;BYHOUR=9', start: `${api.commands.now.slice(0, 10)}T00:00`, zone: 'Europe/Berlin' };
    const { occurrences } = (await request(shop, 'POST', '/v1/schedules/preview', { body: { ...rule, limit: 3 } })).body as unknown as {
      occurrences: { local: string; at: string }[];
    };
    t.deepEqual(new Set(occurrences.map(({ local }) => local.slice(10))), new Set(['T09:00:00']));
    t.is(occurrences.length, 3);
    const notification = { recipients: [ada.person], category: 'reminders', content: { body: 'Take your pills.' } };
    const { id } = (await request(shop, 'POST', '/v1/schedules', { body: { ...rule, clock: 'recipient', missed: 'latest', notification } })).body;
    for (const change of ['pause', 'resume', 'cancel']) t.is((await request(shop, 'POST', `/v1/schedules/${id}/${change}`)).status, 201);
    const sendAtLocal = { time: `${api.commands.now.slice(0, 10)}T23:30` };
    t.is((await request(shop, 'POST', '/v1/notifications', { body: { ...notification, sendAtLocal } })).status, 201);
    const sendAt = api.commands.now.replace('Z', '+00:00');
    t.is((await request(shop, 'POST', '/v1/notifications', { body: { ...notification, sendAt } })).status, 201);
  }
});
