import test from 'ava';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

async function pagesOf(api: ReadApiFixture, as: LoggedInPerson, limit: number): Promise<readonly (readonly string[])[]> {
  const pages = [];
  for (let next: string | null = ''; next !== null;) {
    const { body } = await api.requestAfterWrites(as, `/v1/me/inbox?limit=${limit}${next === '' ? '' : `&before=${encodeURIComponent(next)}`}`);
    pages.push(body.channels.map(({ channel }) => channel));
    next = body.next;
  }
  return pages;
}

async function givenRooms(count: number) {
  const api = await givenReadApi();
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const rooms: ChannelId[] = [];
  await api.friends(ada, bob); // and so a member at once
  for (let i = 0; i < count; i++) {
    const { commands, by } = api.work;
    const open = { person: ada.person, members: [bob.person], title: `Room ${i}` };
    const { id: channel } = await api.expectSuccess(commands.openGroupChannel(open, by(ada.person)));
    rooms.push(channel);
  }
  return { api, ada, bob, rooms };
}

test('the last active channel comes first, whatever is read or muted meanwhile', async (t) => {
  const { api, ada, bob, rooms } = await givenRooms(5);
  await using _ = api;
  const { commands, by } = api.work;
  const [r0, r1, r2, r3, r4] = rooms as [ChannelId, ChannelId, ChannelId, ChannelId, ChannelId];
  for (const room of [r3, r0, r4, r1, r2]) await api.sendMessage(ada, room, 'Hello');
  await api.expectSuccess(commands.markRead({ person: bob.person, channel: r3, seq: 0 }, by(bob.person)));
  await api.expectSuccess(commands.muteChannel({ person: bob.person, channel: r4 }, by(bob.person)));
  t.deepEqual(await pagesOf(api, bob, 2), [[r2, r1], [r4, r0], [r3]]);
  t.deepEqual(await pagesOf(api, bob, 5), [[r2, r1, r4, r0, r3]], 'a page that is just full is the last one');
});

test('a page goes on where the previous one ended, even when other channels have moved up since', async (t) => {
  const { api, ada, bob, rooms } = await givenRooms(4);
  await using _ = api;
  for (const room of rooms) await api.sendMessage(ada, room, 'Hello');
  const first = (await api.requestAfterWrites(bob, '/v1/me/inbox?limit=2')).body;
  await api.sendMessage(ada, rooms[0] as ChannelId, 'Hello again');
  const rest = (await api.requestAfterWrites(bob, `/v1/me/inbox?limit=2&before=${encodeURIComponent(first.next ?? '')}`)).body;
  t.deepEqual(
    [first, rest].map(({ channels }) => channels.map(({ channel }) => channel)),
    [[rooms[3], rooms[2]], [rooms[1]]],
  );
});

test('unread counts messages of others and not changes to them, and is 0 when the last message is one’s own', async (t) => {
  const { api, ada, bob, rooms } = await givenRooms(1);
  await using _ = api;
  const { commands, by } = api.work;
  const channel = rooms[0] as ChannelId;
  const inboxOf = async (as: LoggedInPerson) => (await api.requestAfterWrites(as, '/v1/me/inbox')).body.channels[0];
  t.like(await inboxOf(bob), { unread: 0, last: null, headSeq: null, readUpTo: null });

  for (const text of ['one', 'two', 'three']) await api.sendMessage(ada, channel, text);
  await api.expectSuccess(commands.editMessage({ channel, person: ada.person, message: 2, text: 'Three' }, by(ada.person)));
  await api.expectSuccess(commands.reactToMessage({ channel, person: ada.person, message: 0, emoji: '👍', change: 'added' }, by(ada.person)));
  t.like(await inboxOf(bob), { unread: 3, headSeq: 4, last: { seq: 2, text: 'Three', sender: ada.person } });
  t.like(await inboxOf(ada), { unread: 0 });

  await api.expectSuccess(commands.markRead({ person: bob.person, channel, seq: 1 }, by(bob.person)));
  t.like(await inboxOf(bob), { unread: 1, readUpTo: 1 });
  const mention = await api.sendMessage(ada, channel, '@Bob', [bob]);
  t.like(await inboxOf(bob), { unread: 2, mentions: [mention] });
  await api.expectSuccess(commands.markRead({ person: bob.person, channel, seq: mention }, by(bob.person)));
  t.like(await inboxOf(bob), { unread: 0, mentions: [] });

  await api.sendMessage(bob, channel, 'Yes?');
  t.like(await inboxOf(bob), { unread: 0 });
  t.like(await inboxOf(ada), { unread: 1 }, 'her own words are not');
});

