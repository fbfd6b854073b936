import test from 'ava';
import fc from 'fast-check';
import { erased } from '../shared/event.ts';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import { evolveChannel, type ChannelState } from './channel-state.ts';
import type { MessagesEvent } from './events.ts';
import { EMOJI_LENGTH_MAX_CHARACTERS } from './emoji.ts';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS, messages } from './messages.ts';

const at = instant(0);
const channel = 'room' as ChannelId;
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const groupOf = (...members: readonly PersonId[]): ChannelState =>
  evolveChannel({ status: 'none' }, { type: 'chat.channel-opened.v1', data: { channel, kind: 'group', owner: ann, members, at } });
const membership = groupOf(ann, bob);

const posted = (messageCount = 1, more = {}): MessagesEvent => ({
  type: 'chat.message-posted.v1',
  data: { channel, sender: ann, text: 'Hello', clientId: 'c-1', at, messageCount, ...more },
});
const edited: MessagesEvent = { type: 'chat.message-edited.v1', data: { channel, message: 0, sender: ann, text: 'Hullo', messageCount: 1 } };
const withdrawn: MessagesEvent = { type: 'chat.message-withdrawn.v1', data: { channel, message: 0, by: ann, messageCount: 1 } };
const reacted = (change: 'added' | 'removed', emoji = '👍'): MessagesEvent => ({
  type: 'chat.message-reacted.v1',
  data: { channel, message: 0, person: bob, emoji, change, messageCount: 1 },
});

const post = { type: 'post', channel, actor: ann, membership, relation: 'clear', text: 'Hello', clientId: 'c-1', at } as const;
const about = { channel, actor: ann, membership, relation: 'clear', message: 0, target: posted() } as const;
const edit = { type: 'edit', ...about, text: 'Hullo' } as const;
const withdraw = { type: 'withdraw', ...about } as const;
const react = { type: 'react', ...about, actor: bob, emoji: '👍', change: 'added' } as const;

test('a member posts, and each message is counted', (t) => {
  given(messages).when(post).then(t, posted(1));
  given(messages, posted(1)).when(post).then(t, posted(2));
  given(messages, posted(1), edited, withdrawn, reacted('added')).when(post).then(t, posted(2));
});

test('a person who is no member can’t post or change anything', (t) => {
  for (const command of [post, edit, withdraw, react]) {
    given(messages)
      .when({ ...command, actor: cid })
      .thenRefused(t, 'channel-unknown');
  }
  for (const command of [post, edit, react]) {
    given(messages)
      .when({ ...command, membership: { status: 'none' } })
      .thenRefused(t, 'channel-unknown');
    given(messages)
      .when({ ...command, membership: { status: 'closed' } })
      .thenRefused(t, 'channel-unknown');
  }
});

test('one’s own words are withdrawn wherever one is: not a member any more, across a block, in a channel that is closed', (t) => {
  for (const where of [{ membership: groupOf(bob) }, { membership: { status: 'closed' } }, { relation: 'blocked' }] as const)
    given(messages, posted())
      .when({ ...withdraw, ...where })
      .then(t, withdrawn);
  given(messages, posted())
    .when({ ...withdraw, actor: cid, target: undefined })
    .thenRefused(t, 'channel-unknown');
});

test('of a message that was closed nothing is said, whatever was said since, and its withdrawal is still appended', (t) => {
  const since = [posted(), posted(2)];
  for (const command of [edit, react])
    given(messages, ...since)
      .when({ ...command, isClosed: true })
      .thenRefused(t, 'message-withdrawn');
  given(messages, ...since)
    .when({ ...withdraw, isClosed: true })
    .then(t, { ...withdrawn, data: { ...withdrawn.data, messageCount: 2 } } as MessagesEvent);
});

test('across a block people can’t post, edit or react, but can take back their own messages and reactions', (t) => {
  const relation = 'blocked';
  for (const command of [post, edit, react]) {
    given(messages, posted())
      .when({ ...command, relation })
      .thenRefused(t, 'blocked');
  }
  given(messages, posted())
    .when({ ...withdraw, relation })
    .then(t, withdrawn);
  given(messages, posted(), reacted('added'))
    .when({ ...react, change: 'removed', relation })
    .then(t, reacted('removed'));
});

