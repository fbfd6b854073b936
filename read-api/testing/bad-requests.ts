/** Bad requests, each with the status and the code of its refusal; for the tests of one API and of a cluster. */
import { randomUUID } from 'node:crypto';
import type { AppId, ChannelId, NotificationId, PersonId, PostId } from '../../domain/shared/ids.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';

export type BadRequestPerson = { readonly person: PersonId; readonly token: string };
export type BadRequestApp = { readonly app: AppId; readonly secret: string };

/** How the people, apps and things come about that the requests are about. */
export type BadRequestsApi<Person extends BadRequestPerson> = {
  readonly person: () => Promise<Person>;
  readonly app: (...enrolled: readonly Person[]) => Promise<BadRequestApp>;
  readonly post: (author: Person) => Promise<PostId>;
  readonly deletePost: (author: Person, post: PostId) => Promise<void>;
  readonly block: (by: Person, other: Person) => Promise<void>;
  readonly direct: (one: Person, other: Person) => Promise<ChannelId>;
  readonly notify: (app: BadRequestApp, person: Person) => Promise<NotificationId>;
  /** The views have everything from before. */
  readonly untilSeen: (person: Person) => Promise<void>;
};

type BadRequest<Person> = readonly [
  what: string,
  as: Person | BadRequestApp,
  path: string,
  status: number,
  code: RefusalCode,
  headers?: Readonly<Record<string, string>>,
];

const NOBODY = randomUUID();
const NO_POST = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

