/** About schedules, and times on the clocks of recipients. */
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function schedules(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, stranger] = [await api.person(), await api.person()];
  const [shop, other, disabled] = [await api.app(ada), await api.app(), await api.app(ada)];
  await api.request('operator', 'DELETE', `/v1/apps/${disabled.app}`);
  const day = api.now().slice(0, 10);
  const notification = { recipients: [ada.person], category: 'news', content: { body: 'Hello' } };
  const rule = { rule: 'FREQ=DAILY', start: `${day}T09:00`, zone: 'Europe/Berlin' };
  const create = (changes: object): BadRequestBody => ({ body: { ...rule, notification, ...changes } });
  const request = (changes: object): BadRequestBody => ({ body: { ...notification, ...changes } });
  const { id } = (await api.request(shop, 'POST', '/v1/schedules', create({}))).body;
  const [path, preview] = ['/v1/schedules', '/v1/schedules/preview'];
  await api.request(shop, 'POST', `${path}/${id}/cancel`);
  return [
    ['a rule that is none', shop, 'POST', path, create({ rule: 'every day' }), 422, 'schedule-rule-invalid'],
    ['a rule by the hour', shop, 'POST', path, create({ rule: 'FREQ=HOURLY' }), 422, 'schedule-rule-invalid'],
    ['a rule of two lines', shop, 'POST', path, create({ rule: 'FREQ=DAILY\nX=1' }), 400, 'bad-request'],
    ['a rule that never comes round', shop, 'POST', path, create({ rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }), 409, 'schedule-over'],
    ['a rule that is over', shop, 'POST', path, create({ rule: 'FREQ=DAILY;UNTIL=20200101' }), 409, 'schedule-over'],
    ['a rule that began long ago', shop, 'POST', path, create({ start: '1970-01-01T09:00' }), 422, 'schedule-rule-invalid'],
    [
      'a moment as an end on everybody’s clock',
      shop,
      'POST',
      path,
      create({ clock: 'recipient', rule: 'FREQ=DAILY;UNTIL=20990101T000000Z' }),
      422,
      'schedule-rule-invalid',
    ],
    ['a zone of another system', shop, 'POST', path, create({ zone: 'W. Europe Standard Time' }), 422, 'time-zone-unknown'],
    ['an offset for a zone', shop, 'POST', path, create({ zone: '+01:00' }), 422, 'time-zone-unknown'],
    ['a start with an offset', shop, 'POST', path, create({ start: `${day}T09:00Z` }), 400, 'bad-request'],
    ['a start on no day', shop, 'POST', path, create({ start: '2027-02-29T09:00' }), 400, 'bad-request'],
    ['a clock that there isn’t', shop, 'POST', path, create({ clock: 'sun' }), 400, 'bad-request'],
    ['a policy that there isn’t', shop, 'POST', path, create({ missed: 'some' }), 400, 'bad-request'],
    ['a schedule without what it requests', shop, 'POST', path, { body: rule }, 400, 'bad-request'],
    ['a schedule that requests nothing', shop, 'POST', path, create({ notification: { ...notification, content: { body: ' ' } } }), 422, 'content-missing'],
    ['a schedule for nobody', shop, 'POST', path, create({ notification: { ...notification, recipients: [] } }), 422, 'recipients-missing'],
    ['a schedule for a stranger', shop, 'POST', path, create({ notification: { ...notification, recipients: [stranger.person] } }), 403, 'not-enrolled'],
    ['a schedule with a time of sending', shop, 'POST', path, create({ notification: { ...notification, sendAt: api.now() } }), 400, 'bad-request'],
    ['a schedule of a disabled app', disabled, 'POST', path, create({}), 403, 'app-disabled'],
    ['a preview of a rule that is none', shop, 'POST', preview, { body: { ...rule, rule: 'FREQ=DAILY;BYHOUR=25' } }, 422, 'schedule-rule-invalid'],
    ['a preview in no zone', shop, 'POST', preview, { body: { ...rule, zone: 'Nowhere' } }, 422, 'time-zone-unknown'],
    ['a preview of too many', shop, 'POST', preview, { body: { ...rule, limit: 51 } }, 400, 'bad-request'],
    ['a schedule that nobody made, paused', shop, 'POST', `${path}/${NOBODY}/pause`, {}, 404, 'schedule-unknown'],
    ['another’s schedule resumed', other, 'POST', `${path}/${id}/resume`, {}, 404, 'schedule-unknown'],
    ['another’s schedule cancelled', other, 'POST', `${path}/${id}/cancel`, {}, 404, 'schedule-unknown'],
    ['a cancelled schedule paused', shop, 'POST', `${path}/${id}/pause`, {}, 409, 'schedule-over'],
    ['a cancelled schedule resumed', shop, 'POST', `${path}/${id}/resume`, {}, 409, 'schedule-over'],
    ['a schedule whose id is none', shop, 'POST', `${path}/daily/pause`, {}, 400, 'bad-request'],
    [
      'a moment and a time on a clock',
      shop,
      'POST',
      '/v1/notifications',
      request({ sendAt: api.now(), sendAtLocal: { time: `${day}T09:00` } }),
      422,
      'send-at-twice',
    ],
    [
      'a time on the clock of no zone',
      shop,
      'POST',
      '/v1/notifications',
      request({ sendAtLocal: { time: `${day}T09:00`, zone: 'Nowhere' } }),
      422,
      'time-zone-unknown',
    ],
    ['a time on a clock, far ahead', shop, 'POST', '/v1/notifications', request({ sendAtLocal: { time: '2099-01-01T09:00' } }), 422, 'send-at-too-far'],
    [
      'a time on a clock that is over everywhere',
      shop,
      'POST',
      '/v1/notifications',
      request({ sendAtLocal: { time: '2020-01-01T09:00' } }),
      422,
      'expires-before-sending',
    ],
    ['a time of sending that is none', shop, 'POST', '/v1/notifications', request({ sendAt: `${day} 09:00` }), 400, 'bad-request'],
  ];
}
