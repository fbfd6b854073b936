/** Bad requests, each with the status and the code of its refusal. */
import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { v7 } from 'uuid';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { DAY_MS, plus } from '../domain/shared/instant.ts';
import { givenWriteApi, type TestCaller, type RequestOptions, type WriteApiFixture } from './test-fixture.ts';

type Case = readonly [what: string, as: TestCaller, method: string, path: string, asking: RequestOptions, status: number, code: RefusalCode];

const NOBODY = randomUUID();
const NO_POST = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

async function refusedAs(t: ExecutionContext, api: WriteApiFixture, cases: readonly Case[]) {
  for (const [what, as, method, path, asking, status, code] of cases) {
    const answer = await api.request(as, method, path, asking);
    t.deepEqual([answer.status, answer.body.code], [status, code], what);
  }
}

const text = (body: string): RequestOptions => ({ body: { text: body } });

test('requests about people, sessions, devices, contacts and preferences are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const good = { loginName: 'grace', name: 'Grace', password: 'correct horse' };
  const signUp = (changes: object): RequestOptions => ({ body: { ...good, ...changes } });
  await refusedAs(t, api, [
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
    ['a number without its country', ada, 'PUT', '/v1/me/contacts/phone', { body: { address: '030123456' } }, 400, 'bad-request'],
    ['a number as an address', ada, 'PUT', '/v1/me/contacts/email', { body: { address: '+4930123456' } }, 400, 'bad-request'],
    ['an unknown kind of contact', ada, 'PUT', '/v1/me/contacts/fax', { body: { address: '+4930123456' } }, 400, 'bad-request'],
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
  ]);
});

test('requests about friends and relationships are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, bob);
  const { id: open } = (await api.request(ada, 'POST', '/v1/friend-requests', { body: { person: eve.person } })).body;
  const blocker = await api.person();
  await api.request(blocker, 'PUT', `/v1/me/blocks/${ada.person}`);
  const gone = await api.person();
  await api.request(gone, 'DELETE', '/v1/me');
  const request = (person: string): RequestOptions => ({ body: { person } });
  await refusedAs(t, api, [
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
  ]);
});

test('requests about posts are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const publish = async () => (await api.request(ada, 'POST', '/v1/me/feed', text('Hello'))).body.id;
  const [post, deleted] = [await publish(), await publish()];
  await api.request(ada, 'DELETE', `/v1/posts/${deleted}`);
  await refusedAs(t, api, [
    ['an empty post', ada, 'POST', '/v1/me/feed', text(' \n'), 422, 'post-empty'],
    ['a post too long', ada, 'POST', '/v1/me/feed', text('a'.repeat(10_001)), 413, 'post-too-long'],
    ['a post far too long', ada, 'POST', '/v1/me/feed', text('a'.repeat(300_000)), 413, 'body-too-large'],
    ['half a surrogate pair', ada, 'POST', '/v1/me/feed', { raw: '{"text":"\\ud83d"}' }, 422, 'text-malformed'],
    ['a reply to an unknown post', ada, 'POST', '/v1/me/feed', { body: { text: 'a', replyTo: NO_POST } }, 404, 'post-unknown'],
    ['a reply to a deleted post', ada, 'POST', '/v1/me/feed', { body: { text: 'a', replyTo: deleted } }, 404, 'post-unknown'],
    ['an id in small letters', ada, 'PATCH', `/v1/posts/${post.toLowerCase()}`, text('a'), 400, 'bad-request'],
    ['another’s post edited', bob, 'PATCH', `/v1/posts/${post}`, text('a'), 403, 'not-the-author'],
    ['another’s post deleted', bob, 'DELETE', `/v1/posts/${post}`, {}, 403, 'not-the-author'],
    ['a deleted post edited', ada, 'PATCH', `/v1/posts/${deleted}`, text('a'), 409, 'post-deleted'],
    ['a deleted post liked', bob, 'PUT', `/v1/posts/${deleted}/like`, {}, 404, 'post-unknown'],
    ['an unknown post liked', bob, 'PUT', `/v1/posts/${NO_POST}/like`, {}, 404, 'post-unknown'],
    ['the right digest at another time', bob, 'PUT', `/v1/posts/0000000000${post.slice(10)}/like`, {}, 404, 'post-unknown'],
  ]);
});

