import test from 'ava';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { readAsMember } from './read-as-member.ts';

const of = { person: 'ann' as PersonId, channel: 'room' as ChannelId };

test('a member who is removed while the channel is read is shown nothing of it', async (t) => {
  let isStillMember = true;
  const found = await readAsMember({ readsFrom: async () => (isStillMember ? 0 : undefined) }, of, async () => {
    isStillMember = false;
    return 'what was said afterwards';
  });
  t.is(found, undefined);
});

test('for a person who is no member, nothing is read, so that the time of the answer doesn’t tell whether there is a channel', async (t) => {
  let reads = 0;
  t.is(await readAsMember({ readsFrom: async () => undefined }, of, async () => ++reads), undefined);
  t.is(reads, 0);
  t.is(await readAsMember({ readsFrom: async () => 0 }, of, async () => ++reads), 1);
});

test('a person who left and came again while the channel is read, and may read less by now, is shown nothing of it', async (t) => {
  let rejoined = false;
  const found = await readAsMember({ readsFrom: async () => (rejoined ? 7 : 3) }, of, async (from) => {
    t.is(from, 3);
    rejoined = true;
    return 'what was said before';
  });
  t.is(found, undefined);
});