export async function malformedRequests<Person extends BadRequestPerson>(api: Pick<BadRequestsApi<Person>, 'person'>): Promise<readonly BadRequest<Person>[]> {
  const ada = await api.person();
  const channel = `/v1/channels/${NOBODY}/messages`;
  return [
    ['a limit of zero', ada, '/v1/me/feed?limit=0', 400, 'bad-request'],
    ['a limit too high', ada, '/v1/me/feed?limit=101', 400, 'bad-request'],
    ['a negative limit', ada, '/v1/me/feed?limit=-1', 400, 'bad-request'],
    ['a fraction as limit', ada, '/v1/me/feed?limit=1.5', 400, 'bad-request'],
    ['a limit in another base', ada, '/v1/me/feed?limit=0x10', 400, 'bad-request'],
    ['a limit with an exponent', ada, '/v1/me/feed?limit=1e1', 400, 'bad-request'],
    ['a limit in words', ada, '/v1/me/feed?limit=ten', 400, 'bad-request'],
    ['an empty limit', ada, '/v1/me/feed?limit=', 400, 'bad-request'],
    ['two limits', ada, '/v1/me/feed?limit=1&limit=2', 400, 'bad-request'],
    ['a malformed cursor', ada, '/v1/me/feed?before=yesterday', 400, 'bad-request'],
    ['a cursor in small letters', ada, `/v1/me/feed?before=${NO_POST.toLowerCase()}`, 400, 'bad-request'],
    ['a cursor in the wrong direction', ada, `/v1/me/feed?after=${NO_POST}`, 400, 'bad-request'],
    ['an unknown parameter', ada, '/v1/me?verbose=yes', 400, 'bad-request'],
    ['posts with a hashtag far too long', ada, `/v1/tags/${'a'.repeat(102)}/posts`, 400, 'bad-request'],
    ['mentions after a malformed cursor', ada, '/v1/me/mentions?before=yesterday', 400, 'bad-request'],
    ['people by nothing', ada, '/v1/people', 400, 'bad-request'],
    ['people by too much', ada, `/v1/people?q=${'a'.repeat(202)}`, 400, 'bad-request'],
    ['too many people', ada, '/v1/people?q=a&limit=51', 400, 'bad-request'],
    ['a malformed person id', ada, '/v1/people/ada', 400, 'bad-request'],
    ['a malformed post id', ada, '/v1/posts/7', 400, 'bad-request'],
    ['a malformed channel id', ada, '/v1/channels/room', 400, 'bad-request'],
    ['a negative seq', ada, `${channel}?before=-1`, 400, 'bad-request'],
    ['an empty seq', ada, `${channel}?after=`, 400, 'bad-request'],
    ['messages by nothing', ada, '/v1/messages', 422, 'search-empty'],
    ['messages by no word', ada, '/v1/messages?q=%22%20%22', 422, 'search-empty'],
    ['messages by too much', ada, `/v1/messages?q=${'a'.repeat(201)}`, 400, 'bad-request'],
    ['messages with something else', ada, '/v1/messages?q=a&has=cake', 400, 'bad-request'],
    ['messages of no day', ada, '/v1/messages?q=a&from=yesterday', 400, 'bad-request'],
    ['messages of a channel that is not there', ada, `/v1/messages?q=a&channel=${NOBODY}`, 404, 'channel-unknown'],
    ['a seq too high', ada, `${channel}?after=9999999999999`, 400, 'bad-request'],
    ['too many messages', ada, `${channel}?limit=201`, 400, 'bad-request'],
    ['messages around a word', ada, `${channel}?around=here`, 400, 'bad-request'],
    ['messages at no moment', ada, `${channel}?at=yesterday`, 400, 'bad-request'],
    ['messages around a seq and before one', ada, `${channel}?around=1&before=2`, 400, 'bad-request'],
    ['mentions in chats before a malformed cursor', ada, '/v1/me/chat-mentions?before=2030', 400, 'bad-request'],
    ['what is unread before a malformed cursor', ada, '/v1/me/unread?before=2030', 400, 'bad-request'],
    ['exports before a cursor far too long', ada, `/v1/me/exports?before=${'a'.repeat(70)}`, 400, 'bad-request'],
    ['an archive without a signature', ada, `/v1/exports/${NOBODY}/archive`, 400, 'bad-request'],
    ['an archive by a signature of nobody’s', ada, `/v1/exports/${NOBODY}/archive?until=1893456000&signature=AAAA`, 404, 'export-unknown'],
    ['the edits of a post before a malformed cursor', ada, `/v1/posts/${NO_POST}/edits?before=1`, 400, 'bad-request'],
    ['friends after a malformed cursor', ada, '/v1/me/friends?after=ada', 400, 'bad-request'],
    ['too many friends', ada, '/v1/me/friends?limit=501', 400, 'bad-request'],
    ['an inbox before a malformed cursor', ada, '/v1/me/inbox?before=2030', 400, 'bad-request'],
    ['what is new since a malformed cursor', ada, '/v1/sync?since=yesterday', 400, 'position-invalid'],
    ['what is new since half a cursor', ada, '/v1/sync?since=0.1~', 400, 'position-invalid'],
    ['what is new since a cursor of too many parts', ada, '/v1/sync?since=0.3~0.2~0.1~0.0', 400, 'position-invalid'],
    ['what is new since a cursor of another log', ada, '/v1/sync?since=1764417600-0.3', 409, 'position-of-another-log'],
    ['too much that is new', ada, '/v1/sync?limit=501', 400, 'bad-request'],
    ['notifications before a malformed cursor', ada, '/v1/me/notifications?before=0.1', 400, 'bad-request'],
    ['a path that does not decode', ada, '/v1/people/%ff', 400, 'bad-request'],
    ['a malformed position', ada, '/v1/me/feed', 400, 'position-invalid', { 'min-position': 'here' }],
    ['a truncated position', ada, '/v1/me', 400, 'position-invalid', { 'min-position': '0.' }],
    ['a position of another log', ada, '/v1/me', 409, 'position-of-another-log', { 'min-position': '1764417600-0.1' }],
    ['notifications before a cursor of another log', ada, '/v1/me/notifications?before=1764417600-0000.0000000000000000001', 400, 'bad-request'],
    ['notifications of no category', ada, '/v1/me/notifications?category=', 400, 'bad-request'],
    ['notifications that are unread or so', ada, '/v1/me/notifications?unread=maybe', 400, 'bad-request'],
    ['unread notifications by the page', ada, '/v1/me/notifications/counts?limit=1', 400, 'bad-request'],
    ['a list with a ticket', ada, '/v1/me/notifications?ticket=1', 400, 'bad-request'],
    ['a position far too long', ada, '/v1/me', 400, 'bad-request', { 'min-position': `0.${'1'.repeat(600)}` }],
    ['a malformed position for a stream', ada, '/v1/me/feed/live?min-position=here', 400, 'position-invalid'],
    ['a cursor for a stream', ada, `/v1/me/feed/live?before=${NO_POST}`, 400, 'bad-request'],
  ];
}

