/** What is the same in another spelling is one in the documents too, also where the log has both spellings. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder } from '../test-fixture.ts';
import { ann, at, bob, room } from '../testing/history.ts';
import { messageId, messages } from './chat/messages.ts';
import { preferences } from './preferences.ts';

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-spellings-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('a category in another spelling is the same category, and the latest choice counts', async (t) => {
  const choose = (type: 'people.opted-out.v1' | 'people.opted-in.v1', category: string) => ({ type, data: { category, channel: 'sms' } }) as const;
  const choices = [choose('people.opted-out.v1', 'Cafe\u0301'), choose('people.opted-in.v1', 'news'), choose('people.opted-in.v1', ' CAFÉ')];
  const { preferences: documents } = await foldedDocuments(views, preferences, [inStreamOrder({ 'preferences-bob': choices })]);
  t.deepEqual(documents?.['bob']?.['choices'], [
    { category: 'news', channel: 'sms', wanted: true },
    { category: ' CAFÉ', channel: 'sms', wanted: true },
  ]);
});

test('an emoji in two spellings is one reaction, which either takes back', async (t) => {
  const posted = { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: 'Hello', clientId: 'c', at, messageCount: 1 } } as const;
  const reacted = (person: typeof ann, emoji: string, change: 'added' | 'removed' = 'added') =>
    ({ type: 'chat.message-reacted.v1', data: { channel: room, message: 0, messageCount: 1, person, emoji, change } }) as const;
  const reactionsAfter = async (...events: readonly ReturnType<typeof reacted>[]) => {
    const { messages: history } = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-room': [posted, ...events] })]);
    return history?.[messageId(room, 0)]?.['reactions'];
  };
  t.deepEqual(await reactionsAfter(reacted(ann, '❤'), reacted(bob, '❤️'), reacted(ann, '👍\ufe0f'), reacted(bob, '👍')), {
    '❤️': [ann, bob],
    '👍': [ann, bob],
  });
  t.deepEqual(await reactionsAfter(reacted(ann, '❤'), reacted(bob, '❤️'), reacted(ann, '❤️', 'removed')), { '❤️': [bob] });
});
