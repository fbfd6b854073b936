import test from 'ava';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { AppId, ChannelId, ListId, NotificationId, PersonId, TemplateId } from '../shared/ids.ts';
import { DAY_MS, instant, plus } from '../shared/instant.ts';
import type { NotificationEvent } from './events.ts';
import type { Content, Source } from './request-fields.ts';
import {
  CONTENT_MAX_BYTES,
  NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS,
  PUSH_CONTENT_MAX_BYTES,
  SMS_LENGTH_MAX_CHARACTERS,
  type RenderedContent,
} from './content.ts';
import { notification, RECIPIENTS_MAX, SEND_AHEAD_MAX_DAYS, TIME_TO_LIVE_MAX_MS, TIME_TO_LIVE_MS, type NotificationCommand } from './notification.ts';
import type { ListState } from './lists/list.ts';
import type { TemplateState } from './templates/template.ts';

const at = instant(0);
const id = 'n-1' as NotificationId;
const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
const source: Source = { kind: 'app', app: 'shop' as AppId };
const chat = (seq: number): Source => ({ kind: 'chat', channel: 'room' as ChannelId, seq });
const content = { title: 'News', body: 'It rains.' };

const request = {
  type: 'request',
  notification: id,
  source,
  app: { status: 'active' },
  recipients: [ann],
  category: 'news',
  channels: ['push'],
  contentFrom: { content },
  at,
} as const satisfies NotificationCommand;
const data = {
  notification: id,
  source,
  recipients: [ann],
  subject: ann as string,
  category: 'news',
  critical: false,
  atMostOnce: false,
  channels: ['push'],
  content,
  priority: 'normal',
  expiresAt: plus(at, TIME_TO_LIVE_MS),
  at,
} as const;
type Data = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>['data'];
const requested = (more: Partial<Data> = {}): NotificationEvent => ({ type: 'notifications.requested.v1', data: { ...data, ...more } });
const cancelled: NotificationEvent = { type: 'notifications.cancelled.v1', data: { notification: id } };
const cancel = { type: 'cancel', notification: id, source } as const;

test('an app requests a notification, once', (t) => {
  given(notification).when(request).then(t, requested());
  given(notification, requested()).when(request).then(t);
});

test('an app requests a notification to a list of its own, in place of recipients', (t) => {
  const list = 'crew' as ListId;
  const state: ListState = { status: 'active', app: 'shop' as AppId };
  const toList = { ...request, recipients: [], list: { list, revision: 4, state, ratePerMinute: 600 } };
  const asked = requested({ recipients: [], subject: 'shop', list: { list, revision: 4, ratePerMinute: 600 } });
  given(notification).when(toList).then(t, asked);
  given(notification, asked).when(toList).then(t);
  given(notification)
    .when({ ...toList, recipients: [ann] })
    .thenRefused(t, 'recipients-or-list');
  for (const other of [{ status: 'none' }, { ...state, status: 'removed' }, { ...state, app: 'bank' as AppId }] as const satisfies readonly ListState[]) {
    given(notification)
      .when({ ...toList, list: { ...toList.list, state: other } })
      .thenRefused(t, 'list-unknown');
  }
});

test('content with an author is sealed with the author’s key, whoever the recipients are', (t) => {
  const { app: _, ...ours } = { ...request, source: chat(3) };
  given(notification)
    .when({ ...ours, recipients: [ann], author: bob })
    .then(t, requested({ source: chat(3), subject: bob }));
});

test('recipients and channels count once each', (t) => {
  given(notification)
    .when({ ...request, recipients: [ann, ann], channels: ['sms', 'push', 'sms'] })
    .then(t, requested({ channels: ['sms', 'push'] }));
});

test('content for one recipient is sealed with the recipient’s key, an app’s content for several with the app’s, and our own with the notification’s', (t) => {
  const { app: _, ...ours } = { ...request, source: chat(3), recipients: [ann, bob] };
  given(notification)
    .when({ ...request, recipients: [ann, bob] })
    .then(t, requested({ recipients: [ann, bob], subject: 'shop' }));
  given(notification)
    .when(ours)
    .then(t, requested({ source: chat(3), recipients: [ann, bob], subject: id }));
});

test('a notification has the request’s options', (t) => {
  const more = {
    critical: true,
    atMostOnce: true,
    priority: 'high',
    collapseKey: 'weather',
    sendAt: plus(at, DAY_MS),
    expiresAt: plus(at, 2 * DAY_MS),
  } as const;
  given(notification)
    .when({ ...request, ...more })
    .then(t, requested(more));
});

test('the time to live counts from the time of sending, and is bounded', (t) => {
  const sendAt = plus(at, DAY_MS);
  given(notification)
    .when({ ...request, sendAt })
    .then(t, requested({ sendAt, expiresAt: plus(sendAt, TIME_TO_LIVE_MS) }));
  given(notification)
    .when({ ...request, expiresAt: plus(at, 100 * DAY_MS) })
    .then(t, requested({ expiresAt: plus(at, TIME_TO_LIVE_MAX_MS) }));
});

