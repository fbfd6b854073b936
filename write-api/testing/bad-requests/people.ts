/** About people, and what they are to one another. */
import { NOBODY, type BadRequest, type BadRequestBody, type BadRequestsApi } from './bad-request.ts';

export async function people(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const ada = await api.person();
  const good = { loginName: 'grace', name: 'Grace', password: 'correct horse' };
  const signUp = (changes: object): BadRequestBody => ({ body: { ...good, ...changes } });
  return [
    ['a login name that is taken', 'anonymous', 'POST', '/v1/people', signUp({ loginName: ada.loginName }), 409, 'login-taken'],
    ['the same in capitals', 'anonymous', 'POST', '/v1/people', signUp({ loginName: ` ${ada.loginName.toUpperCase()}` }), 409, 'login-taken'],
    ['a blank login name', 'anonymous', 'POST', '/v1/people', signUp({ loginName: '  ' }), 400, 'bad-request'],
    ['a login name too long', 'anonymous', 'POST', '/v1/people', signUp({ loginName: 'a'.repeat(201) }), 400, 'bad-request'],
    [
      'a login name with half a character',
      'anonymous',
      'POST',
      '/v1/people',
      { raw: JSON.stringify({ ...good, loginName: 'x' }).replace('"x"', '"\\ud800"') },
      400,
      'bad-request',
    ],
    ['a password too short', 'anonymous', 'POST', '/v1/people', signUp({ password: '1234567' }), 400, 'bad-request'],
    ['a blank name', 'anonymous', 'POST', '/v1/people', signUp({ name: ' ' }), 422, 'name-empty'],
    ['a name too long', 'anonymous', 'POST', '/v1/people', signUp({ loginName: 'long', name: 'a'.repeat(101) }), 413, 'name-too-long'],
    ['a wrong password', 'anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'wrong horse' } }, 401, 'login-failed'],
    ['an unknown login name', 'anonymous', 'POST', '/v1/sessions', { body: { loginName: 'nobody', password: 'correct horse' } }, 401, 'login-failed'],
    ['a malformed device id', 'anonymous', 'POST', '/v1/sessions', { body: { loginName: 'a', password: 'b', device: 'my phone' } }, 400, 'bad-request'],
    ['somebody unknown erased', 'operator', 'DELETE', `/v1/people/${NOBODY}`, {}, 404, 'person-unknown'],
    ['a person erased for no reason', 'operator', 'DELETE', `/v1/people/${ada.person}`, { headers: { 'tidings-reason': '' } }, 422, 'reason-missing'],
    [
      'a person erased for a long reason',
      'operator',
      'DELETE',
      `/v1/people/${ada.person}`,
      { headers: { 'tidings-reason': 'a'.repeat(1_001) } },
      413,
      'reason-too-long',
    ],
    ['a profile without changes', ada, 'PATCH', '/v1/me', { body: {} }, 400, 'bad-request'],
    ['an unknown time zone', ada, 'PATCH', '/v1/me', { body: { timeZone: 'Mars/Olympus' } }, 422, 'time-zone-unknown'],
    ['a language nobody speaks', ada, 'PATCH', '/v1/me', { body: { language: 'no language' } }, 422, 'language-unknown'],
    ['an unknown country', ada, 'PATCH', '/v1/me', { body: { country: 'ZZ' } }, 422, 'country-unknown'],
    ['a text about oneself too long', ada, 'PATCH', '/v1/me', { body: { about: 'a'.repeat(1_001) } }, 413, 'about-too-long'],
    ['half a character in a name', ada, 'PATCH', '/v1/me', { raw: '{"name":"a\\udc00"}' }, 422, 'text-malformed'],
    ['an unknown platform', ada, 'PUT', '/v1/me/devices/phone', { body: { platform: 'pager', token: 'a' } }, 400, 'bad-request'],
    ['an empty token', ada, 'PUT', '/v1/me/devices/phone', { body: { platform: 'fcm', token: '' } }, 400, 'bad-request'],
    ['a device with a slash', ada, 'PUT', '/v1/me/devices/a%2Fb', { body: { platform: 'fcm', token: 'a' } }, 400, 'bad-request'],
    ['a malformed address', ada, 'PUT', '/v1/me/contacts/email', { body: { address: 'ada at example.org' } }, 400, 'bad-request'],
    ['a number without its country', ada, 'PUT', '/v1/me/contacts/phone', { body: { address: '030123456' } }, 422, 'phone-number-invalid'],
    ['a number as an address', ada, 'PUT', '/v1/me/contacts/email', { body: { address: '+4930123456' } }, 400, 'bad-request'],
    ['an unknown kind of contact', ada, 'PUT', '/v1/me/contacts/fax', { body: { address: '+4930123456' } }, 400, 'bad-request'],
    [
      'a digest of no minutes',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { digests: [{ category: 'a', channel: '*', rule: { kind: 'after-first', minutes: 0 } }] } },
      400,
      'bad-request',
    ],
    [
      'a digest at no time of day',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { digests: [{ category: 'a', channel: '*', rule: { kind: 'time-of-day', time: '24:00' } }] } },
      422,
      'digest-invalid',
    ],
    [
      'a choice for an unknown app',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { choices: [{ app: NOBODY, category: 'a', channel: '*', wanted: false }] } },
      404,
      'app-unknown',
    ],
    ['an enrolment with an unknown app', ada, 'PUT', '/v1/me/preferences', { body: { apps: [{ app: NOBODY, enrolled: true }] } }, 404, 'app-unknown'],
    [
      'an opt-out of what must be told',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { choices: [{ category: 'Account-Security', channel: 'push', wanted: false }] } },
      409,
      'category-mandatory',
    ],
    ['preferences without changes', ada, 'PUT', '/v1/me/preferences', { body: { choices: [] } }, 400, 'bad-request'],
    [
      'a channel that is not there',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { choices: [{ category: 'a', channel: 'fax', wanted: true }] } },
      400,
      'bad-request',
    ],
    [
      'quiet hours nowhere',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { quietHours: { zone: '+02:00', from: '22:00', until: '07:00' } } },
      422,
      'time-zone-unknown',
    ],
    [
      'quiet hours of no day',
      ada,
      'PUT',
      '/v1/me/preferences',
      { body: { quietHours: { zone: 'UTC', from: '24:00', until: '07:00' } } },
      422,
      'quiet-hours-invalid',
    ],
    ['an unknown app', ada, 'PUT', `/v1/me/apps/${NOBODY}`, {}, 404, 'app-unknown'],
    ['a privacy without changes', ada, 'PATCH', '/v1/me/privacy', { body: {} }, 400, 'bad-request'],
    ['presence for strangers alone', ada, 'PATCH', '/v1/me/privacy', { body: { presence: 'strangers' } }, 400, 'bad-request'],
  ];
}