/** About things that are not there, or that the caller may not see. */
export async function requestsAboutUnknown<Person extends BadRequestPerson>(api: BadRequestsApi<Person>): Promise<readonly BadRequest<Person>[]> {
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const [deleted, blocked] = [await api.post(ada), await api.post(bob)];
  await api.deletePost(ada, deleted);
  await api.block(bob, ada);
  const channel = await api.direct(bob, eve);
  const [shop, other] = [await api.app(eve), await api.app()];
  const notification = await api.notify(shop, eve);
  await api.untilSeen(ada);
  return [
    ['an unknown person', ada, `/v1/people/${NOBODY}`, 404, 'person-unknown'],
    ['posts of an unknown person', ada, `/v1/people/${NOBODY}/posts`, 404, 'person-unknown'],
    ['presence of an unknown person', ada, `/v1/people/${NOBODY}/presence`, 404, 'person-unknown'],
    ['an unknown post', ada, `/v1/posts/${NO_POST}`, 404, 'post-unknown'],
    ['a deleted post', ada, `/v1/posts/${deleted}`, 404, 'post-unknown'],
    ['the thread of a deleted post', ada, `/v1/posts/${deleted}/thread`, 404, 'post-unknown'],
    ['the edits of a deleted post', ada, `/v1/posts/${deleted}/edits`, 404, 'post-unknown'],
    ['replies to a deleted post', ada, `/v1/posts/${deleted}/replies`, 404, 'post-unknown'],
    ['a post of a person who has blocked the reader', ada, `/v1/posts/${blocked}`, 404, 'post-unknown'],
    ['posts of a person who has blocked the reader', ada, `/v1/people/${bob.person}/posts`, 404, 'person-unknown'],
    ['an unknown channel', ada, `/v1/channels/${NOBODY}`, 404, 'channel-unknown'],
    ['a channel of others', ada, `/v1/channels/${channel}`, 404, 'channel-unknown'],
    ['receipts in a channel of others', ada, `/v1/channels/${channel}/messages/0/receipts`, 404, 'channel-unknown'],
    ['receipts of a message that is not there', eve, `/v1/channels/${channel}/messages/7/receipts`, 404, 'message-unknown'],
    ['messages of a channel of others', ada, `/v1/channels/${channel}/messages`, 404, 'channel-unknown'],
    ['an unknown notification', shop, `/v1/notifications/${NOBODY}`, 404, 'notification-unknown'],
    ['another app’s progress', other, `/v1/notifications/${notification}/progress`, 404, 'notification-unknown'],
    ['the progress of what goes to no list', shop, `/v1/notifications/${notification}/progress`, 404, 'notification-unknown'],
    ['a schedule that nobody made', shop, `/v1/schedules/${NOBODY}`, 404, 'schedule-unknown'],
    ['a schedule before no time', shop, `/v1/schedules/${NOBODY}?before=yesterday`, 400, 'bad-request'],
    ['a list that nobody made', shop, `/v1/lists/${NOBODY}`, 404, 'list-unknown'],
    ['members of a list that nobody made', shop, `/v1/lists/${NOBODY}/members`, 404, 'list-unknown'],
    ['deliveries of another app', other, `/v1/apps/${shop.app}/deliveries`, 403, 'forbidden'],
    ['deliveries in a status that there isn’t', shop, `/v1/apps/${shop.app}/deliveries?status=lost`, 400, 'bad-request'],
    ['deliveries of a day that never was', shop, `/v1/apps/${shop.app}/deliveries?from=2026-02-30`, 400, 'bad-request'],
    ['deliveries before a malformed cursor', shop, `/v1/apps/${shop.app}/deliveries?before=2026-07-01`, 400, 'bad-request'],
    ['the funnel of another app', other, `/v1/apps/${shop.app}/funnel?from=2026-07-01&until=2026-07-01`, 403, 'forbidden'],
    ['a funnel without days', shop, `/v1/apps/${shop.app}/funnel`, 400, 'bad-request'],
    ['a funnel by recipient', shop, `/v1/apps/${shop.app}/funnel?from=2026-07-01&until=2026-07-01&by=person`, 400, 'bad-request'],
    ['a funnel of too many days', shop, `/v1/apps/${shop.app}/funnel?from=2026-01-01&until=2026-12-31`, 413, 'funnel-too-large'],
    ['another app’s notification', other, `/v1/notifications/${notification}`, 404, 'notification-unknown'],
    ['an unknown route', ada, '/v1/me/fame', 404, 'route-unknown'],
  ];
}