test('requests about channels and messages are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, bob);
  const direct = await api.direct(ada, bob);
  const { id: group } = (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [bob.person] } })).body;
  for (const said of ['one', 'two']) await api.request(ada, 'POST', `/v1/channels/${direct}/messages`, text(said));
  await api.request(ada, 'DELETE', `/v1/channels/${direct}/messages/1`);
  const messages = `/v1/channels/${direct}/messages`;
  const open = (body: object): RequestOptions => ({ body });
  const crowd = Array.from({ length: 100 }, () => randomUUID());
  await refusedAs(t, api, [
    ['a channel without a kind', ada, 'POST', '/v1/channels', open({ members: [bob.person] }), 400, 'bad-request'],
    ['a direct channel of three', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [bob.person, eve.person] }), 400, 'bad-request'],
    ['a direct channel with oneself', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [ada.person] }), 422, 'self-not-allowed'],
    ['a direct channel with an unknown person', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [NOBODY] }), 404, 'person-unknown'],
    ['a direct channel with a title', ada, 'POST', '/v1/channels', open({ kind: 'direct', members: [bob.person], title: 'Us' }), 400, 'bad-request'],
    ['a group of too many', ada, 'POST', '/v1/channels', open({ kind: 'group', members: crowd }), 409, 'channel-full'],
    ['a group with an empty title', ada, 'POST', '/v1/channels', open({ kind: 'group', members: [], title: ' ' }), 422, 'title-empty'],
    ['a title too long', ada, 'PATCH', `/v1/channels/${group}`, open({ title: 'a'.repeat(101) }), 413, 'title-too-long'],
    ['a title for a direct channel', ada, 'PATCH', `/v1/channels/${direct}`, open({ title: 'Us' }), 409, 'not-a-group'],
    ['a third member for a direct channel', ada, 'PUT', `/v1/channels/${direct}/members/${eve.person}`, {}, 409, 'not-a-group'],
    ['adding oneself to a group', eve, 'PUT', `/v1/channels/${group}/members/${eve.person}`, {}, 404, 'channel-unknown'],
    ['accepting an invitation that nobody made', eve, 'POST', `/v1/me/invitations/${group}/accept`, {}, 404, 'invitation-unknown'],
    ['refusing an invitation to an unknown group', eve, 'POST', `/v1/me/invitations/${NOBODY}/refuse`, {}, 404, 'invitation-unknown'],
    ['accepting a message request between others', eve, 'POST', `/v1/me/message-requests/${direct}/accept`, {}, 404, 'message-request-unknown'],
    ['refusing a message request that is none', bob, 'POST', `/v1/me/message-requests/${direct}/refuse`, {}, 404, 'message-request-unknown'],
    ['removing a member without owning the group', bob, 'DELETE', `/v1/channels/${group}/members/${ada.person}`, {}, 403, 'not-the-owner'],
    ['an unknown channel', ada, 'POST', `/v1/channels/${NOBODY}/messages`, text('a'), 404, 'channel-unknown'],
    ['posting in a channel of others', eve, 'POST', messages, text('a'), 404, 'channel-unknown'],
    ['an empty message', ada, 'POST', messages, text('  '), 422, 'message-empty'],
    ['a message too long', ada, 'POST', messages, text('a'.repeat(100_001)), 413, 'message-too-long'],
    ['a reply to an unknown message', ada, 'POST', messages, { body: { text: 'a', replyTo: 99 } }, 404, 'message-unknown'],
    ['a seq that is a space', ada, 'PATCH', `${messages}/%20`, text('a'), 400, 'bad-request'],
    ['a seq in hexadecimal', ada, 'DELETE', `${messages}/0x0`, {}, 400, 'bad-request'],
    ['a negative seq', ada, 'POST', messages, { body: { text: 'a', replyTo: -1 } }, 400, 'bad-request'],
    ['another’s message edited', bob, 'PATCH', `${messages}/0`, text('a'), 403, 'not-the-sender'],
    ['a withdrawn message edited', ada, 'PATCH', `${messages}/1`, text('a'), 409, 'message-withdrawn'],
    ['a seq that is no number', ada, 'PATCH', `${messages}/one`, text('a'), 400, 'bad-request'],
    ['a word as a reaction', ada, 'PUT', `${messages}/0/reactions/yes`, {}, 422, 'emoji-invalid'],
    ['a read receipt beyond the last message', ada, 'PUT', `/v1/channels/${direct}/read`, { body: { seq: 99 } }, 404, 'message-unknown'],
    ['a read receipt in a channel of others', eve, 'PUT', `/v1/channels/${direct}/read`, { body: { seq: 0 } }, 404, 'channel-unknown'],
    ['muting a channel of others', eve, 'PUT', `/v1/channels/${direct}/mute`, {}, 404, 'channel-unknown'],
  ]);
  await api.request(bob, 'PUT', `/v1/me/blocks/${ada.person}`);
  await refusedAs(t, api, [['a message to a person who has blocked the sender', ada, 'POST', messages, text('a'), 403, 'blocked']]);
});