test('nothing is requested that would expire before it is sent, or be sent too far ahead', (t) => {
  given(notification)
    .when({ ...request, expiresAt: at })
    .thenRefused(t, 'expires-before-sending');
  given(notification)
    .when({ ...request, sendAt: plus(at, 2), expiresAt: plus(at, 1) })
    .thenRefused(t, 'expires-before-sending');
  given(notification)
    .when({ ...request, sendAt: plus(at, SEND_AHEAD_MAX_DAYS * DAY_MS + 1) })
    .thenRefused(t, 'send-at-too-far', { maxDays: SEND_AHEAD_MAX_DAYS });
});

test('a notification needs recipients and channels, and not too many', (t) => {
  given(notification)
    .when({ ...request, recipients: [] })
    .thenRefused(t, 'recipients-missing');
  given(notification)
    .when({ ...request, channels: [] })
    .thenRefused(t, 'recipients-missing');
  const many = Array.from({ length: RECIPIENTS_MAX + 1 }, (_, i) => `person-${i}` as PersonId);
  given(notification)
    .when({ ...request, recipients: many })
    .thenRefused(t, 'too-many-recipients', { max: RECIPIENTS_MAX });
});

test('an app requests only while it may, and only for people enrolled with it', (t) => {
  given(notification)
    .when({ ...request, app: { status: 'disabled' } })
    .thenRefused(t, 'app-disabled');
  const { app: _, ...nobody } = request;
  given(notification).when(nobody).thenRefused(t, 'app-unknown');
  given(notification)
    .when({ ...request, notEnrolled: [bob] })
    .thenRefused(t, 'not-enrolled', { person: bob });
});

test('our own products need neither an app nor an enrolment', (t) => {
  const { app: _, ...ours } = { ...request, source: chat(3) };
  given(notification)
    .when(ours)
    .then(t, requested({ source: chat(3) }));
});

test('content is neither empty nor too large', (t) => {
  given(notification)
    .when({ ...request, contentFrom: { content: { body: ' ' } } })
    .thenRefused(t, 'content-missing');
  given(notification)
    .when({ ...request, contentFrom: { content: { body: 'a'.repeat(CONTENT_MAX_BYTES) } } })
    .thenRefused(t, 'content-too-large', { length: CONTENT_MAX_BYTES + '{"body":""}'.length, max: CONTENT_MAX_BYTES });
});

test('a notification of our own product may go without content, which is made of its source each time; an app’s may not', (t) => {
  const { app: _, ...ours } = { ...request, source: chat(3) };
  const { content: __, ...made } = requested({ source: chat(3) }).data as Data;
  given(notification)
    .when({ ...ours, contentFrom: { ofSource: true } })
    .then(t, { type: 'notifications.requested.v1', data: made });
  given(notification)
    .when({ ...request, contentFrom: { ofSource: true } })
    .thenRefused(t, 'content-missing');
});

test('content that no person would see, or that breaks a line or turns its direction, is refused', (t) => {
  const ask = (content: Content) => given(notification).when({ ...request, contentFrom: { content } });
  ask({ body: '\u2800\u200b' }).thenRefused(t, 'content-missing');
  ask({ title: '\u3164', body: 'It rains.' }).thenRefused(t, 'title-empty');
  ask({ title: 'One\r\nBcc: two@example.org', body: 'It rains.' }).thenRefused(t, 'text-not-one-line', { character: 'U+000D' });
  ask({ title: '\u202eswen', body: 'It rains.' }).thenRefused(t, 'text-turns-direction');
  ask({ title: 'a'.repeat(NOTIFICATION_TITLE_LENGTH_MAX_CHARACTERS + 1), body: 'It rains.' }).thenRefused(t, 'title-too-long');
  ask({ body: 'It rains.', url: 'https://example.org/\r\nx' }).thenRefused(t, 'text-not-one-line');
  ask({ body: '\ud83d' }).thenRefused(t, 'text-malformed');
  ask({ body: 'It rains.\nIt pours.' }).then(t, requested({ content: { body: 'It rains.\nIt pours.' } }));
});

test('our own products’ titles are mended when they are sent, and so not refused', (t) => {
  const { app: _, ...ours } = { ...request, source: chat(3) };
  const content = { title: 'Ann\n', body: 'hello' };
  given(notification)
    .when({ ...ours, contentFrom: { content } })
    .then(t, requested({ source: chat(3), content }));
});

