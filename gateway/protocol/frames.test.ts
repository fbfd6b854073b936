import test from 'ava';
import { v4, v7 } from 'uuid';
import { MENTIONS_MAX } from '../../domain/chat/messages.ts';
import { CURSORS_MAX, parseFrame, TEXTLESS_CHARACTERS_MAX, WATCHED_PEOPLE_MAX } from './frames.ts';

const channel = v4();
const id = v7();
const valid: Readonly<Record<string, object>> = {
  'a hello': { type: 'hello', token: 't', device: 'phone-1' },
  'a hello with cursors': { type: 'hello', token: 't', device: 'phone-1', cursors: { [channel]: -1 } },
  'a message': { type: 'send', channel, id, text: 'hello' },
  'a reply with a mention': { type: 'send', channel, id, text: 'hello', replyTo: 3, mentions: [v4()] },
  'an edit': { type: 'edit', channel, id, message: 0, text: 'better' },
  'a withdrawal': { type: 'withdraw', channel, id, message: 0 },
  'a reaction': { type: 'react', channel, id, message: 0, emoji: '👍', change: 'added' },
  'a delivery receipt': { type: 'delivered', channel, seq: 0 },
  'a delivery receipt that saves a push': { type: 'received', channel, seq: 0 },
  'a read receipt': { type: 'read', channel, seq: 12 },
  typing: { type: 'typing', channel },
  'a heartbeat': { type: 'heartbeat' },
  'a watch': { type: 'watch', people: [v4()] },
};

for (const [name, frame] of Object.entries(valid)) test(`${name} is a frame`, (t) => t.is(parseFrame(JSON.stringify(frame)).outcome, 'frame'));

const unreadable: Readonly<Record<string, string>> = {
  nothing: '',
  'half an object': '{"type":"send"',
  'a text': '"hello"',
  'a number': '7',
  null: 'null',
  'a list': '[{"type":"heartbeat"}]',
  'no type': '{"channel":"x"}',
  'a type that is no text': '{"type":7}',
};

for (const [name, text] of Object.entries(unreadable)) test(`${name} is unreadable`, (t) => t.is(parseFrame(text).outcome, 'unreadable'));

const many = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make);
const malformed: Readonly<Record<string, object>> = {
  'an unknown type': { type: 'shout' },
  'a type of the prototype': { type: 'constructor' },
  'a hello without a token': { type: 'hello', device: 'd' },
  'an empty token': { type: 'hello', token: '', device: 'd' },
  'a device with a blank': { type: 'hello', token: 't', device: 'my phone' },
  'a cursor below -1': { type: 'hello', token: 't', device: 'd', cursors: { [channel]: -2 } },
  'a cursor between two': { type: 'hello', token: 't', device: 'd', cursors: { [channel]: 1.5 } },
  'a cursor of no channel': { type: 'hello', token: 't', device: 'd', cursors: { room: 1 } },
  'too many cursors': { type: 'hello', token: 't', device: 'd', cursors: Object.fromEntries(many(CURSORS_MAX + 1, () => [v4(), 0])) },
  'the epoch of no restored log': { type: 'hello', token: 't', device: 'd', epoch: 0 },
  'a message without an id': { type: 'send', channel, text: 'hello' },
  'an id without a time': { type: 'send', channel, id: v4(), text: 'hello' },
  'a message without a channel': { type: 'send', id, text: 'hello' },
  'a channel that is no UUID': { type: 'send', channel: '../user-1', id, text: 'hello' },
  'a text that is a number': { type: 'send', channel, id, text: 7 },
  'an unknown field': { type: 'send', channel, id, text: 'hello', colour: 'red' },
  'a reply to a negative seq': { type: 'send', channel, id, text: 'hello', replyTo: -1 },
  'too many mentions': { type: 'send', channel, id, text: 'hello', mentions: many(MENTIONS_MAX + 1, () => v4()) },
  'an edit without a message': { type: 'edit', channel, id, text: 'hello' },
  'a reaction without an emoji': { type: 'react', channel, id, message: 0, emoji: '', change: 'added' },
  'a reaction neither added nor removed': { type: 'react', channel, id, message: 0, emoji: '👍', change: 'kept' },
  'a read receipt of a negative seq': { type: 'read', channel, seq: -1 },
  'a seq too large to count': { type: 'received', channel, seq: 2 ** 60 },
  'typing without a channel': { type: 'typing' },
  'a watch of too many people': { type: 'watch', people: many(WATCHED_PEOPLE_MAX + 1, () => v4()) },
  'a watch of a person that is no UUID': { type: 'watch', people: ['ann'] },
};

for (const [name, frame] of Object.entries(malformed)) {
  test(`${name} is malformed, and the detail names the fault`, (t) => {
    const parsed = parseFrame(JSON.stringify(frame));
    t.is(parsed.outcome, 'malformed');
    if (parsed.outcome !== 'malformed') return;
    t.is(parsed.about, (frame as { type: string }).type);
    t.true(parsed.detail.length > 0);
  });
}

test('a frame without a text that is over the limit is refused before its fields are checked', (t) => {
  const cursors = Object.fromEntries(many(TEXTLESS_CHARACTERS_MAX / 16, () => [v4(), '']));
  for (const frame of [
    { type: 'hello', token: 't', device: 'd', cursors },
    { type: 'watch', people: Object.keys(cursors) },
  ]) {
    t.like(parseFrame(JSON.stringify(frame)), { outcome: 'malformed', detail: `${frame.type}: at most ${TEXTLESS_CHARACTERS_MAX} characters` });
  }
});
