import test from 'ava';
import type { MessageDocument } from '../../projections/read-models/chat/messages.ts';
import { messageRow } from './said.ts';

const message = { channel: 'room', seq: 7, sender: 'ann', text: 'Rain', at: '2030-01-01T00:00:00.000Z' } as unknown as MessageDocument;

for (const [what, fields, note] of [
  ['has its number alone', {}, '№ 7'],
  ['names the one that it replies to', { replyTo: 3 }, '№ 7, in reply to № 3'],
  ['says that it was edited', { editedAt: message.at }, '№ 7, edited'],
  ['says that it was withdrawn', { text: null, withdrawn: true as const }, '№ 7, withdrawn'],
] as const)
  test(`beside a message in an archive stands what became of it: one ${what}`, (t) => {
    const { markup } = messageRow({ ...message, ...fields }).show([]);
    t.deepEqual(/<small>(.*?)<\/small/.exec(markup)?.[1], note);
  });
