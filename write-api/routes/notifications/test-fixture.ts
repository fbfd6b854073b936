/** For the test of every operation: those on what an app may do. */
import type { ExecutionContext } from 'ava';
import type { WriteApiFixture } from '../../test-fixture.ts';

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
