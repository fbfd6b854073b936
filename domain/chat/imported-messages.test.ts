import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { instant, plus } from '../shared/instant.ts';
import { evolveChannel, type ChannelState } from './channel-state.ts';
import type { MessagesEvent } from './events.ts';
import { refusalOfImported, type ImportedMessage } from './imported-messages.ts';
import { REACTION_KINDS_MAX } from './message-marks.ts';
import { messages } from './messages.ts';

const at = instant(0);
const channel = 'room' as ChannelId;
const [ann, bob, cid] = ['ann', 'bob', 'cid'] as PersonId[] as [PersonId, PersonId, PersonId];
const opened = (kind: 'group' | 'announcement'): ChannelState =>
  evolveChannel({ status: 'none' }, { type: 'chat.channel-opened.v1', data: { channel, kind, owner: ann, members: [ann, bob], at } });
const group = opened('group');

const posted = (messageCount: number, more: object = {}): MessagesEvent => ({
  type: 'chat.message-posted.v1',
  data: { channel, sender: ann, text: 'Hello', clientId: 'elsewhere/1', at, messageCount, ...more },
});
const said = (more: Partial<ImportedMessage> = {}): ImportedMessage => ({ sender: ann, clientId: 'elsewhere/1', at, text: 'Hello', ...more });
const bring = (all: readonly ImportedMessage[], known = { messageCount: 0, imported: 0 }, membership = group) =>
  ({ type: 'add-imported', channel, membership, messages: all, known }) as const;

test('several messages come together, each counted among all and among those that were imported', (t) => {
  given(messages)
    .when(bring([said(), said({ clientId: 'elsewhere/2', editedAt: at })]))
    .then(t, posted(1, { imported: 1 }), posted(2, { clientId: 'elsewhere/2', editedAt: at, imported: 2 }));
  given(messages, posted(1), posted(2, { imported: 1 }), posted(3))
    .when(bring([said()], { messageCount: 3, imported: 1 }))
    .then(t, posted(4, { imported: 2 }));
});

test('what was said elsewhere is kept as long as what is said here, from when it was said', (t) => {
  given(messages)
    .when({ ...bring([said()]), keptSeconds: 60 })
    .then(t, posted(1, { imported: 1, expiresAt: plus(at, 60_000) }));
});

test('they are refused where somebody has posted since it was looked up which of them are there, and in a channel that isn’t open', (t) => {
  given(messages, posted(1))
    .when(bring([said()]))
    .thenRefused(t, 'write-contention');
  for (const status of ['none', 'closed'] as const)
    given(messages)
      .when(bring([said()], undefined, { status }))
      .thenRefused(t, 'channel-unknown');
});

test('who sent them need not be a member, and who is mentioned is one, but in an announcement channel, whose members come afterwards', (t) => {
  const mention = (person: PersonId, from: number) => ({ kind: 'mention', person, from, to: from + 1 }) as const;
  const message = said({ sender: cid, mentions: [cid, bob, bob], entities: [mention(cid, 0), mention(bob, 2)] });
  given(messages)
    .when(bring([message]))
    .then(t, posted(1, { sender: cid, mentions: [bob], entities: [mention(bob, 2)], imported: 1 }));
  given(messages)
    .when(bring([message], undefined, opened('announcement')))
    .then(t, posted(1, { sender: cid, mentions: [cid, bob], entities: [mention(cid, 0), mention(bob, 2)], imported: 1 }));
});

test('of reactions each picture is one however it is written, no text is one, and there are no more than a message may have', (t) => {
  const reactions = [
    { emoji: '❤', people: [ann] },
    { emoji: '❤️', people: [ann, bob] },
    { emoji: 'nice', people: [ann] },
    { emoji: '🎉', people: [] },
  ];
  given(messages)
    .when(bring([said({ reactions })]))
    .then(t, posted(1, { reactions: { '❤️': [ann, bob] }, imported: 1 }));
  const many = Array.from({ length: REACTION_KINDS_MAX + 5 }, (_, n) => ({ emoji: String.fromCodePoint(0x1f600 + n), people: [ann] }));
  const decision = messages.decide(messages.initialState, bring([said({ reactions: many })]));
  const [event] = decision.outcome === 'accepted' ? decision.events : [];
  t.is(event?.type === 'chat.message-posted.v1' && Object.keys(event.data.reactions ?? {}).length, REACTION_KINDS_MAX);
});

test('each repeats how far the notices of the channel have come', (t) => {
  const notice: MessagesEvent = { type: 'chat.notice-added.v1', data: { channel, notice: 'left', by: bob, member: bob, noted: 3, messageCount: 0 } };
  given(messages, notice)
    .when(bring([said()]))
    .then(t, posted(1, { imported: 1, noted: 3 }));
});

test('a message that says nothing, too much, or what isn’t so is refused by itself', (t) => {
  const codeOf = (message: ImportedMessage) => {
    const refusal = refusalOfImported(message, { maxCharacters: 10 });
    return refusal?.outcome === 'refused' ? refusal.refusal.code : undefined;
  };
  t.is(codeOf(said()), undefined);
  t.is(codeOf(said({ text: ' ' })), 'message-empty');
  t.is(codeOf(said({ text: 'Hello, Hello' })), 'message-too-long');
  t.is(codeOf(said({ text: '\ud800' })), 'text-malformed');
  t.is(codeOf(said({ entities: [{ kind: 'bold', from: 4, to: 6 }] })), 'entity-invalid');
});
