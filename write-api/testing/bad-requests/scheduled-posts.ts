/** About posts that are to be published later. */
import { DAY_MS, instant, plus } from '../../../domain/shared/instant.ts';
import { NOBODY, NO_POST, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function scheduledPosts(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob] = [await api.person(), await api.person()];
  const now = instant(Date.now());
  const later = (body: object = {}): BadRequestBody => ({ body: { text: 'a', publishAt: plus(now, DAY_MS), ...body } });
  const all = '/v1/me/scheduled-posts';
  const mine = `${all}/${(await api.request(ada, 'POST', all, later({ text: 'mine' }))).body.id}`;
  return [
    ['a scheduled post without a time', ada, 'POST', all, { body: { text: 'a' } }, 400, 'bad-request'],
    ['a scheduled post at no time', ada, 'POST', all, later({ publishAt: 'tomorrow' }), 400, 'bad-request'],
    ['a scheduled post in the past', ada, 'POST', all, later({ publishAt: plus(now, -DAY_MS) }), 422, 'publish-at-out-of-range'],
    ['a scheduled post in two years', ada, 'POST', all, later({ publishAt: plus(now, 730 * DAY_MS) }), 422, 'publish-at-out-of-range'],
    ['a scheduled post with nothing', ada, 'POST', all, later({ text: '' }), 422, 'post-empty'],
    ['a scheduled reply to an unknown post', ada, 'POST', all, later({ replyTo: NO_POST }), 404, 'post-unknown'],
    ['a scheduled post with a picture that there isn’t', ada, 'POST', all, later({ media: [{ media: NOBODY }] }), 404, 'media-unknown'],
    ['a scheduled post changed that there isn’t', ada, 'PUT', `${all}/${NOBODY}`, later(), 404, 'scheduled-post-unknown'],
    ['another’s scheduled post changed', bob, 'PUT', mine, later({ text: 'b' }), 404, 'scheduled-post-unknown'],
    ['another’s scheduled post cancelled', bob, 'DELETE', mine, {}, 404, 'scheduled-post-unknown'],
    ['a scheduled post by no id', ada, 'DELETE', `${all}/later`, {}, 400, 'bad-request'],
  ];
}
