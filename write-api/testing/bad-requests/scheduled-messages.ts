/** About messages that are to be sent later. */
import { DAY_MS, instant, plus } from '../../../domain/shared/instant.ts';
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function scheduledMessages(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob] = [await api.person(), await api.person()];
  const now = instant(Date.now());
  const later = (body: object = {}): BadRequestBody => ({ body: { text: 'a', sendAt: plus(now, DAY_MS), ...body } });
  const channel = (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [], title: 'a' } })).body.id;
  const all = `/v1/channels/${channel}/scheduled-messages`;
  const mine = `${all}/${(await api.request(ada, 'POST', all, later({ text: 'mine' }))).body.id}`;
  return [
    ['a scheduled message without a time', ada, 'POST', all, { body: { text: 'a' } }, 400, 'bad-request'],
    ['a scheduled message at no time', ada, 'POST', all, later({ sendAt: 'tomorrow' }), 400, 'bad-request'],
    ['a scheduled message in the past', ada, 'POST', all, later({ sendAt: plus(now, -DAY_MS) }), 422, 'message-send-at-out-of-range'],
    ['a scheduled message with nothing', ada, 'POST', all, later({ text: '' }), 422, 'message-empty'],
    ['a scheduled reply to an unknown message', ada, 'POST', all, later({ replyTo: 9 }), 404, 'message-unknown'],
    ['a scheduled message with a picture that there isn’t', ada, 'POST', all, later({ media: [{ media: NOBODY }] }), 404, 'media-unknown'],
    ['a message scheduled in a channel of others', bob, 'POST', all, later(), 404, 'channel-unknown'],
    ['a scheduled message changed that there isn’t', ada, 'PUT', `${all}/${NOBODY}`, later(), 404, 'scheduled-message-unknown'],
    ['another’s scheduled message cancelled', bob, 'DELETE', mine, {}, 404, 'scheduled-message-unknown'],
    ['a scheduled message by no id', ada, 'DELETE', `${all}/later`, {}, 400, 'bad-request'],
  ];
}
