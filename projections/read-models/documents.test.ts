/** The documents that each projector makes of events. That any order of events makes the same documents is in `projectors.test.ts`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { TidingsEvent } from '../../domain/events.ts';
import { plus } from '../../domain/shared/instant.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { apps } from './apps.ts';
import { deliveryModes } from './delivery-modes.ts';
import { centre } from './centre.ts';
import { channels, channelRecipients, type ChannelDocument } from './chat/channels.ts';
import { relationships } from './relationships.ts';
import { deliveries } from './deliveries.ts';
import { friends } from './friends.ts';
import { ann, at, bob, everything, hall, refused, room } from '../testing/history.ts';
import { foldedDocuments, inStreamOrder, withErasures } from '../test-fixture.ts';
import { inbox } from './chat/inbox.ts';
import { invitations } from './chat/invitations.ts';
import { messages, messageId } from './chat/messages.ts';
import { notifications } from './notifications.ts';
import { posts } from './posts.ts';
import { preferences } from './preferences.ts';
import { presence, presenceStatusOf } from './chat/presence.ts';
import type { AnyProjector } from '../projection.ts';
import { templates } from './notifications/templates.ts';

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-documents-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const documentsOf = (projector: AnyProjector) => foldedDocuments(views, projector, [withErasures(inStreamOrder(everything))]);

test('preferences keep the latest choice for each app, category and channel', async (t) => {
  const { preferences: documents } = await documentsOf(preferences);
  t.deepEqual(documents?.['ann'], {
    person: 'ann',
    choices: [
      { category: '*', channel: 'email', wanted: false },
      { category: 'offers', channel: 'sms', wanted: true },
      { app: 'shop', category: '*', channel: 'email', wanted: false },
    ],
    quietHours: null,
    enrolled: ['shop'],
    digests: [{ category: 'offers', channel: '*', rule: { kind: 'time-of-day', time: '08:00' } }],
  });
});

test('a relationship has a document while it lasts, and a follower is counted once however often they follow', async (t) => {
  const { relationships: edges, 'relationship-counts': counts } = await documentsOf(relationships);
  t.deepEqual(Object.keys(edges ?? {}), ['ann:block:cyd', 'ann:follow:bob', 'bob:follow:ann']);
  t.deepEqual(counts?.['ann'], { follows: 1, followers: 1, blocks: 1 });
  t.deepEqual(counts?.['bob'], { follows: 1, followers: 1, blocks: 0 });
  t.deepEqual(counts?.['cyd'], { followers: 0, blocks: 1 });
});

test('friends are mutual, and a request has a document while it is open', async (t) => {
  const { friends: pairs, 'friend-requests': requests } = await documentsOf(friends);
  t.deepEqual(pairs, { 'ann:bob': { person: 'ann', friend: 'bob', since: at }, 'bob:ann': { person: 'bob', friend: 'ann', since: at } });
  t.deepEqual(requests, { 'bob:cyd': { request: 'bob:cyd', from: 'cyd', to: 'bob', round: 2, at } });
});

test('a post has its last text, its likes and its replies; a deleted one is gone, and no longer counted', async (t) => {
  const { posts: documents, likes, 'post-counters': counters } = await documentsOf(posts);
  t.like(documents?.['p1'], { author: 'ann', text: 'One', editedAt: at, replyTo: null });
  t.like(documents?.['p2'], { author: 'cyd', text: null, replyTo: 'p1' });
  t.false('p3' in (documents ?? {}));
  t.deepEqual(Object.keys(likes ?? {}), ['p1:bob']);
  t.deepEqual(counters, { p1: { likes: 1, replies: 1, quotes: 1, shares: 0 }, p2: { love: 0, wow: 1, sad: 0 } });
});

test('a timeline has its author’s newest post, also where that was deleted', async (t) => {
  t.deepEqual((await documentsOf(posts))['timelines']?.['ann'], { author: 'ann', newest: 'q2' });
});

test('an author who was ever pulled has the mode of now', async (t) => {
  t.deepEqual((await documentsOf(deliveryModes))['delivery-modes'], {
    ann: { author: 'ann', mode: 'push', turn: 1 },
    bob: { author: 'bob', mode: 'pull', turn: 1 },
    cyd: { author: 'cyd', mode: 'turning', turn: 2 },
  });
});

test('a channel has its present members, and no title from an erased person', async (t) => {
  t.like((await documentsOf(channels))['channels']?.[room], {
    channel: room,
    kind: 'group',
    owner: 'ann',
    members: ['ann', 'bob'],
    memberCount: 2,
    admins: [],
    history: 'since-joining',
    links: [],
    description: null,
    picture: null,
    timeToLiveSeconds: 60,
    invited: [],
    request: null,
    title: null,
    titledBy: 'cyd',
    openedAt: at,
  });
});

test('the longest-standing member owns a group whose owner has left', async (t) => {
  const events = inStreamOrder({
    'channel-room': [...(everything['channel-room'] ?? []), { type: 'chat.member-left.v1', data: { channel: room, member: ann } }],
  });
  t.like((await foldedDocuments(views, channels, [events]))['channels']?.[room], { owner: 'bob', members: ['bob'] });
});

test('history has one document a message, with edits, reactions and withdrawals in it; the head counts all of them', async (t) => {
  const { messages: history, 'channel-heads': heads } = await documentsOf(messages);
  t.deepEqual(
    Object.keys(history ?? {}).filter((id) => id.startsWith(room)),
    [0, 1, 6, 8].map((seq) => messageId(room, seq)),
  );
  t.like(history?.[messageId(room, 0)], { text: null, withdrawn: true, mentions: ['bob'] });
  t.false('reactions' in (history?.[messageId(room, 0)] ?? {}));
  t.like(history?.[messageId(room, 1)], { sender: 'cyd', text: null, replyTo: 0, editedAt: at });
  t.false('device' in (history?.[messageId(room, 1)] ?? {}), 'which old events tell');
  t.deepEqual(
    [0, 1, 6].map((seq) => history?.[messageId(room, seq)]?.['unread']),
    ['-0 ann', '', '6 ann'],
  );
  t.like(history?.[messageId(room, 8)], { sender: 'cyd', messageCount: -1, notice: { notice: 'renamed' } }, 'a notice counts for nobody');
  t.deepEqual(heads?.[room], { channel: room, headSeq: 9, messageCount: 3, lastMessage: 6, lastSender: 'ann', lastAt: at });
});

test('an edit or a reaction after a message was withdrawn changes nothing', async (t) => {
  const about = { channel: room, message: 0, messageCount: 3 } as const;
  const late: readonly TidingsEvent[] = [
    { type: 'chat.message-edited.v1', data: { ...about, sender: ann, text: 'anew' } },
    { type: 'chat.message-reacted.v1', data: { ...about, person: bob, emoji: '👍', change: 'added' } },
  ];
  const { messages: history } = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-room': [...(everything['messages-room'] ?? []), ...late] })]);
  t.like(history?.[messageId(room, 0)], { text: null, withdrawn: true });
  t.false('reactions' in (history?.[messageId(room, 0)] ?? {}));
});

test('reactions list the people by emoji', async (t) => {
  const events = inStreamOrder(everything).filter(({ stream, revision }) => stream === 'messages-room' && revision <= 4);
  const { messages: history } = await foldedDocuments(views, messages, [events]);
  t.deepEqual(history?.[messageId(room, 0)]?.['reactions'], { '👍': ['cyd'] });
});

test('an inbox row has membership, the read pointer, and the unread mentions', async (t) => {
  const { inbox: rows } = await documentsOf(inbox);
  const read = { readUpTo: 1, readMessages: 2, readAt: at };
  t.like(rows?.['bob:room'], {
    person: 'bob',
    channel: 'room',
    member: true,
    since: at,
    ...read,
    muted: true,
    mutedUntil: null,
    level: 'all',
    request: null,
    mentions: [{ seq: 6, messageCount: 3 }],
  });
  t.like(rows?.['cyd:room'], { member: false, since: null, readUpTo: null, mentions: [{ seq: 6, messageCount: 3 }] });
  t.like(rows?.['ann:hall'], { muted: true, mutedUntil: '2030-01-02T00:00:00.000Z' });
  t.like(rows?.['ann:room'], { member: true, muted: false, level: 'mentions', readUpTo: 7, mentions: [] });
});

test('a withdrawn message mentions nobody', async (t) => {
  const mention = { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: '@bob', clientId: 'c', mentions: [bob], at, messageCount: 1 } };
  const withdrawn = { type: 'chat.message-withdrawn.v1', data: { channel: room, message: 0, by: ann, mentions: [bob], messageCount: 1 } };
  const { inbox: rows } = await foldedDocuments(views, inbox, [inStreamOrder({ 'messages-room': [mention, withdrawn] as readonly TidingsEvent[] })]);
  t.like(rows?.['bob:room'], { mentions: [] });
});

test('what mentioned a member before they left is not unread when they come again', async (t) => {
  const mention = { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: '@bob', clientId: 'c', mentions: [bob], at, messageCount: 1 } };
  const left = { type: 'chat.member-left.v1', data: { channel: room, member: bob } };
  const joined = { type: 'chat.member-joined.v1', data: { channel: room, member: bob, by: ann, messageCount: 1, at } };
  const history = { 'channel-room': [left, joined], 'messages-room': [mention] } as unknown as Readonly<Record<string, readonly TidingsEvent[]>>;
  for (const events of [inStreamOrder(history), inStreamOrder(history).toReversed()]) {
    const { inbox: rows } = await foldedDocuments(views, inbox, [events]);
    t.like(rows?.['bob:room'], { member: true, mentions: [] });
  }
});

test('a message request is in the rows of both until it is accepted; one who refuses it is no member', async (t) => {
  const { inbox: rows } = await documentsOf(inbox);
  t.like(rows?.['bob:pair'], { member: true, request: null, since: at });
  t.like(rows?.['ann:pair'], { member: true, request: null });
  t.like(rows?.['bob:refused'], { member: false, request: 'received' });
  t.like(rows?.['cyd:refused'], { member: true, request: 'sent' });
  const { channels: documents } = await documentsOf(channels);
  t.deepEqual(documents?.[refused]?.['request'], { from: 'cyd', status: 'refused' });
  t.deepEqual(channelRecipients(documents?.[refused] as ChannelDocument), ['cyd']);
});

test('an invitation has a document until it is answered', async (t) => {
  const { invitations: documents } = await documentsOf(invitations);
  t.deepEqual(documents, { 'cyd:hall': { person: 'cyd', channel: 'hall', by: 'ann', at } });
  t.like((await documentsOf(channels))['channels']?.[hall], { members: ['ann', 'bob'], invited: [{ person: 'cyd', by: 'ann' }] });
});

test('a device that lags behind doesn’t move the read pointer back', async (t) => {
  const read = (seq: number, messageCount: number) => ({ type: 'chat.read-up-to.v1', data: { person: bob, channel: room, seq, messageCount, at } }) as const;
  const { inbox: rows } = await foldedDocuments(views, inbox, [inStreamOrder({ 'inbox-bob': [read(7, 5), read(3, 2)] })]);
  t.like(rows?.['bob:room'], { readUpTo: 7, readMessages: 5 });
});

test('a person at a gateway that was lost is offline since then, unless seen later', (t) => {
  const online = { person: bob, status: 'online', lastActiveAt: at, gateway: 'g1' } as const;
  const lost = { gateway: 'g1', lastSeenAt: plus(at, 1_000) };
  t.deepEqual(presenceStatusOf(online, lost), { status: 'offline', lastActiveAt: lost.lastSeenAt });
  t.deepEqual(presenceStatusOf(online, undefined), { status: 'online', lastActiveAt: at });
  t.is(presenceStatusOf({ ...online, gateway: 'g2' }, lost).status, 'online');
  t.is(presenceStatusOf({ ...online, lastActiveAt: plus(at, 2_000) }, lost).status, 'online');
});

test('presence is the last place where a person was seen', async (t) => {
  const { presence: last, 'lost-gateways': lost } = await documentsOf(presence);
  t.deepEqual(last?.['bob'], { person: 'bob', status: 'offline', lastActiveAt: at, gateway: null });
  t.deepEqual(lost, { g1: { gateway: 'g1', lastSeenAt: at } });
});

test('what stands in a notification centre is there once, archived or not, and unread until it is read', async (t) => {
  const { 'centre-items': items, centres } = await documentsOf(centre);
  const rows = Object.values(items ?? {}).map((item) => [item['order'], item['archived'], item['open'], item['kept']]);
  t.deepEqual(rows, [
    [`${at}_n1`, false, true, true],
    [`${plus(at, 1_000)}_n3`, true, false, false],
    [`${plus(at, 1_000)}_n4`, false, true, false],
  ]);
  t.like(items?.['ann:n3'], { person: 'ann', notification: 'n3', category: 'Orders', categoryKey: 'orders', from: 'app' });
  const later = plus(at, 1_000);
  t.deepEqual(centres, { ann: { person: ann, timesRead: 2, seenUpTo: later, read: { upTo: later, number: 2 }, categories: {} } });
});

test('a notification has its content until its subject is erased', async (t) => {
  const { notifications: requests } = await documentsOf(notifications);
  t.like(requests?.['n1'], { recipientCount: 2, cancelled: true, content: { body: 'Sale' } });
  t.like(requests?.['n2'], { subject: 'cyd', content: null, parameters: null, template: { template: 'receipt', version: 1 }, collapseKey: 'room' });
});

test('a delivery has its state, its history, and nothing due once it has ended', async (t) => {
  const { deliveries: documents } = await documentsOf(deliveries);
  t.like(documents?.['x1'], {
    status: 'delivered',
    reason: null,
    dueAt: null,
    attempt: 3,
    vendor: 'pushy',
    vendorId: 'v1',
    engagement: { opened: at, clicked: at },
  });
  const history = documents?.['x1']?.['history'] as readonly { readonly what: string }[];
  t.is(history.length, 17);
  t.deepEqual(history[4], { what: 'attempt-started', attempt: 1, vendor: 'fcm', deadline: at, mayRepeat: false, at } as never);
});

test('each state of a delivery says whether it is due again', async (t) => {
  const events = inStreamOrder(everything).filter(({ stream }) => stream === 'delivery-x1');
  const states = [];
  for (let length = 1; length <= 13; length += 1) {
    const { deliveries: documents } = await foldedDocuments(views, deliveries, [events.slice(0, length)]);
    const { status, dueAt } = documents?.['x1'] ?? {};
    states.push(`${String(status)}${dueAt === null ? '' : ' due'}`);
  }
  t.deepEqual(states, [
    'planned due',
    'deferred due',
    'planned due',
    'queued due',
    'attempting due',
    'waiting due',
    'attempting due',
    'failed',
    'queued due',
    'attempting due',
    'unknown due',
    'unknown due',
    'accepted',
  ]);
});

test('an app and each version of a template are kept', async (t) => {
  t.deepEqual((await documentsOf(apps))['apps']?.['shop'], { app: 'shop', name: 'Shop', registeredAt: at, secretRotatedAt: at, disabled: true });
  const { templates: newest, 'template-versions': versions, partials } = await documentsOf(templates);
  t.like(versions?.['receipt:1'], { version: 1, locales: { en: { body: 'Thanks' } } });
  t.like(versions?.['receipt:2'], { version: 2, locales: { en: { title: 'Paid' }, de: { body: 'Danke' } } });
  t.like(newest?.['receipt'], { app: 'shop', name: 'Receipt', newest: 2, defaultLocale: 'en', locales: ['en', 'de'] });
  t.like(partials?.['shop:frame'], { name: 'frame', version: 1 });
});