test('content is refused where none of its channels takes it whole', (t) => {
  const body = 'a'.repeat(PUSH_CONTENT_MAX_BYTES);
  const ask = (channels: Data['channels'], content: Content) => given(notification).when({ ...request, channels, contentFrom: { content } });
  ask(['push', 'sms'], { body }).thenRefused(t, 'content-fits-no-channel', {
    channels: 'push, sms',
    characters: body.length,
    bytes: body.length + '{"body":""}'.length,
  });
  ask(['push', 'email'], { body }).then(t, requested({ channels: ['push', 'email'], content: { body } }));
  const short = { title: 'News', body: 'a'.repeat(SMS_LENGTH_MAX_CHARACTERS - 'News\n'.length) };
  ask(['sms'], short).then(t, requested({ channels: ['sms'], content: short }));
  ask(['sms'], { ...short, body: `${short.body}a` }).thenRefused(t, 'content-fits-no-channel');
});

test('a template that can’t be rendered with the parameters of the request is refused, and so is one that renders to nothing', (t) => {
  const template = { template: 'welcome' as TemplateId, state: { status: 'published', app: 'shop' as AppId, version: 1 } } as const;
  const ask = (rendered: RenderedContent, parameters = {}) => given(notification).when({ ...request, contentFrom: { template, parameters, rendered } });
  ask({ fault: 'undefined variable: boat', missing: 'boat' }).thenRefused(t, 'parameter-missing', { parameter: 'boat' });
  const invalid = { path: 'items[0]', detail: 'must be a string' };
  ask({ fault: 'items[0] must be a string', invalid }).thenRefused(t, 'parameter-invalid', invalid);
  ask({ fault: 'it takes too long' }).thenRefused(t, 'template-invalid', { detail: 'it takes too long' });
  ask({ content: { body: '\n' } }).thenRefused(t, 'content-missing');
  ask({ content: { body: 'a'.repeat(CONTENT_MAX_BYTES) } }).thenRefused(t, 'content-too-large');
  ask({ content: { body: 'Hello' } }, { name: 'a'.repeat(CONTENT_MAX_BYTES) }).thenRefused(t, 'content-too-large');
});

test('a template is pinned to the requested version, or checked with the newest', (t) => {
  const template = 'welcome' as TemplateId;
  const state: TemplateState = { status: 'published', app: 'shop' as AppId, version: 3 };
  const { content: _, ...rest } = data;
  const checked = (version: number, fields = {}): NotificationEvent => ({
    type: 'notifications.requested.v1',
    data: { ...rest, template: { template, version, ...fields }, parameters: { name: 'Ann' } },
  });
  const ask = (fields: object) =>
    given(notification).when({ ...request, contentFrom: { template: { template, state, ...fields }, parameters: { name: 'Ann' } } });
  ask({}).then(t, checked(3));
  ask({ version: 2 }).then(t, checked(2, { pinned: true }));
  ask({ language: 'de' }).then(t, checked(3, { language: 'de' }));
  ask({ version: 4 }).thenRefused(t, 'template-unknown');
  ask({ state: { ...state, app: 'bank' as AppId } }).thenRefused(t, 'template-unknown');
  ask({ state: { status: 'none' } }).thenRefused(t, 'template-unknown');
});

test('the source of a notification cancels it, once', (t) => {
  given(notification, requested()).when(cancel).then(t, cancelled);
  given(notification, requested(), cancelled).when(cancel).then(t);
  given(notification, requested(), cancelled).when(request).thenRefused(t, 'notification-cancelled');
  given(notification, requested({ source: chat(3) }))
    .when({ ...cancel, source: chat(4) })
    .then(t, cancelled);
});

test('another app does not learn that there is such a notification', (t) => {
  given(notification).when(cancel).thenRefused(t, 'notification-unknown');
  for (const other of [{ kind: 'app', app: 'bank' as AppId } as const, chat(3)]) {
    given(notification, requested())
      .when({ ...cancel, source: other })
      .thenRefused(t, 'notification-unknown');
  }
});

test('a notification whose content can no longer be read is cancelled like any other', (t) => {
  given(notification, requested({ content: erased }))
    .when(cancel)
    .then(t, cancelled);
});

test('what was forgotten is requested no second time, and can’t be cancelled', (t) => {
  const forget = { type: 'forget', notification: id, upTo: data.expiresAt, at } as const;
  const forgotten: NotificationEvent = { type: 'notifications.forgotten.v1', data: { notification: id, at } };
  given(notification, requested()).when(forget).then(t, forgotten);
  given(notification, requested())
    .when({ ...forget, upTo: plus(data.expiresAt, -1) })
    .then(t);
  given(notification).when(forget).then(t);
  given(notification, forgotten).when(forget).then(t);
  for (const before of [[requested(), forgotten], [forgotten]]) {
    given(notification, ...before)
      .when(request)
      .then(t);
    given(notification, ...before)
      .when(cancel)
      .thenRefused(t, 'notification-unknown');
  }
});
