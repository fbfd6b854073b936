/** A search finds what reading every message would find, whatever was said, changed, taken back and cut off in whatever order. */
import { join } from 'node:path';
import test from 'ava';
import { MESSAGE_TERMS_MAX } from '../../domain/chat/search/words.ts';
import type { MessageMedia } from '../../domain/chat/content/message-media.ts';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import type { MediaId } from '../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../domain/shared/instant.ts';
import { indexingStream, messagesStream, userStream } from '../../domain/shared/streams.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { messageSearch } from '../../read-api/search/message-search.ts';
import { searchMessages } from '../../read-api/search/search-messages.ts';
import { CHANNELS, SENDERS } from './conversation.ts';
import { findsWhatReadingFinds } from './finds-what-reading-finds.ts';
import { givenSearch, Killed, START } from './given-search.ts';

const RUNS = 12;

test('whatever was indexed, and was cut off in between, a search finds what reading every message would find', (t) =>
  findsWhatReadingFinds(t, (folder) => startSqliteViews(join(folder, 'views.sqlite')), RUNS));

test('wherever the worker is cut off, what is taken back before it begins again leaves nothing', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  await given.project('search');
  await given.index();
  const common = { channel: room, messageCount: 1 };
  for (let commits = 0; commits < 12; commits++) {
    const said = { ...common, sender: SENDERS[0], text: 'one two three four five six seven', clientId: 'c', at: START };
    const message = await given.append(messagesStream(room), [{ type: 'chat.message-posted.v1', data: said }]);
    await given.project('search');
    await given.index({ after: commits, made: false }, 3).catch((error: unknown) => t.true(error instanceof Killed, String(error)));
    await given.append(messagesStream(room), [{ type: 'chat.message-withdrawn.v1', data: { ...common, message, by: SENDERS[0] } }]);
    await given.project('search');
    await given.index({ after: commits, made: true }, 3).catch((error: unknown) => t.true(error instanceof Killed, String(error)));
    await given.index(undefined, 3);
    t.is(await given.entries(), 0, `after ${commits} commits`);
  }
});

test('a message of more terms than are kept is found by each of its words, until it is taken back', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  const text = Array.from({ length: MESSAGE_TERMS_MAX + 5 }, (_, i) => `w${i}`).join(' ');
  const common = { channel: room, messageCount: 1 };
  await given.append(messagesStream(room), [{ type: 'chat.message-posted.v1', data: { ...common, sender: SENDERS[0], text, clientId: 'c', at: START } }]);
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  const find = async (typed: string) => {
    await given.project('messages');
    await given.project('search');
    await given.index();
    const wanted = { channels: new Map([[room, 0]]), cursor: undefined, limit: 10, bytesMax: 1_000_000 };
    return (await searchMessages(given, messageSearch({ typed }), wanted)).hits.length;
  };
  t.is(await find('w0'), 1);
  t.is(await find(`"w${MESSAGE_TERMS_MAX + 2} w${MESSAGE_TERMS_MAX + 3}"`), 1);
  t.is(await find('elsewhere'), 0);
  await given.append(messagesStream(room), [{ type: 'chat.message-withdrawn.v1', data: { ...common, message: 0, by: SENDERS[0] } }]);
  t.is(await find('w0'), 0);
  t.like(await given.views.get('searched-blocks', `${room}:0`), { cut: '' });
});

test('what was said here is found by its day, also where older messages were imported behind it', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  const said = { channel: room, sender: SENDERS[0], text: 'one two', clientId: 'c' };
  const imported = Array.from({ length: 1_100 }, (_, i) => ({ ...said, at: plus(START, (i - 2_000) * HOUR_MS), imported: i + 1, messageCount: i + 2 }));
  const all = [{ ...said, at: START, messageCount: 1 }, ...imported].map((data) => ({ type: 'chat.message-posted.v1', data }) as const);
  await given.append(messagesStream(room), all);
  const find = async () => {
    const found: number[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const wanted = { channels: new Map([[room, 0]]), cursor: cursor === '' ? undefined : cursor, limit: 10, bytesMax: 1_000_000 };
      const page = await searchMessages(given, messageSearch({ typed: 'one', sentFrom: plus(START, -HOUR_MS) }), wanted);
      found.push(...page.hits.map(({ seq }) => seq));
      cursor = page.next;
    }
    return found;
  };
  await given.project('messages');
  t.deepEqual(await find(), [0], 'not indexed');
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  await given.project('search');
  await given.index();
  t.deepEqual(await find(), [0], 'indexed');
});

