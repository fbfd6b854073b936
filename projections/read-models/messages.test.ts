/** The document of a message stays small, whatever an old log holds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { REACTION_KINDS_MAX } from '../../domain/chat/reaction-kinds.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder } from '../test-fixture.ts';
import { ann, at, bob, room } from '../testing/history.ts';
import { messageId, messages, REACTING_KEPT_MAX } from './messages.ts';

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
