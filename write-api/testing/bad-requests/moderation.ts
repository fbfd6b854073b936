/** About reports and appeals. */
import { NOBODY, type BadRequest, type BadRequestsApi } from './bad-request.ts';

const NO_POST = '01JZ3V8C9KQ4N7T2W5X6Y8ZABC';

export async function moderation(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const shop = await api.app(ada);
  const report = (subject: object, changes: object = {}) => ({ body: { subject, violation: 'spam', ...changes } });
  const me = { kind: 'person', person: ada.person };
  return [
    ['a report of a post that isn’t there', ada, 'POST', '/v1/reports', report({ kind: 'post', post: NO_POST }), 404, 'post-unknown'],
    ['a report of a picture of no post', ada, 'POST', '/v1/reports', report({ kind: 'media', post: NO_POST, media: 0 }), 404, 'post-unknown'],
    ['a report of a message elsewhere', ada, 'POST', '/v1/reports', report({ kind: 'message', channel: NOBODY, message: 0 }), 404, 'channel-unknown'],
    ['a report of nobody', ada, 'POST', '/v1/reports', report({ kind: 'person', person: NOBODY }), 404, 'person-unknown'],
    ['a report of oneself', ada, 'POST', '/v1/reports', report(me), 422, 'self-not-allowed'],
    ['a report of a place below 0', ada, 'POST', '/v1/reports', report({ kind: 'media', post: NO_POST, media: -1 }), 400, 'bad-request'],
    ['a report of something unknown', ada, 'POST', '/v1/reports', report({ kind: 'app', app: NOBODY }), 400, 'bad-request'],
    ['a report for no known reason', ada, 'POST', '/v1/reports', report(me, { violation: 'boring' }), 400, 'bad-request'],
    ['a report by an app', shop, 'POST', '/v1/reports', report(me), 403, 'forbidden'],
    ['a report by nobody', 'anonymous', 'POST', '/v1/reports', report(me), 401, 'token-missing'],
    ['an appeal against nothing', ada, 'POST', '/v1/me/appeals', { body: { text: 'Why?' } }, 409, 'nothing-to-appeal'],
    ['an appeal for a post that isn’t there', ada, 'POST', '/v1/me/appeals', { body: { post: NO_POST, text: 'Why?' } }, 409, 'nothing-to-appeal'],
    ['an appeal without a text', ada, 'POST', '/v1/me/appeals', { body: {} }, 400, 'bad-request'],
    ['an appeal by an app', shop, 'POST', '/v1/me/appeals', { body: { text: 'Why?' } }, 403, 'forbidden'],
  ];
}
