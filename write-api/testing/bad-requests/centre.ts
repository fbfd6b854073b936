/** About the notification centre. */
import { NOBODY, type BadRequest, type BadRequestsApi } from './bad-request.ts';

export async function centre(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const shop = await api.app(ada);
  const unknown = `/v1/me/notifications/${NOBODY}`;
  const upTo = api.now();
  return [
    ['an unknown notification read', ada, 'PUT', `${unknown}/read`, {}, 404, 'notification-unknown'],
    ['an unknown notification unread', ada, 'DELETE', `${unknown}/read`, {}, 404, 'notification-unknown'],
    ['an unknown notification archived', ada, 'PUT', `${unknown}/archived`, {}, 404, 'notification-unknown'],
    ['an unknown notification out of the archive', ada, 'DELETE', `${unknown}/archived`, {}, 404, 'notification-unknown'],
    ['a malformed notification id', ada, 'PUT', '/v1/me/notifications/7/read', {}, 400, 'bad-request'],
    ['a marking with fields', ada, 'PUT', `${unknown}/read`, { body: { at: upTo } }, 400, 'bad-request'],
    ['an app that reads', shop, 'PUT', `${unknown}/read`, {}, 403, 'forbidden'],
    ['seen until no time', ada, 'POST', '/v1/me/notifications/seen', { body: {} }, 400, 'bad-request'],
    ['seen until a word', ada, 'POST', '/v1/me/notifications/seen', { body: { upTo: 'now' } }, 400, 'bad-request'],
    ['seen of a category', ada, 'POST', '/v1/me/notifications/seen', { body: { upTo, category: 'news' } }, 400, 'bad-request'],
    ['read of two lines', ada, 'POST', '/v1/me/notifications/read', { body: { upTo, category: 'a\nb' } }, 400, 'bad-request'],
    ['read of no category', ada, 'POST', '/v1/me/notifications/read', { body: { upTo, category: '' } }, 400, 'bad-request'],
    ['a ticket for an app', shop, 'POST', '/v1/me/live-tickets', {}, 403, 'forbidden'],
    ['a ticket for nobody', 'anonymous', 'POST', '/v1/me/live-tickets', {}, 401, 'token-missing'],
  ];
}