test('a channel that the person has left is not in the inbox any more, and can’t be read', async (t) => {
  const { api, ada, bob, rooms } = await givenRooms(2);
  await using _ = api;
  const { commands, by } = api.work;
  const channel = rooms[0] as ChannelId;
  await api.sendMessage(ada, channel, 'Hello');
  t.is((await api.requestAfterWrites(bob, `/v1/channels/${channel}/messages`)).status, 200);
  await api.expectSuccess(commands.leaveChannel({ person: bob.person, channel }, by(bob.person)));
  t.deepEqual(await pagesOf(api, bob, 5), [[rooms[1] as string]]);
  t.is((await api.requestAfterWrites(bob, `/v1/channels/${channel}`)).body.code, 'channel-unknown');
  t.is((await api.requestAfterWrites(bob, `/v1/channels/${channel}/messages`)).body.code, 'channel-unknown');
  t.deepEqual(
    (await api.requestAfterWrites(ada, `/v1/channels/${channel}`)).body.members.map(({ id }) => id),
    [ada.person],
  );
});

test('history is read from its end, before a seq and after one, without a gap', async (t) => {
  const { api, ada, bob, rooms } = await givenRooms(1);
  await using _ = api;
  const { commands, by } = api.work;
  const channel = rooms[0] as ChannelId;
  for (let i = 0; i < 4; i++) await api.sendMessage(ada, channel, `said ${i}`);
  await api.expectSuccess(commands.withdrawMessage({ channel, person: ada.person, message: 1 }, by(ada.person))); // takes seq 4
  await api.sendMessage(bob, channel, 'said 5');
  const page = async (search: string) => {
    const { messages, more } = (await api.requestAfterWrites(bob, `/v1/channels/${channel}/messages?${search}`)).body;
    return [messages.map(({ seq }) => seq), more];
  };
  t.deepEqual(await page(''), [[0, 1, 2, 3, 5], false]);
  t.deepEqual(await page('limit=2'), [[3, 5], true]);
  t.deepEqual(await page('before=3&limit=2'), [[1, 2], true]);
  t.deepEqual(await page('before=1&limit=2'), [[0], false]);
  t.deepEqual(await page('before=0'), [[], false]);
  t.deepEqual(await page('after=0&limit=2'), [[1, 2], true]);
  t.deepEqual(await page('after=3&limit=2'), [[5], false]);
  t.deepEqual(await page('after=5'), [[], false]);
  t.deepEqual(await page('after=0&before=3'), [[1, 2], false]);
  const { messages } = (await api.requestAfterWrites(bob, `/v1/channels/${channel}/messages`)).body;
  t.like(messages[1], { text: null, withdrawn: true });
});

test('the name of a person who blocks the reader is not told by the inbox or the channel, only what history has', async (t) => {
  await using api = await givenReadApi();
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  const { commands, by } = api.work;
  const namesFor = async (as: LoggedInPerson) => {
    const { body: inbox } = await api.requestAfterWrites(as, '/v1/me/inbox');
    const { body: room } = await api.requestAfterWrites(as, `/v1/channels/${channel}`);
    return [inbox.channels[0]?.with[0]?.name, ...room.members.map(({ name }) => name)];
  };
  t.deepEqual(await namesFor(bob), ['Ada', 'Ada', 'Bob']);
  await api.expectSuccess(commands.block({ person: ada.person, other: bob.person }, by(ada.person)));
  t.deepEqual(await namesFor(bob), [null, null, 'Bob']);
  t.deepEqual(await namesFor(ada), ['Bob', 'Ada', 'Bob'], 'one’s own block hides nothing from oneself');
  await api.expectSuccess(commands.unblock({ person: ada.person, other: bob.person }, by(ada.person)));
  t.deepEqual(await namesFor(bob), ['Ada', 'Ada', 'Bob']);
});
