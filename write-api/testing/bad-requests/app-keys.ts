/** About what apps may do, and how notifications fail over. */
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function appKeys(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const [shop, other, disabled] = [await api.app(ada), await api.app(), await api.app()];
  await api.request('operator', 'DELETE', `/v1/apps/${disabled.app}`);
  const keys = `/v1/apps/${shop.app}/keys`;
  const key = (changes: object): BadRequestBody => ({ body: { name: 'A key', scopes: ['send'], ...changes } });
  const sms = { afterMinutes: 10, unless: 'delivered', channel: 'sms' };
  const failover = (...steps: readonly object[]): BadRequestBody => ({
    body: { recipients: [ada.person], category: 'news', content: { body: 'Hello' }, channels: ['push'], failover: steps },
  });
  const path = '/v1/notifications';
  return [
    ['a key without a scope', shop, 'POST', keys, key({ scopes: [] }), 400, 'bad-request'],
    ['a scope that there isn’t', shop, 'POST', keys, key({ scopes: ['everything'] }), 400, 'bad-request'],
    ['a key without a name', shop, 'POST', keys, key({ name: '' }), 422, 'name-empty'],
    ['a key of another app', other, 'POST', keys, key({}), 403, 'forbidden'],
    ['a key of an unknown app', 'operator', 'POST', `/v1/apps/${NOBODY}/keys`, key({}), 404, 'app-unknown'],
    ['a key of a disabled app', 'operator', 'POST', `/v1/apps/${disabled.app}/keys`, key({}), 403, 'app-disabled'],
    ['a key of another app removed', other, 'DELETE', `${keys}/${NOBODY}`, {}, 403, 'forbidden'],
    ['a key whose id is none', shop, 'DELETE', `${keys}/first`, {}, 400, 'bad-request'],
    ['a quota below nothing', 'operator', 'PUT', `/v1/apps/${shop.app}/quota`, { body: { requestsPerHour: -1 } }, 400, 'bad-request'],
    ['a quota of what is not counted', 'operator', 'PUT', `/v1/apps/${shop.app}/quota`, { body: { clicksPerHour: 1 } }, 400, 'bad-request'],
    ['a quota of an unknown app', 'operator', 'PUT', `/v1/apps/${NOBODY}/quota`, { body: {} }, 404, 'app-unknown'],
    ['what another app may do', other, 'GET', `/v1/apps/${shop.app}/access`, {}, 403, 'forbidden'],
    ['what an unknown app may do', 'operator', 'GET', `/v1/apps/${NOBODY}/access`, {}, 404, 'app-unknown'],
    ['a failover to where it began', shop, 'POST', path, failover({ ...sms, channel: 'push' }), 422, 'failover-invalid'],
    ['a failover that comes too late', shop, 'POST', path, failover({ ...sms, afterMinutes: 10_000 }), 422, 'failover-invalid'],
    ['a failover at once', shop, 'POST', path, failover({ ...sms, afterMinutes: 0 }), 400, 'bad-request'],
    ['a failover by pigeon', shop, 'POST', path, failover({ ...sms, channel: 'pigeon' }), 400, 'bad-request'],
    ['a template that fails over in a circle', shop, 'POST', '/v1/templates', { body: { body: 'Hi', failover: [sms, sms] } }, 422, 'failover-invalid'],
  ];
}
