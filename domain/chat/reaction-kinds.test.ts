import test from 'ava';
import type { ChannelId } from '../shared/ids.ts';
import { given } from '../shared/given-when-then.ts';
import { REACTION_KINDS_MAX, reactionKinds } from './reaction-kinds.ts';

const channel = 'room' as ChannelId;
const used = (emoji: string) => ({ type: 'chat.reaction-kind-used.v1', data: { channel, message: 3, emoji } }) as const;
const use = (emoji: string) => ({ type: 'use', channel, message: 3, emoji }) as const;
const kinds = (count: number) => Array.from({ length: count }, (_, n) => used(String.fromCodePoint(0x1f600 + n)));

test('the first reaction of a kind takes the kind’s place, once', (t) => {
  given(reactionKinds).when(use('👍')).then(t, used('👍'));
  given(reactionKinds, used('👍')).when(use('👍')).then(t);
  given(reactionKinds, used('👍')).when(use('❤️')).then(t, used('❤️'));
});

test(`a message has at most ${REACTION_KINDS_MAX} kinds of reaction, and those that it has go on`, (t) => {
  given(reactionKinds, ...kinds(REACTION_KINDS_MAX - 1))
    .when(use('👍'))
    .then(t, used('👍'));
  const full = given(reactionKinds, ...kinds(REACTION_KINDS_MAX));
  full.when(use('👍')).thenRefused(t, 'too-many-reactions', { max: REACTION_KINDS_MAX });
  full.when(use(String.fromCodePoint(0x1f600))).then(t);
});