test(`a message has at most ${MESSAGE_LENGTH_MAX_CHARACTERS} characters, also when each is two code units`, (t) => {
  const long = '😀'.repeat(MESSAGE_LENGTH_MAX_CHARACTERS);
  given(messages)
    .when({ ...post, text: long })
    .then(t, posted(1, { text: long }));
  given(messages)
    .when({ ...post, text: `${long}!` })
    .thenRefused(t, 'message-too-long', { length: MESSAGE_LENGTH_MAX_CHARACTERS + 1, max: MESSAGE_LENGTH_MAX_CHARACTERS });
});

test('a message needs text that can be encoded', (t) => {
  given(messages)
    .when({ ...post, text: '\n' })
    .thenRefused(t, 'message-empty');
  given(messages)
    .when({ ...post, text: 'a\ud83d' })
    .thenRefused(t, 'text-malformed');
  given(messages, posted())
    .when({ ...edit, text: '' })
    .thenRefused(t, 'message-empty');
});

test('a message replies to another', (t) => {
  given(messages, posted(1))
    .when({ ...post, replyTo: { message: 0, target: posted(1) } })
    .then(t, posted(2, { replyTo: 0 }));
});

test('a withdrawal names the people whom the message mentioned', (t) => {
  given(messages, posted())
    .when({ ...withdraw, target: posted(1, { mentions: [bob] }) })
    .then(t, { ...withdrawn, data: { ...withdrawn.data, mentions: [bob] } } as MessagesEvent);
});

test('nobody is mentioned across a block', (t) => {
  given(messages)
    .when({ ...post, mentions: [ann, bob], blockedMentions: new Set([bob]) })
    .then(t, posted(1, { mentions: [ann] }));
});

test('only a message can be replied to', (t) => {
  for (const target of [undefined, edited, reacted('added')]) {
    given(messages, posted())
      .when({ ...post, replyTo: { message: 7, target } })
      .thenRefused(t, 'message-unknown');
  }
});

test('a message mentions members only, each once', (t) => {
  given(messages)
    .when({ ...post, mentions: [bob, cid, bob] })
    .then(t, posted(1, { mentions: [bob] }));
  given(messages)
    .when({ ...post, mentions: [cid] })
    .then(t, posted(1));
});

test('a message mentions a limited number of people', (t) => {
  const members = Array.from({ length: MENTIONS_MAX + 1 }, (_, i) => `person-${i}` as PersonId);
  given(messages)
    .when({ ...post, membership: groupOf(ann, ...members), mentions: members })
    .thenRefused(t, 'too-many-mentions', { max: MENTIONS_MAX });
});

test('only the sender edits and withdraws a message', (t) => {
  given(messages, posted()).when(edit).then(t, edited);
  given(messages, posted()).when(withdraw).then(t, withdrawn);
  given(messages, posted())
    .when({ ...edit, actor: bob })
    .thenRefused(t, 'not-the-sender');
  given(messages, posted())
    .when({ ...withdraw, actor: bob })
    .thenRefused(t, 'not-the-sender');
});

test('who joined later is not told whether a message from before is there, and takes back their own from an earlier stay', (t) => {
  const joined = { channel, member: bob, by: ann, messageCount: 1, readsFrom: 5, at };
  const since = evolveChannel(groupOf(ann), { type: 'chat.member-joined.v1', data: joined });
  for (const target of [undefined, posted(), edited])
    for (const command of [edit, withdraw, react])
      given(messages, posted())
        .when({ ...command, actor: bob, membership: since, target })
        .thenRefused(t, 'message-unknown');
  given(messages, posted())
    .when({ ...withdraw, actor: bob, membership: since, target: posted(1, { sender: bob }) })
    .then(t, { ...withdrawn, data: { ...withdrawn.data, by: bob } } as MessagesEvent);
});

test('who may write no more changes nothing of what they wrote, but takes it back', (t) => {
  const opened = { channel, kind: 'announcement', owner: bob, members: [bob, ann], at } as const;
  const silenced = evolveChannel({ status: 'none' }, { type: 'chat.channel-opened.v1', data: opened });
  given(messages, posted())
    .when({ ...edit, membership: silenced })
    .thenRefused(t, 'not-an-admin');
  given(messages, posted())
    .when({ ...withdraw, membership: silenced })
    .then(t, withdrawn);
});