test('of two workers that write at once one goes on, and the index is as if it had been alone', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  const said = { channel: room, sender: SENDERS[0], text: 'one two three', clientId: 'c', at: START };
  const all = Array.from({ length: 400 }, (_, i) => ({ type: 'chat.message-posted.v1', data: { ...said, messageCount: i + 1 } }) as const);
  await given.append(messagesStream(room), all);
  await given.project('search');
  for (let rounds = 0; (await given.views.get('searched-channels', room))?.pending !== false; rounds++) {
    t.true(rounds < 50);
    await Promise.all([given.index(), given.index(), given.index()]);
  }
  t.is(await given.entries(), all.length * 4);
});

test('an index whose views are lost begins again by itself, for the log knows which channels are searched', async (t) => {
  await using folder = await temporaryFolder();
  const [room, hall] = CHANNELS;
  {
    await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
    await using given = await givenSearch(folder.path, views);
    await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
    for (const channel of [room, hall]) {
      const said = { channel, sender: SENDERS[0], text: 'one two', clientId: 'c', at: START, messageCount: 1 };
      await given.append(messagesStream(channel), [{ type: 'chat.message-posted.v1', data: said }]);
    }
    await given.project('search');
    await given.index();
    t.is(await given.entries(), 3);
  }
  await using views = await startSqliteViews(join(folder.path, 'new-views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  t.is(await given.entries(), 0);
  await given.project('search');
  await given.index();
  t.is(await given.entries(), 3);
  t.is(await given.views.get('searched-channels', hall), undefined);
});

test('what shows media is found by that, also without a word', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  const variant = { name: 'full', object: 'o1' as ObjectKey, type: 'application/pdf', bytes: 9 } as const;
  const media: readonly MessageMedia[] = [{ media: 'm1' as MediaId, kind: 'file', variants: [variant], alt: null, name: 'plan.pdf' }];
  const said = { channel: room, sender: SENDERS[0], clientId: 'c', at: START } as const;
  await given.append(messagesStream(room), [
    { type: 'chat.message-posted.v1', data: { ...said, text: 'only words', messageCount: 1 } },
    {
      type: 'chat.message-posted.v1',
      data: { ...said, text: '', messageCount: 2, media, mediaCount: 1 },
    },
  ]);
  const find = async () => {
    const wanted = { channels: new Map([[room, 0]]), cursor: undefined, limit: 10, bytesMax: 1_000_000 };
    return (await searchMessages(given, messageSearch({ withMedia: true }), wanted)).hits.map(({ seq }) => seq);
  };
  await given.project('messages');
  t.deepEqual(await find(), [1], 'not indexed');
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  await given.project('search');
  await given.index();
  t.deepEqual(await find(), [1], 'indexed');
});

test('of somebody who said a lot, few terms leave at once, and all of them', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await using given = await givenSearch(folder.path, views);
  const [room] = CHANNELS;
  const [ann] = SENDERS;
  await given.append(indexingStream(room), [{ type: 'chat.indexing-begun.v1', data: { channel: room, at: START } }]);
  const said = Array.from({ length: 12 }, (_, i) => ({ text: `a${i} b${i} c${i} d${i}`, messageCount: i + 1 }));
  await given.append(
    messagesStream(room),
    said.map((one) => ({ type: 'chat.message-posted.v1', data: { channel: room, sender: ann, clientId: 'c', at: START, ...one } }) as const),
  );
  await given.project('search');
  await given.index();
  t.is(await given.entries(), 12 * 5);
  await given.keyring.erase(ann, START);
  await given.append(userStream(ann), [{ type: 'people.person-erased.v1', data: { login: 'h' } }]);
  await given.project('search');
  let most = 0;
  const commit: typeof views.commit = async (of) => {
    most = Math.max(most, of.writes.filter(({ kind, collection }) => kind === 'put' && collection.startsWith('searched-messages')).length);
    return views.commit(of);
  };
  await given.index(undefined, 1_000, { leavingTermsMax: 10, stored: { ...views, commit } });
  t.deepEqual([await given.entries(), most], [0, 2]);
});