export async function relationships(api: BadRequestsApi): Promise<readonly BadRequest[]> {
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, bob);
  const { id: open } = (await api.request(ada, 'POST', '/v1/friend-requests', { body: { person: eve.person } })).body;
  const blocker = await api.person();
  await api.request(blocker, 'PUT', `/v1/me/blocks/${ada.person}`);
  const gone = await api.person();
  await api.request(gone, 'DELETE', '/v1/me');
  const request = (person: string): BadRequestBody => ({ body: { person } });
  return [
    ['oneself as a friend', ada, 'POST', '/v1/friend-requests', request(ada.person), 422, 'self-not-allowed'],
    ['an unknown person as a friend', ada, 'POST', '/v1/friend-requests', request(NOBODY), 404, 'person-unknown'],
    ['an erased person as a friend', ada, 'POST', '/v1/friend-requests', request(gone.person), 409, 'person-erased'],
    ['a friend as a friend', ada, 'POST', '/v1/friend-requests', request(bob.person), 409, 'already-friends'],
    ['a person with an open request to the caller', eve, 'POST', '/v1/friend-requests', request(ada.person), 409, 'friend-request-pending'],
    ['a person who has blocked the caller', ada, 'POST', '/v1/friend-requests', request(blocker.person), 403, 'blocked'],
    ['a malformed person id', ada, 'POST', '/v1/friend-requests', request('ada'), 400, 'bad-request'],
    ['accepting one’s own request', ada, 'POST', `/v1/friend-requests/${open}/accept`, {}, 403, 'not-the-recipient'],
    ['withdrawing another’s request', eve, 'POST', `/v1/friend-requests/${open}/withdraw`, {}, 403, 'not-the-requester'],
    ['accepting a request between others', bob, 'POST', `/v1/friend-requests/${open}/accept`, {}, 404, 'friend-request-unknown'],
    ['a request in the wrong order', eve, 'POST', `/v1/friend-requests/${open.split(':').toReversed().join(':')}/accept`, {}, 404, 'friend-request-unknown'],
    ['a request of oneself', ada, 'POST', `/v1/friend-requests/${ada.person}:${ada.person}/accept`, {}, 404, 'friend-request-unknown'],
    ['a truncated request id', eve, 'POST', `/v1/friend-requests/${ada.person}/accept`, {}, 400, 'bad-request'],
    ['an unknown action', eve, 'POST', `/v1/friend-requests/${open}/ignore`, {}, 404, 'route-unknown'],
    ['removing a stranger from the friends', ada, 'DELETE', `/v1/me/friends/${eve.person}`, {}, 403, 'not-a-friend'],
    ['following oneself', ada, 'PUT', `/v1/me/follows/${ada.person}`, {}, 422, 'self-not-allowed'],
    ['following an unknown person', ada, 'PUT', `/v1/me/follows/${NOBODY}`, {}, 404, 'person-unknown'],
    ['following a person who has blocked the caller', ada, 'PUT', `/v1/me/follows/${blocker.person}`, {}, 403, 'blocked'],
    ['a body where none is taken', ada, 'PUT', `/v1/me/follows/${bob.person}`, { body: { loud: true } }, 400, 'bad-request'],
  ];
}
