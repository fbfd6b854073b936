/** A limit in characters or in bytes holds whichever way a client's JSON library escapes: the longest of everything is taken in its longest form. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../domain/chat/messages.ts';
import { TITLE_LENGTH_MAX_CHARACTERS } from '../domain/chat/channel.ts';
import { POST_LENGTH_MAX_CHARACTERS } from '../domain/feed/post.ts';
import { APP_NAME_LENGTH_MAX_CHARACTERS } from '../domain/notifications/apps/app.ts';
import { CONTENT_MAX_BYTES } from '../domain/notifications/content.ts';
import { RECIPIENTS_MAX } from '../domain/notifications/notification.ts';
import { TEMPLATE_TEXT_MAX_BYTES } from '../domain/notifications/templates/template.ts';
import { ABOUT_LENGTH_MAX_CHARACTERS, NAME_LENGTH_MAX_CHARACTERS } from '../domain/people/user.ts';
import { givenWriteApi, type TestCaller, type WriteApiFixture } from './test-fixture.ts';

/** Every character of the values and of the names escaped: JSON allows it, and no library writes a longer form. */
const escaped = (body: object): string =>
  JSON.stringify(body).replaceAll(/"(?:[^"\\]|\\.)*"/g, (literal) => {
    const units = (JSON.parse(literal) as string).replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return `"${units}"`;
  });
const many = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make);

let api: WriteApiFixture;
test.before(async () => void (api = await givenWriteApi()));
test.after.always(() => api[Symbol.asyncDispose]());

test('the longest of every text is taken with all of its characters escaped', async (t) => {
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  const shop = await api.app(ada);
  const channel = `/v1/channels/${await api.direct(ada, bob)}/messages`;
  await api.request(ada, 'POST', channel, { body: { text: 'first' } });
  const post = (await api.request(ada, 'POST', '/v1/me/feed', { body: { text: 'first' } })).body.id;
  const long = (characters: number) => '😀'.repeat(characters);
  const requests: readonly (readonly [as: TestCaller, method: string, path: string, body: object])[] = [
    ['anonymous', 'POST', '/v1/people', { loginName: long(200), name: long(NAME_LENGTH_MAX_CHARACTERS), password: '한'.repeat(1_024) }],
    ['anonymous', 'POST', '/v1/sessions', { loginName: long(200), password: '한'.repeat(1_024), device: 'd'.repeat(128), region: long(64) }],
    [ada, 'PATCH', '/v1/me', { name: long(NAME_LENGTH_MAX_CHARACTERS), about: long(ABOUT_LENGTH_MAX_CHARACTERS) }],
    [ada, 'PUT', `/v1/me/devices/${'d'.repeat(128)}`, { platform: 'fcm', token: 't'.repeat(4_096), app: shop.app }],
    [ada, 'PUT', '/v1/me/preferences', { choices: many(100, () => ({ category: randomUUID() + long(28), channel: 'push', wanted: true })) }],
    [ada, 'POST', '/v1/channels', { kind: 'group', members: [bob.person], title: long(TITLE_LENGTH_MAX_CHARACTERS) }],
    [ada, 'POST', channel, { text: long(MESSAGE_LENGTH_MAX_CHARACTERS), replyTo: 0, mentions: many(MENTIONS_MAX, () => randomUUID()) }],
    [ada, 'PATCH', `${channel}/0`, { text: long(MESSAGE_LENGTH_MAX_CHARACTERS) }],
    [ada, 'POST', '/v1/me/feed', { text: long(POST_LENGTH_MAX_CHARACTERS), replyTo: post }],
    [ada, 'PATCH', `/v1/posts/${post}`, { text: long(POST_LENGTH_MAX_CHARACTERS) }],
    ['operator', 'POST', '/v1/apps', { name: long(APP_NAME_LENGTH_MAX_CHARACTERS) }],
    [shop, 'POST', '/v1/templates', { title: 'a'.repeat(TEMPLATE_TEXT_MAX_BYTES), body: 'b'.repeat(TEMPLATE_TEXT_MAX_BYTES) }],
  ];
  for (const [as, method, path, body] of requests) {
    const { status, body: answer } = await api.request(as, method, path, { raw: escaped(body) });
    t.true(status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
  }
});

test('the largest notification is taken with all of its characters escaped, from content and from a template', async (t) => {
  const ada = await api.person();
  const shop = await api.app(ada);
  const { id: template } = (await api.request(shop, 'POST', '/v1/templates', { body: { body: 'Hello' } })).body;
  const recipients = many(RECIPIENTS_MAX, () => ada.person);
  const filled = 'a'.repeat(CONTENT_MAX_BYTES - 100);
  for (const content of [{ content: { title: 'News', body: filled } }, { template: { template }, parameters: { text: filled } }]) {
    const raw = escaped({ recipients, category: '한'.repeat(64), collapseKey: '한'.repeat(64), ...content });
    const { status, body } = await api.request(shop, 'POST', '/v1/notifications', { raw });
    t.is(status, 201, JSON.stringify(body));
  }
});

test('a limit in characters counts each character once, however many code units it has', async (t) => {
  const ada = await api.person();
  const shop = await api.app(ada);
  const request = (category: string) =>
    api.request(shop, 'POST', '/v1/notifications', { body: { recipients: [ada.person], category, content: { body: 'x' } } });
  t.is((await request('😀'.repeat(64))).status, 201);
  t.is((await request('😀'.repeat(65))).status, 400);
});
