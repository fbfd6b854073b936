/** For the test of every operation: those on what an app may do, and on the notification centre. */
import type { ExecutionContext } from 'ava';
import { randomUUID } from 'node:crypto';
import { deliveryIdOf } from '../../../commands/handling/deterministic-ids.ts';
import { CENTRE_ENDPOINT } from '../../../domain/notifications/planning/destinations.ts';
import type { AppId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../../domain/shared/instant.ts';
import type { WriteApiFixture } from '../../test-fixture.ts';

/** Those on what an app may do. */
export async function appKeys(t: ExecutionContext, { request, app }: WriteApiFixture): Promise<void> {
  const shop = await app();
  const path = `/v1/apps/${shop.app}`;
  const add = () => request(shop, 'POST', `${path}/keys`, { body: { name: 'Reads', scopes: ['read'] }, headers: { 'idempotency-key': 'one' } });
  const { status, body } = await add();
  t.is(status, 201);
  t.is((await request('operator', 'PUT', `${path}/quota`, { body: { requestsPerHour: 10 } })).status, 201);
  const access = await request({ app: shop.app, secret: body.secret }, 'GET', `${path}/access`);
  t.like(access.body, {
    sandbox: false,
    keys: [{ id: body.id, name: 'Reads', scopes: ['read'] }],
    quotas: [{ name: 'requests-per-hour', max: 10, windowSeconds: 3_600, remaining: 10 }],
  });
  t.is((await request(shop, 'DELETE', `${path}/keys/${body.id}`)).status, 200);
}

/** Those on the notification centre. */
export async function notificationCentre(t: ExecutionContext, api: WriteApiFixture): Promise<void> {
  const { request, person } = api;
  const ada = await person();
  const path = `/v1/me/notifications/${await standingInCentre(api, ada.person)}`;
  t.is((await request(ada, 'PUT', `${path}/read`)).status, 201);
  t.is((await request(ada, 'DELETE', `${path}/read`)).status, 200);
  t.is((await request(ada, 'PUT', `${path}/archived`)).status, 201);
  t.is((await request(ada, 'DELETE', `${path}/archived`)).status, 200);
  const upTo = new Date(Date.parse(api.commands.now)).toISOString();
  t.is((await request(ada, 'POST', '/v1/me/notifications/seen', { body: { upTo } })).status, 201);
  t.is((await request(ada, 'POST', '/v1/me/notifications/seen', { body: { upTo } })).status, 200);
  t.is((await request(ada, 'POST', '/v1/me/notifications/read', { body: { upTo, category: 'news' } })).status, 201);
  t.is((await request(ada, 'POST', '/v1/me/live-tickets')).status, 201);
}

/** As planning puts it there. */
export async function standingInCentre({ commands: given }: Pick<WriteApiFixture, 'commands'>, recipient: PersonId): Promise<NotificationId> {
  const notification = randomUUID() as NotificationId;
  const key = { notification, recipient, channel: 'in-app' } as const;
  const delivery = deliveryIdOf(key);
  const about = { source: { kind: 'app', app: randomUUID() as AppId }, category: 'news', critical: false, atMostOnce: false, priority: 'normal' } as const;
  const plan = { ...key, delivery, ...about, endpoint: CENTRE_ENDPOINT, expiresAt: plus(given.now, DAY_MS) };
  const command = { type: 'plan', ...plan, decision: { action: 'show' }, at: given.now } as const;
  await given.process().commands.commandDelivery({ delivery, command }, given.context('planning'));
  return notification;
}
