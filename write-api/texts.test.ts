/** Texts are judged as people see them, whichever route they come by. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { RefusalCode } from '../domain/shared/refusals.ts';
import { givenWriteApi, type LoggedInPerson, type TestCaller, type WriteApiFixture } from './test-fixture.ts';

let api: WriteApiFixture;
let ada: LoggedInPerson;
let shop: Awaited<ReturnType<WriteApiFixture['app']>>;
let group: string;
let post: string;
let channel: string;

test.before(async () => {
  api = await givenWriteApi();
  const [one, bob] = [await api.person(), await api.person()];
  ada = one;
  await api.friends(ada, bob);
  shop = await api.app(ada);
  const opened = { kind: 'group', members: [bob.person] };
  group = `/v1/channels/${(await api.request(ada, 'POST', '/v1/channels', { body: opened })).body.id}`;
  channel = `/v1/channels/${await api.direct(ada, bob)}/messages`;
  await api.request(ada, 'POST', channel, { body: { text: 'Hello' } });
  post = `/v1/posts/${(await api.request(ada, 'POST', '/v1/me/feed', { body: { text: 'Hello' } })).body.id}`;
});
test.after.always(() => api[Symbol.asyncDispose]());

type Place = { readonly as: () => TestCaller; readonly method: string; readonly path: () => string; readonly body: (text: string) => object };
type Blank = RefusalCode | 'taken';

const notify = (content: object) => ({ recipients: [ada.person], category: 'orders', content });

const ONE_LINE: Readonly<Record<string, Place & { readonly blank: Blank }>> = {
  'the name of a new person': {
    as: () => 'anonymous',
    method: 'POST',
    path: () => '/v1/people',
    body: (name) => ({ loginName: randomUUID(), name, password: 'correct horse' }),
    blank: 'name-empty',
  },
  'a login name': {
    as: () => 'anonymous',
    method: 'POST',
    path: () => '/v1/people',
    body: (loginName) => ({ loginName, name: 'Ada', password: 'correct horse' }),
    blank: 'bad-request',
  },
  'a name': { as: () => ada, method: 'PATCH', path: () => '/v1/me', body: (name) => ({ name }), blank: 'name-empty' },
  'the title of a new group': {
    as: () => ada,
    method: 'POST',
    path: () => '/v1/channels',
    body: (title) => ({ kind: 'group', members: [], title }),
    blank: 'title-empty',
  },
  'the title of a group': { as: () => ada, method: 'PATCH', path: () => group, body: (title) => ({ title }), blank: 'title-empty' },
  'the name of an app': { as: () => 'operator', method: 'POST', path: () => '/v1/apps', body: (name) => ({ name }), blank: 'name-empty' },
  'the title of a notification': {
    as: () => shop,
    method: 'POST',
    path: () => '/v1/notifications',
    body: (title) => notify({ title, body: 'x' }),
    blank: 'title-empty',
  },
  'a category': {
    as: () => shop,
    method: 'POST',
    path: () => '/v1/notifications',
    body: (category) => ({ ...notify({ body: 'x' }), category }),
    blank: 'bad-request',
  },
  'a collapse key': {
    as: () => shop,
    method: 'POST',
    path: () => '/v1/notifications',
    body: (collapseKey) => ({ ...notify({ body: 'x' }), collapseKey }),
    blank: 'bad-request',
  },
  'a push token': { as: () => ada, method: 'PUT', path: () => '/v1/me/devices/phone', body: (token) => ({ platform: 'fcm', token }), blank: 'bad-request' },
};

const MANY_LINES: Readonly<Record<string, Place & { readonly blank: Blank }>> = {
  'a message': { as: () => ada, method: 'POST', path: () => channel, body: (text) => ({ text }), blank: 'message-empty' },
  'a message that is edited': { as: () => ada, method: 'PATCH', path: () => `${channel}/0`, body: (text) => ({ text }), blank: 'message-empty' },
  'a post': { as: () => ada, method: 'POST', path: () => '/v1/me/feed', body: (text) => ({ text }), blank: 'post-empty' },
  'a post that is edited': { as: () => ada, method: 'PATCH', path: () => post, body: (text) => ({ text }), blank: 'post-empty' },
  'a text about oneself': { as: () => ada, method: 'PATCH', path: () => '/v1/me', body: (about) => ({ about }), blank: 'taken' },
  'the body of a notification': { as: () => shop, method: 'POST', path: () => '/v1/notifications', body: (body) => notify({ body }), blank: 'content-missing' },
  'the body of a template': { as: () => shop, method: 'POST', path: () => '/v1/templates', body: (body) => ({ body }), blank: 'template-invalid' },
};

const BLANK = ['', ' \u00a0', '\u200b', '\u2060', '\u3164', '\uffa0', '\u2800', '\u00ad', '\u200d\u200d', '\u200e', '\u{e0041}', '\u034f', '\u0301'];
const LINES = ['Bank\r\nsupport', 'Bank\u2028support', 'Bank\u0085support', 'Bank\u001b[2Jsupport', 'Bank\u009b2Jsupport'];
const TURNING = ['Eve \u202egnp.toidi', '\u2067Eve', '\u202bEve'];
const FINE = ['می\u200cخواهم', '👨‍👩‍👧', '\u200fשלום', 'O’Brien', '한글', '\u2068Ann\u2069'];

const ask = async ({ as, method, path, body }: Place, text: string) => {
  const { status, body: answer } = await api.request(as(), method, path(), { body: body(text) });
  return status < 300 ? 'taken' : answer.code;
};

for (const [name, place] of Object.entries({ ...ONE_LINE, ...MANY_LINES })) {
  test(`${name} is refused where nobody would see anything of it, and taken in every script`, async (t) => {
    for (const text of BLANK) t.is(await ask(place, text), place.blank, JSON.stringify(text));
    for (const text of name === 'a login name' ? ['Łukasz', `${randomUUID()}\u200cخ`] : FINE) t.is(await ask(place, text), 'taken', text);
  });
}

for (const [name, place] of Object.entries(ONE_LINE)) {
  test(`${name} is one line that turns no direction`, async (t) => {
    const at = place.blank === 'bad-request';
    for (const text of LINES) t.is(await ask(place, text), at ? 'bad-request' : 'text-not-one-line', JSON.stringify(text));
    for (const text of TURNING) t.is(await ask(place, text), at ? 'bad-request' : 'text-turns-direction', JSON.stringify(text));
  });
}

for (const [name, place] of Object.entries(MANY_LINES)) {
  test(`${name} may have many lines`, async (t) => t.is(await ask(place, 'one\r\n\ttwo\n\u2067שלום'), 'taken'));
}

test('a notification from a template is refused by the name of the parameter that it lacks, and where it renders to nothing', async (t) => {
  const { id: template } = (await api.request(shop, 'POST', '/v1/templates', { body: { title: 'Hello {{ name }}', body: '{{ boat }} is {{ state }}' } })).body;
  const request = (parameters: object, version = 1) =>
    api.request(shop, 'POST', '/v1/notifications', { body: { recipients: [ada.person], category: 'boats', template: { template, version }, parameters } });
  t.like(await request({ name: 'Ada', boat: 'Anna' }), { status: 422, body: { code: 'parameter-missing', facts: { parameter: 'state' } } });
  t.like(await request({ boat: 'Anna', state: 'ready' }), { status: 422, body: { code: 'parameter-missing', facts: { parameter: 'name' } } });
  t.is((await request({ name: 'Ada\r\nBcc: eve@example.org', boat: 'Anna', state: 'ready' })).status, 201);
  await api.request(shop, 'POST', '/v1/templates', { body: { template, body: '{{ boat }}' } });
  t.like(await request({ boat: ' \u200b' }, 2), { status: 422, body: { code: 'content-missing' } });
});

test('an address that a tap opens has no space and no control, and is short as it is sent', async (t) => {
  const urls = ['https://example.org/a b', 'https://example.org/\u0085', `https://example.org/${'한'.repeat(300)}`, 'mailto:a@example.org', 'example.org'];
  for (const url of urls)
    t.is(await ask({ as: () => shop, method: 'POST', path: () => '/v1/notifications', body: () => notify({ body: 'x', url }) }, ''), 'bad-request', url);
});
