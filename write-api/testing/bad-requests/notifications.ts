/** About apps, templates and notifications. */
import { randomUUID } from 'node:crypto';
import { DAY_MS, plus } from '../../../domain/shared/instant.ts';
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function notifications(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, stranger] = [await api.person(), await api.person()];
  const [shop, other, disabled] = [await api.app(ada), await api.app(), await api.app(ada)];
  await api.request('operator', 'DELETE', `/v1/apps/${disabled.app}`);
  const { id: template } = (await api.request(shop, 'POST', '/v1/templates', { body: { body: 'Hello' } })).body;
  const schema = { required: ['n'], properties: { n: { type: 'integer' } } };
  const { id: strict } = (await api.request(shop, 'POST', '/v1/templates', { body: { body: '{{ n }}', parameters: schema } })).body;
  const { id: list } = (await api.request(shop, 'POST', '/v1/lists', { body: { name: 'Crew' } })).body;
  const { id: asked } = (await api.request(shop, 'POST', '/v1/notifications', { body: { recipients: [ada.person], category: 'a', content: { body: 'a' } } }))
    .body;
  const notify = (changes: object): BadRequestBody => ({ body: { recipients: [ada.person], category: 'news', content: { body: 'Hello' }, ...changes } });
  const path = '/v1/notifications';
  const inDays = (days: number) => plus(api.now(), days * DAY_MS);
  return [
    ['an app without a name', 'operator', 'POST', '/v1/apps', { body: { name: '' } }, 422, 'name-empty'],
    ['a secret for an unknown app', 'operator', 'POST', `/v1/apps/${NOBODY}/secret`, {}, 404, 'app-unknown'],
    ['an unknown app disabled', 'operator', 'DELETE', `/v1/apps/${NOBODY}`, {}, 404, 'app-unknown'],
    ['a sender of no form', 'operator', 'PUT', `/v1/apps/${shop.app}/sender-identity`, { body: { sms: { from: '?' } } }, 422, 'sender-identity-invalid'],
    ['a secret for a disabled app', 'operator', 'POST', `/v1/apps/${disabled.app}/secret`, {}, 403, 'app-disabled'],
    ['a disabled app', disabled, 'POST', path, notify({}), 403, 'app-disabled'],
    ['a category without a title', shop, 'PUT', '/v1/categories/orders', { body: { title: ' ' } }, 400, 'bad-request'],
    ['a category of every name', shop, 'PUT', '/v1/categories/*', { body: { title: 'All' } }, 422, 'category-invalid'],
    ['a category that is two lines', shop, 'PUT', '/v1/categories/a%0Ab', { body: { title: 'A' } }, 400, 'bad-request'],
    [
      'a category that must be told and is off',
      shop,
      'PUT',
      '/v1/categories/a',
      { body: { title: 'A', mandatory: true, default: 'out' } },
      422,
      'category-invalid',
    ],
    ['a category in no language', shop, 'PUT', '/v1/categories/a', { body: { title: 'A', locales: { 'x y': { title: 'B' } } } }, 422, 'category-invalid'],
    [
      'a digest for longer than a day',
      shop,
      'PUT',
      '/v1/categories/a',
      { body: { title: 'A', digest: { kind: 'after-first', minutes: 1_441 } } },
      400,
      'bad-request',
    ],
    ['a digest by the template of another app', other, 'PUT', '/v1/categories/a', { body: { title: 'A', digestTemplate: template } }, 404, 'template-unknown'],
    ['a category on no channel', shop, 'PUT', '/v1/categories/a', { body: { title: 'A', channels: [] } }, 400, 'bad-request'],
    ['a category of a pigeon', shop, 'PUT', '/v1/categories/a', { body: { title: 'A', channels: ['pigeon'] } }, 400, 'bad-request'],
    ['a cap of nothing', shop, 'PUT', '/v1/categories/a', { body: { title: 'A', perDayMax: 0 } }, 400, 'bad-request'],
    ['a category with an unknown field', shop, 'PUT', '/v1/categories/a', { body: { title: 'A', colour: 'red' } }, 400, 'bad-request'],
    ['a template that does not parse', shop, 'POST', '/v1/templates', { body: { body: 'Hello {{ name' } }, 422, 'template-invalid'],
    ['an empty template', shop, 'POST', '/v1/templates', { body: { body: ' ' } }, 422, 'template-invalid'],
    ['a partial that is not there', shop, 'POST', '/v1/templates', { body: { body: "{% render 'footer' %}" } }, 422, 'template-invalid'],
    ['a schema with a regular expression', shop, 'POST', '/v1/templates', { body: { body: 'Hi', parameters: { pattern: '(a+)+' } } }, 422, 'template-invalid'],
    ['a language that is none', shop, 'POST', '/v1/templates', { body: { body: 'Hi', language: 'nowhere at all' } }, 400, 'bad-request'],
    ['a partial that does not parse', shop, 'PUT', '/v1/partials/frame', { body: { body: '{% if %}' } }, 422, 'template-invalid'],
    ['a partial named as none may be', shop, 'PUT', '/v1/partials/..%2Fframe', { body: { body: 'x' } }, 400, 'bad-request'],
    ['another’s preview', other, 'POST', `/v1/templates/${template}/preview`, { body: {} }, 404, 'template-unknown'],
    ['a preview without a parameter', shop, 'POST', `/v1/templates/${strict}/preview`, { body: {} }, 422, 'parameter-missing'],
    ['a preview with a wrong parameter', shop, 'POST', `/v1/templates/${strict}/preview`, { body: { parameters: { n: 'x' } } }, 422, 'parameter-invalid'],
    ['a test to a stranger', shop, 'POST', `/v1/templates/${template}/test`, { body: { recipient: stranger.person } }, 403, 'not-enrolled'],
    ['a link that nobody made', 'anonymous', 'GET', '/v1/links/AAAA', {}, 404, 'link-invalid'],
    ['another’s template', other, 'POST', '/v1/templates', { body: { template, body: 'Hello' } }, 404, 'template-unknown'],
    ['a notification without recipients', shop, 'POST', path, notify({ recipients: [] }), 422, 'recipients-missing'],
    ['too many recipients', shop, 'POST', path, notify({ recipients: Array.from({ length: 1_001 }, () => randomUUID()) }), 413, 'too-many-recipients'],
    ['a recipient who is not enrolled', shop, 'POST', path, notify({ recipients: [stranger.person] }), 403, 'not-enrolled'],
    ['a list without a name', shop, 'POST', '/v1/lists', { body: { name: ' ' } }, 422, 'name-empty'],
    ['another’s list', other, 'POST', `/v1/lists/${list}/members`, { body: { add: [ada.person] } }, 404, 'list-unknown'],
    ['a member that is none', shop, 'POST', `/v1/lists/${list}/members`, { body: { add: ['ada'] } }, 400, 'bad-request'],
    [
      'too many members',
      shop,
      'POST',
      `/v1/lists/${list}/members`,
      { body: { add: Array.from({ length: 5_001 }, () => randomUUID()) } },
      413,
      'too-many-members',
    ],
    ['a list that nobody made, removed', shop, 'DELETE', `/v1/lists/${NOBODY}`, {}, 404, 'list-unknown'],
    ['recipients beside a list', shop, 'POST', path, notify({ list }), 422, 'recipients-or-list'],
    ['a notification to another’s list', other, 'POST', path, notify({ recipients: undefined, list }), 404, 'list-unknown'],
    ['a rate without a list', shop, 'POST', path, notify({ ratePerMinute: 60 }), 400, 'bad-request'],
    ['a rate of nobody', shop, 'POST', path, notify({ recipients: undefined, list, ratePerMinute: 0 }), 400, 'bad-request'],
    ['a pause of what goes to no list', shop, 'POST', `${path}/${asked}/pause`, {}, 409, 'not-a-campaign'],
    ['another’s notification resumed', other, 'POST', `${path}/${asked}/resume`, {}, 404, 'notification-unknown'],
    ['a notification without content', shop, 'POST', path, notify({ content: undefined }), 422, 'content-missing'],
    ['both content and a template', shop, 'POST', path, notify({ template: { template } }), 400, 'bad-request'],
    ['content of too many bytes', shop, 'POST', path, notify({ content: { body: 'ä'.repeat(40_000) } }), 413, 'content-too-large'],
    ['a link with a script', shop, 'POST', path, notify({ content: { body: 'a', url: 'javascript:alert(1)' } }), 400, 'bad-request'],
    ['an unknown version', shop, 'POST', path, notify({ content: undefined, template: { template, version: 2 } }), 404, 'template-unknown'],
    ['a time too far ahead', shop, 'POST', path, notify({ sendAt: inDays(91) }), 422, 'send-at-too-far'],
    ['a notification that expires before it is sent', shop, 'POST', path, notify({ sendAt: inDays(-2) }), 422, 'expires-before-sending'],
    ['a time without its zone', shop, 'POST', path, notify({ sendAt: '2030-01-01T00:00:00' }), 400, 'bad-request'],
    ['a malformed time', shop, 'POST', path, notify({ sendAt: 'tomorrow' }), 400, 'bad-request'],
    ['no time to live', shop, 'POST', path, notify({ ttlSeconds: 0 }), 400, 'bad-request'],
    ['an empty category', shop, 'POST', path, notify({ category: '' }), 400, 'bad-request'],
    ['an unknown channel', shop, 'POST', path, notify({ channels: ['pigeon'] }), 400, 'bad-request'],
    ['another’s notification', other, 'POST', `${path}/${asked}/cancel`, {}, 404, 'notification-unknown'],
  ];
}