test('a message of the longest length is accepted, however its characters are escaped', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const path = `/v1/channels/${await api.direct(ada, bob)}/messages`;
  t.is((await api.request(ada, 'POST', path, { raw: `{"text":"${'\\ud83d\\ude00'.repeat(100_000)}"}` })).status, 201);
});

test('requests about apps, templates and notifications are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const [ada, stranger] = [await api.person(), await api.person()];
  const [shop, other, disabled] = [await api.app(ada), await api.app(), await api.app(ada)];
  await api.request('operator', 'DELETE', `/v1/apps/${disabled.app}`);
  const { id: template } = (await api.request(shop, 'POST', '/v1/templates', { body: { body: 'Hello' } })).body;
  const { id: asked } = (await api.request(shop, 'POST', '/v1/notifications', { body: { recipients: [ada.person], category: 'a', content: { body: 'a' } } }))
    .body;
  const notify = (changes: object): RequestOptions => ({ body: { recipients: [ada.person], category: 'news', content: { body: 'Hello' }, ...changes } });
  const path = '/v1/notifications';
  const inDays = (days: number) => plus(api.commands.now, days * DAY_MS);
  await refusedAs(t, api, [
    ['an app without a name', 'operator', 'POST', '/v1/apps', { body: { name: '' } }, 422, 'name-empty'],
    ['a secret for an unknown app', 'operator', 'POST', `/v1/apps/${NOBODY}/secret`, {}, 404, 'app-unknown'],
    ['an unknown app disabled', 'operator', 'DELETE', `/v1/apps/${NOBODY}`, {}, 404, 'app-unknown'],
    ['a sender of no form', 'operator', 'PUT', `/v1/apps/${shop.app}/sender-identity`, { body: { sms: { from: '?' } } }, 422, 'sender-identity-invalid'],
    ['a secret for a disabled app', 'operator', 'POST', `/v1/apps/${disabled.app}/secret`, {}, 403, 'app-disabled'],
    ['a disabled app', disabled, 'POST', path, notify({}), 403, 'app-disabled'],
    ['a template that does not parse', shop, 'POST', '/v1/templates', { body: { body: 'Hello {{ name' } }, 422, 'template-invalid'],
    ['an empty template', shop, 'POST', '/v1/templates', { body: { body: ' ' } }, 422, 'template-invalid'],
    ['another’s template', other, 'POST', '/v1/templates', { body: { template, body: 'Hello' } }, 404, 'template-unknown'],
    ['a notification without recipients', shop, 'POST', path, notify({ recipients: [] }), 422, 'recipients-missing'],
    ['too many recipients', shop, 'POST', path, notify({ recipients: Array.from({ length: 1_001 }, () => randomUUID()) }), 413, 'too-many-recipients'],
    ['a recipient who is not enrolled', shop, 'POST', path, notify({ recipients: [stranger.person] }), 403, 'not-enrolled'],
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
  ]);
});

test('bad keys and positions are refused with their codes', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const keyed = (key: string, body = 'Hello'): RequestOptions => ({ ...text(body), headers: { 'idempotency-key': key } });
  const at = (ms: number) => v7({ msecs: Date.parse(api.commands.now) + ms });
  t.is((await api.request(ada, 'POST', '/v1/me/feed', keyed('mine'))).status, 201);
  await refusedAs(t, api, [
    ['the same key for another request', ada, 'POST', '/v1/me/feed', keyed('mine', 'Goodbye'), 409, 'idempotency-key-reused'],
    ['a key of last month', ada, 'POST', '/v1/me/feed', keyed(at(-8 * DAY_MS)), 409, 'command-expired'],
    ['a key of tomorrow', ada, 'POST', '/v1/me/feed', keyed(at(DAY_MS)), 409, 'clock-skew'],
    ['a key with spaces', ada, 'POST', '/v1/me/feed', keyed('my key'), 400, 'bad-request'],
    ['a key too long', ada, 'POST', '/v1/me/feed', keyed('k'.repeat(256)), 400, 'bad-request'],
    ['a malformed position', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'min-position': 'latest' } }, 400, 'position-invalid'],
    ['another malformed position', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'tidings-position': '1.2.3' } }, 400, 'position-invalid'],
    ['a position too long', ada, 'POST', '/v1/me/feed', { ...text('a'), headers: { 'tidings-position': '0.1_'.repeat(200) } }, 400, 'bad-request'],
  ]);
});
