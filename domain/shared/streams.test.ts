import test from 'ava';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { postStreamOf } from '../feed/post-id.ts';
import { friendshipOf, type ChannelId, type FriendshipId, type PersonId, type PostId } from './ids.ts';
import * as streams from './streams.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MODULE = 'domain/shared/streams.ts';
/** The event store and its benchmark know nothing of Tidings, and name streams of their own. */
const OF_THE_STORE = /^(event-store|bench\/log)\b/;

/** Stored in every log: a category that changes here loses the streams under the old one. */
const CATEGORIES: Readonly<Record<keyof typeof streams, string>> = {
  loginStream: 'login',
  userStream: 'user',
  accountSecurityStream: 'security',
  contactsStream: 'contacts',
  pushTokenStream: 'claim',
  preferencesStream: 'preferences',
  relationshipsStream: 'connections',
  friendshipStream: 'friendship',
  mediaStream: 'media',
  postStream: 'post',
  scheduledPostStream: 'later',
  deliveryModeStream: 'mode',
  bookmarkStream: 'bookmark',
  pinnedPostsStream: 'pinned',
  reactionStream: 'reaction',
  channelStream: 'channel',
  messagesStream: 'messages',
  disappearancesStream: 'disappeared',
  messageMarksStream: 'kinds',
  scheduledMessageStream: 'unsent',
  indexingStream: 'indexing',
  inboxStream: 'inbox',
  presenceStream: 'presence',
  gatewayPresenceStream: 'presence',
  exportStream: 'export',
  appStream: 'app',
  categoriesStream: 'categories',
  centreStream: 'centre',
  routingStream: 'routing',
  templateStream: 'template',
  partialStream: 'partial',
  smsStopsStream: 'stops',
  webhookEndpointStream: 'webhooks',
  webhookMessageStream: 'webhook',
  listStream: 'list',
  campaignStream: 'campaign',
  scheduleStream: 'schedule',
  notificationStream: 'notification',
  deliveryStream: 'delivery',
  digestStream: 'digest',
  operatorsStream: 'operators',
  auditStream: 'audit',
  partStream: 'subscription',
  caseStream: 'case',
  standingStream: 'standing',
  snapshotStream: 'snapshot',
  checkpointStream: 'checkpoint',
  versionsStream: 'versions',
  vaultStream: 'vault',
  restoresStream: 'restores',
  healthStream: 'health',
  deadLettersStream: 'dead-letters',
};

test('every category keeps the name under which it is stored', (t) => {
  for (const [name, nameStream] of Object.entries(streams)) {
    const stream = (nameStream as (...key: readonly unknown[]) => string)('key', 0);
    t.true(stream.startsWith(`${CATEGORIES[name as keyof typeof streams]}-key`), `${name} makes ${stream}`);
  }
});

test('keys are put together as they are stored', (t) => {
  const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];
  t.is(streams.friendshipStream(friendshipOf(bob, ann)), 'friendship-ann:bob');
  t.is(streams.friendshipStream('ann:bob' as FriendshipId), 'friendship-ann:bob');
  t.is(streams.reactionStream('post' as PostId, ann), 'reaction-post:ann');
  t.is(postStreamOf('01ARZ3NDEKTSV4RRFFQ69G5FAV' as PostId), 'post-TSV4RRFFQ69G5FAV');
  t.is(streams.snapshotStream(streams.channelStream('room' as ChannelId)), 'snapshot-channel-room');
  t.is(streams.deadLettersStream('inbox', 0), 'dead-letters-inbox');
  t.is(streams.deadLettersStream('inbox', 2), 'dead-letters-inbox/2');
  t.is(streams.vaultStream('identity', 0), 'vault-identity');
  t.is(streams.vaultStream('identity', 1), 'vault-identity/1');
  t.is(streams.restoresStream('log', 0), 'restores-log');
  t.is(streams.restoresStream('log', 1), 'restores-log/1');
});

test('no other file builds a stream’s name', (t) => {
  const built = new RegExp(
    `\`(${[...new Set(Object.values(CATEGORIES))].join('|')})-\\$\\{|['"](${[...new Set(Object.values(CATEGORIES))].join('|')})-['"] ?\\+`,
  );
  const files = globSync('*/**/*.ts', { cwd: ROOT, exclude: ['node_modules', 'data', '.*'] }).filter((file) => file !== MODULE && !OF_THE_STORE.test(file));
  t.true(files.length > 100);
  const wrong = files.flatMap((file) =>
    readFileSync(resolve(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, at) => (built.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
  t.deepEqual(wrong, [], `use or add a function of ${MODULE}`);
});
