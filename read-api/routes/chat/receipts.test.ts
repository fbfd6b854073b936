import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Privacy } from '../../../domain/people/preferences/privacy.ts';
import type { ChannelId, DeviceId } from '../../../domain/shared/ids.ts';
import { PresenceUnavailable } from '../../../ports/presence/port.ts';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';

type Member = { readonly id: string; readonly readUpTo: number | null; readonly deliveredUpTo: number | null };

async function givenThree() {
  const api = await givenReadApi();
  const { commands, by, presence } = api.work;
  const [ada, bob, cyd] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd')];
  return {
    api,
    presence,
    ada,
    bob,
    cyd,
    receive: ({ person }: LoggedInPerson, channel: ChannelId, seq: number) => presence.received(person, randomUUID() as DeviceId, channel, seq),
    read: ({ person }: LoggedInPerson, channel: ChannelId, seq: number) => api.expectSuccess(commands.markRead({ person, channel, seq }, by(person))),
    choose: ({ person }: LoggedInPerson, privacy: Partial<Privacy>) => api.expectSuccess(commands.changePrivacy({ person, privacy }, by(person))),
    receipts: async (as: LoggedInPerson, channel: ChannelId, seq: number) =>
      (await api.requestAfterWrites(as, `/v1/channels/${channel}/messages/${seq}/receipts`)).body as object,
    memberSeen: async (as: LoggedInPerson, channel: ChannelId, { person }: LoggedInPerson) => {
      const { members } = (await api.requestAfterWrites(as, `/v1/channels/${channel}`)).body as unknown as { readonly members: readonly Member[] };
      const { readUpTo, deliveredUpTo } = members.find(({ id }) => id === person) ?? {};
      return { readUpTo, deliveredUpTo };
    },
  };
}

test('members count how many of the others have received and read a message; whoever has read it has it', async (t) => {
  const { api, presence, ada, bob, cyd, read, receipts } = await givenThree();
  await using _ = api;
  const room = await api.group(ada, bob, cyd);
  const seq = await api.sendMessage(ada, room, 'Hello');
  t.deepEqual(await receipts(ada, room, seq), { others: 2, delivered: 0, read: 0 }, 'it was sent');
  await presence.delivered(bob.person, randomUUID() as DeviceId, room, seq);
  t.deepEqual(await receipts(ada, room, seq), { others: 2, delivered: 1, read: 0 });
  await read(cyd, room, seq);
  t.deepEqual(await receipts(ada, room, seq), { others: 2, delivered: 2, read: 1 });
  t.deepEqual(await receipts(bob, room, seq), { others: 2, delivered: 1, read: 1 }, 'the person who asks is not counted');
  t.like(await receipts(ada, room, seq + 1), { code: 'message-unknown' });
  t.like(await receipts(await api.person(), room, seq), { code: 'channel-unknown' });
});

test('who joined later and may not read a message is not counted as having it', async (t) => {
  const { api, ada, bob, cyd, receive, read, receipts } = await givenThree();
  await using _ = api;
  const { commands, by } = api.work;
  const room = await api.group(ada, bob);
  const before = await api.sendMessage(ada, room, 'Hello');
  await api.expectSuccess(commands.setChannelHistory({ person: ada.person, channel: room, history: 'since-joining' }, by(ada.person)));
  await api.friends(ada, cyd);
  await api.expectSuccess(commands.addMember({ person: ada.person, channel: room, member: cyd.person }, by(ada.person)));
  const since = await api.sendMessage(ada, room, 'Welcome');
  await receive(cyd, room, since);
  await read(cyd, room, since);
  t.deepEqual(await receipts(ada, room, before), { others: 1, delivered: 0, read: 0 });
  t.deepEqual(await receipts(ada, room, since), { others: 2, delivered: 1, read: 1 });
});

test('in a direct channel each sees how far the other has received and read; what the presence store has lost is sent only', async (t) => {
  const { api, presence, ada, bob, receive, read, memberSeen } = await givenThree();
  await using _ = api;
  const channel = await api.direct(ada, bob);
  for (const text of ['one', 'two', 'three']) await api.sendMessage(ada, channel, text);
  t.deepEqual(await memberSeen(ada, channel, bob), { readUpTo: null, deliveredUpTo: null });
  await receive(bob, channel, 2);
  await read(bob, channel, 1);
  t.deepEqual(await memberSeen(ada, channel, bob), { readUpTo: 1, deliveredUpTo: 2 });
  Object.assign(presence, { deliveredTo: () => Promise.reject(new PresenceUnavailable('away')) });
  t.deepEqual(await memberSeen(ada, channel, bob), { readUpTo: 1, deliveredUpTo: null });
});

test('of two people one of whom tells nobody what they have read, neither is told of the other; unread messages are counted as ever', async (t) => {
  const { api, ada, bob, cyd, read, choose, memberSeen, receipts } = await givenThree();
  await using _ = api;
  const room = await api.group(ada, bob, cyd);
  const seq = await api.sendMessage(ada, room, 'Hello');
  for (const one of [ada, bob, cyd]) await read(one, room, seq);
  await choose(bob, { readReceipts: false });
  const seen = async (as: LoggedInPerson) => Promise.all([ada, bob, cyd].map(async (of) => (await memberSeen(as, room, of)).readUpTo));
  t.deepEqual(await seen(ada), [seq, null, seq]);
  t.deepEqual(await seen(bob), [null, seq, null], 'one’s own is seen');
  t.like(await receipts(ada, room, seq), { read: 1 });
  t.like(await receipts(bob, room, seq), { read: 0 });
  t.is((await api.requestAfterWrites(bob, '/v1/me/inbox')).body.channels[0]?.unread, 0);
  await choose(bob, { readReceipts: true });
  t.deepEqual(await seen(ada), [seq, seq, seq]);
});

test('nobody is told what devices of a person who is invisible have received', async (t) => {
  const { api, ada, bob, receive, choose, memberSeen, receipts } = await givenThree();
  await using _ = api;
  const channel = await api.direct(ada, bob);
  const seq = await api.sendMessage(ada, channel, 'Hello');
  await receive(bob, channel, seq);
  await choose(bob, { invisible: true });
  t.like(await memberSeen(ada, channel, bob), { deliveredUpTo: null });
  t.like(await receipts(ada, channel, seq), { delivered: 0 });
});
