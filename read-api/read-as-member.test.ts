import test from 'ava';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { readAsMember } from './read-as-member.ts';

const of = { person: 'ann' as PersonId, channel: 'room' as ChannelId };

test('a member who is removed while the channel is read is shown nothing of it', async (t) => {
  let isStillMember = true;
  const found = await readAsMember({ isMember: async () => isStillMember }, of, async () => {
    isStillMember = false;
    return 'what was said afterwards';
  });
  t.is(found, undefined);
});

test('for a person who is no member, nothing is read, so that the time of the answer doesn’t tell whether there is a channel', async (t) => {
  let reads = 0;
  t.is(await readAsMember({ isMember: async () => false }, of, async () => ++reads), undefined);
  t.is(reads, 0);
  t.is(await readAsMember({ isMember: async () => true }, of, async () => ++reads), 1);
});