test('only a message can be edited, withdrawn or reacted to', (t) => {
  for (const target of [undefined, edited, withdrawn]) {
    given(messages, posted())
      .when({ ...edit, target })
      .thenRefused(t, 'message-unknown');
    given(messages, posted())
      .when({ ...withdraw, target })
      .thenRefused(t, 'message-unknown');
    given(messages, posted())
      .when({ ...react, target })
      .thenRefused(t, 'message-unknown');
  }
});

test('a message that was just withdrawn is withdrawn, and takes no edit and no reaction', (t) => {
  given(messages, posted(), withdrawn).when(withdraw).then(t);
  given(messages, posted(), withdrawn).when(edit).thenRefused(t, 'message-withdrawn');
  given(messages, posted(), withdrawn).when(react).thenRefused(t, 'message-withdrawn');
});

test('a member reacts, and takes the reaction back', (t) => {
  given(messages, posted()).when(react).then(t, reacted('added'));
  given(messages, posted(), reacted('added')).when(react).then(t);
  given(messages, posted(), reacted('added'))
    .when({ ...react, change: 'removed' })
    .then(t, reacted('removed'));
});

test('a reaction is an emoji', (t) => {
  for (const emoji of ['👍🏽', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '❤️']) {
    given(messages, posted())
      .when({ ...react, emoji })
      .then(t, reacted('added', emoji));
  }
  for (const emoji of ['', 'yes', '7', '👍👍', '👍 ', `👍${'\u200d👍'.repeat(EMOJI_LENGTH_MAX_CHARACTERS / 2)}`]) {
    given(messages, posted())
      .when({ ...react, emoji })
      .thenRefused(t, 'emoji-invalid');
  }
});

test('an emoji in two spellings is one reaction, which either takes back, also where the log has the other', (t) => {
  for (const [kept, other] of [
    ['👍', '👍\ufe0f'],
    ['❤️', '❤'],
    ['1️⃣', '1\u20e3'],
  ] as const) {
    given(messages, posted())
      .when({ ...react, emoji: other })
      .then(t, reacted('added', kept));
    for (const stored of [kept, other]) {
      given(messages, posted(), reacted('added', stored))
        .when({ ...react, emoji: other })
        .then(t);
      given(messages, posted(), reacted('added', stored))
        .when({ ...react, emoji: other, change: 'removed' })
        .then(t, reacted('removed', kept));
    }
  }
});

test('a reaction that earlier versions took for an emoji can still be taken back, but not added', (t) => {
  const emoji = 'a\u20e3';
  given(messages, posted())
    .when({ ...react, emoji })
    .thenRefused(t, 'emoji-invalid');
  given(messages, posted(), reacted('added', emoji))
    .when({ ...react, emoji, change: 'removed' })
    .then(t, reacted('removed', emoji));
  given(messages, posted())
    .when({ ...react, emoji: 'a', change: 'removed' })
    .thenRefused(t, 'emoji-invalid');
});

test('a message whose text was erased is withdrawn like any other', (t) => {
  const unreadable = posted(1, { text: erased });
  given(messages, unreadable)
    .when({ ...withdraw, target: unreadable })
    .then(t, withdrawn);
});

test('the last event alone gives the state that the whole history gives', (t) => {
  const event = fc.constantFrom(posted(1), posted(2), edited, withdrawn, reacted('added'), reacted('removed'));
  fc.assert(
    fc.property(fc.array(event, { minLength: 1 }), (history) => {
      t.deepEqual(history.reduce(messages.evolve, messages.initialState), history.slice(-1).reduce(messages.evolve, messages.initialState));
    }),
  );
});

test('a preview counts as no message, ends with the message, and is kept of none that is withdrawn', (t) => {
  const preview = { url: 'https://example.com/', title: 'Choir' };
  const add = { type: 'preview', channel, message: 0, target: posted(), of: 0, preview, isClosed: false } as const;
  const data = { channel, message: 0, sender: ann, of: 0, preview, messageCount: 2 };
  given(messages, posted(), posted(2)).when(add).then(t, { type: 'chat.message-previewed.v1', data });
  const expiresAt = instant(60_000);
  given(messages, posted(), posted(2))
    .when({ ...add, target: posted(1, { expiresAt }) })
    .then(t, { type: 'chat.message-previewed.v1', data: { ...data, expiresAt } });
  given(messages, posted())
    .when({ ...add, isClosed: true })
    .then(t);
  given(messages, posted())
    .when({ ...add, target: edited })
    .then(t);
});
