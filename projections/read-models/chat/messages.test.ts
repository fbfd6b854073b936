/** The document of a message stays small, whatever an old log holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { MessagesEvent } from '../../../domain/chat/events.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import type { MediaId, PersonId } from '../../../domain/shared/ids.ts';
import { startSqliteViews } from '../../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder } from '../../test-fixture.ts';
import { ann, at, bob, everything, hall, room, type History } from '../../testing/history.ts';
import { REACTING_KEPT_MAX } from './message-reactions.ts';
import { messageId, messageMediaId, messages } from './messages.ts';

const posted = { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: 'Hello', clientId: 'c', at, messageCount: 1 } } as const;
const reacted = (person: PersonId, emoji: string, change: 'added' | 'removed' = 'added') =>
  ({ type: 'chat.message-reacted.v1', data: { channel: room, message: 0, messageCount: 1, person, emoji, change } }) as const;
const emoji = (n: number) => String.fromCodePoint(0x1f600 + n);

async function reactionsAfter(...events: readonly ReturnType<typeof reacted>[]): Promise<Readonly<Record<string, readonly PersonId[]>>> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-messages-'));
  try {
    await using views = await startSqliteViews(join(folder, 'views.sqlite'));
    const { messages: history } = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-room': [posted, ...events] })]);
    return (history?.[messageId(room, 0)]?.['reactions'] ?? {}) as Readonly<Record<string, readonly PersonId[]>>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a message keeps the first kinds of reaction of a log that has more of them, and takes another where one is gone', async (t) => {
  const many = Array.from({ length: REACTION_KINDS_MAX + 5 }, (_, n) => reacted(ann, emoji(n)));
  const kept = await reactionsAfter(...many, reacted(bob, emoji(0)), reacted(bob, emoji(REACTION_KINDS_MAX)));
  t.deepEqual(Object.keys(kept).toSorted(), Array.from({ length: REACTION_KINDS_MAX }, (_, n) => emoji(n)).toSorted());
  t.deepEqual(kept[emoji(0)], [ann, bob]);
  const after = await reactionsAfter(...many, reacted(ann, emoji(1), 'removed'), reacted(bob, emoji(REACTION_KINDS_MAX)));
  t.is(Object.keys(after).length, REACTION_KINDS_MAX);
  t.deepEqual([after[emoji(1)], after[emoji(REACTION_KINDS_MAX)]], [undefined, [bob]]);
});

test('of the people who reacted the last are kept', async (t) => {
  const people = Array.from({ length: REACTING_KEPT_MAX + 2 }, (_, n) => `person-${n}` as PersonId);
  const kept = await reactionsAfter(...people.map((person) => reacted(person, '👍')));
  t.deepEqual(kept['👍'], people.slice(2));
});

test('a message that was imported behind newer ones is not the channel’s last', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-messages-'));
  try {
    await using views = await startSqliteViews(join(folder, 'views.sqlite'));
    const imported = (day: string, count: number) => ({
      ...posted,
      data: { ...posted.data, sender: bob, at: `${day}T00:00:00.000Z` as typeof at, imported: count, messageCount: count, reactions: { '👍': [ann] } },
    });
    const live = { ...posted, data: { ...posted.data, messageCount: 2 } };
    const folded = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-room': [imported('2019-05-01', 1), live, imported('2019-05-02', 3)] })]);
    t.like(folded['channel-heads']?.[room], { headSeq: 2, messageCount: 3, lastMessage: 1, lastSender: ann });
    const document = folded.messages?.[messageId(room, 2)];
    t.like(document, { at: '2019-05-02T00:00:00.000Z', reactions: { '👍': [ann] } });
    t.false('imported' in (document ?? {}));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what a message shows and quotes is found by who must forget it, and ends with the message', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-messages-'));
  try {
    const shown = { kind: 'image', variants: [], alt: null } as const;
    const media = ['m1', 'm2'].map((id) => ({ ...shown, media: id as MediaId }));
    const quoting = {
      ...posted,
      data: { ...posted.data, sender: bob, text: 'Indeed', replyTo: 0, quote: { text: 'ell', from: 1 }, quotedSender: ann, messageCount: 2 },
    };
    const edited = (text: string) => ({ type: 'chat.message-edited.v1', data: { channel: room, message: 0, sender: ann, text, messageCount: 2 } }) as const;
    const history = [{ ...posted, data: { ...posted.data, media, mediaCount: 2 } }, quoting, edited('Hullo'), edited('Hello again')];
    const withdrawn = { type: 'chat.message-withdrawn.v1', data: { channel: room, message: 0, by: ann, mediaCount: 2, messageCount: 2 } } as const;
    const fold = async (name: string, more: History) => {
      await using views = await startSqliteViews(join(folder, name));
      return await foldedDocuments(views, messages, [inStreamOrder(more)]);
    };
    const before = await fold('before.sqlite', { 'messages-room': history });
    t.like(before.messages?.[messageId(room, 0)], { text: 'Hello again', mediaCount: 2, edits: [2, 3], textSeq: 3 });
    t.like(before.messages?.[messageId(room, 1)], { quotes: true });
    t.like(before['message-quotes']?.[messageId(room, 1)], { quotedSender: ann, quote: { text: 'ell', from: 1 } });
    t.like(before['message-media']?.[messageMediaId(room, 0, 1)], { media: 'm2', ended: false });
    const after = await fold('after.sqlite', {
      'messages-room': [...history, withdrawn],
      'user-ann': [{ type: 'people.person-erased.v1', data: { login: 'h1' } }],
    });
    t.like(after.messages?.[messageId(room, 0)], { text: null, withdrawn: true });
    t.false(JSON.stringify(after).includes('ell'), 'nothing of what she said is left');
    t.like(after['message-media']?.[messageMediaId(room, 0, 1)], { ended: true });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a preview that comes late is not shown under words that were edited since', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-messages-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true }));
  const views = stack.use(await startSqliteViews(join(folder, 'views.sqlite')));
  const previewed = (of: number, title: string) =>
    ({
      type: 'chat.message-previewed.v1',
      data: { channel: room, message: 0, sender: ann, of, preview: { url: 'https://a.example/', title }, messageCount: 1 },
    }) as const;
  const edited = { type: 'chat.message-edited.v1', data: { channel: room, message: 0, sender: ann, text: 'Hullo', messageCount: 1 } } as const;
  const previewAfter = async (...events: readonly (ReturnType<typeof previewed> | typeof edited)[]) => {
    const { messages: history } = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-room': [posted, ...events] })]);
    return (history?.[messageId(room, 0)]?.['preview'] as { readonly title: string } | undefined)?.title;
  };
  t.is(await previewAfter(previewed(0, 'first')), 'first');
  t.is(await previewAfter(previewed(0, 'first'), edited), undefined);
  t.is(await previewAfter(edited, previewed(0, 'late')), undefined);
  t.is(await previewAfter(edited, previewed(0, 'late'), previewed(1, 'second')), 'second');
});

test('of a message that has disappeared the words are gone from its document, and what has yet to disappear is found by its time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-messages-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await using views = await startSqliteViews(join(folder, 'views.sqlite'));
  const { 'messages-hall': said = [], 'disappeared-hall': gone = [] } = everything;
  const {
    messages: history,
    'channel-heads': heads,
    disappearing,
  } = await foldedDocuments(views, messages, [inStreamOrder({ 'messages-hall': said, 'disappeared-hall': gone })]);
  t.like(history?.[messageId(hall, 0)], { sender: ann, text: null, disappeared: true, unread: `-0 ${ann}`, messageCount: 1 });
  t.like(history?.[messageId(hall, 1)], { sender: ann, text: 'Gone last', editedAt: at });
  t.like(heads?.[hall], { headSeq: 2, messageCount: 2, lastMessage: 1 });
  const [window, ...others] = Object.values(disappearing ?? {});
  t.deepEqual(others, [], 'what was said, and ends, at about the same time shares a document');
  t.like(window, { channel: hall, from: 0, upTo: 1, toldUpTo: 0, seconds: 86_400 });
  t.true(String(window?.['dueAt']) > String(history?.[messageId(hall, 1)]?.['expiresAt']));

  // Read again when it has ended, as by a rebuild: whoever had said it was still there.
  const [first, ...rest] = said as readonly MessagesEvent[];
  const ended = { ...first, data: { ...first?.data, text: { erased: true } } } as MessagesEvent;
  await using again = await startSqliteViews(join(folder, 'rebuilt.sqlite'));
  const rebuilt = await foldedDocuments(again, messages, [inStreamOrder({ 'messages-hall': [ended, ...rest], 'disappeared-hall': gone })]);
  t.deepEqual(rebuilt.messages?.[messageId(hall, 0)], history?.[messageId(hall, 0)]);
});
