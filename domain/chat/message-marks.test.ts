import test from 'ava';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { instant } from '../shared/instant.ts';
import { given } from '../shared/given-when-then.ts';
import { REACTION_KINDS_MAX, messageMarks } from './message-marks.ts';

const channel = 'room' as ChannelId;
const used = (emoji: string) => ({ type: 'chat.reaction-kind-used.v1', data: { channel, message: 3, emoji } }) as const;
const use = (emoji: string) => ({ type: 'use-kind', channel, message: 3, emoji }) as const;
const kinds = (count: number) => Array.from({ length: count }, (_, n) => used(String.fromCodePoint(0x1f600 + n)));

test('the first reaction of a kind takes the kind’s place, once', (t) => {
  given(messageMarks).when(use('👍')).then(t, used('👍'));
  given(messageMarks, used('👍')).when(use('👍')).then(t);
  given(messageMarks, used('👍')).when(use('❤️')).then(t, used('❤️'));
});

test(`a message has at most ${REACTION_KINDS_MAX} kinds of reaction, and those that it has go on`, (t) => {
  given(messageMarks, ...kinds(REACTION_KINDS_MAX - 1))
    .when(use('👍'))
    .then(t, used('👍'));
  const full = given(messageMarks, ...kinds(REACTION_KINDS_MAX));
  full.when(use('👍')).thenRefused(t, 'too-many-reactions', { max: REACTION_KINDS_MAX });
  full.when(use(String.fromCodePoint(0x1f600))).then(t);
});

test('a message is closed once, and takes no kind of reaction from then on', (t) => {
  const at = instant(0);
  const by = 'ann' as PersonId;
  const closed = { type: 'chat.message-closed.v1', data: { channel, message: 3, by, at } } as const;
  const close = { type: 'close', channel, message: 3, by, at } as const;
  given(messageMarks, used('👍')).when(close).then(t, closed);
  given(messageMarks, closed).when(close).then(t);
  given(messageMarks, used('👍'), closed).when(use('❤️')).thenRefused(t, 'message-withdrawn');
});
