import test from 'ava';
import fc from 'fast-check';
import type { CommandResult } from '../../../commands/handling/results.ts';
import type { FriendRequestId } from '../../../domain/people/events.ts';
import type { ChannelId, DeviceId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';
import type { InboxView } from '../chat/inbox.ts';

type Synced = {
  readonly channels: readonly InboxView[];
  readonly left: readonly string[];
  readonly people: readonly { readonly id: string; readonly name: string | null; readonly erased: boolean }[];
  readonly preferences: { readonly quietHours: object | null } | null;
  readonly privacy: { readonly readReceipts: boolean } | null;
  readonly changed: readonly string[];
  readonly cursor: string;
  readonly more: boolean;
};

const ask = async (api: ReadApiFixture, as: LoggedInPerson, cursor?: string, limit = 100): Promise<Synced> => {
  const since = cursor === undefined ? '' : `&since=${encodeURIComponent(cursor)}`;
  const { status, body } = await api.requestAfterWrites(as, `/v1/sync?limit=${limit}${since}`);
  if (status !== 200) throw new Error(body.code);
  return body as unknown as Synced;
};

/** What a client keeps, page by page. */
async function follow(api: ReadApiFixture, as: LoggedInPerson, limit = 100) {
  const kept = { channels: new Map<string, InboxView>(), people: new Map<string, string | null>(), cursor: undefined as string | undefined };
  const told: Synced[] = [];
  const sync = async (): Promise<readonly Synced[]> => {
    told.length = 0;
    for (let more = true; more;) {
      const page = await ask(api, as, kept.cursor, limit);
      told.push(page);
      for (const channel of page.left) kept.channels.delete(channel);
      for (const row of page.channels) kept.channels.set(row.channel, row);
      for (const { id, name } of page.people) kept.people.set(id, name);
      ({ cursor: kept.cursor, more } = page);
    }
    return told;
  };
  await sync();
  return { kept, sync };
}

/** A name that has changed is told with the person, not with each channel. */
const sorted = (channels: Iterable<InboxView>) =>
  [...channels].map((row) => ({ ...row, with: row.with.map(({ id }) => id) })).toSorted((one, other) => (one.channel < other.channel ? -1 : 1));

test('a client that was away is told what is new, and nothing else', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  await api.friends(ada, bob);
  const quiet = await api.direct(ada, eve);
  const busy = await api.direct(ada, bob);
  const first = await ask(api, ada);
  t.deepEqual(first.channels.map(({ channel }) => channel).toSorted(), [quiet, busy].toSorted());
  t.deepEqual(first.people.map(({ name }) => name ?? '').toSorted(), ['Ada', 'Bob', 'Eve'], 'oneself, friends, and the people of direct channels');
  t.like(first, { preferences: { quietHours: null }, privacy: { readReceipts: true }, more: false, left: [] });
  const NOTHING = { channels: [], left: [], people: [], preferences: null, privacy: null, changed: [], more: false };
  t.like(await ask(api, ada, first.cursor), NOTHING);

  await api.sendMessage(bob, busy, 'Hello');
  const second = await ask(api, ada, first.cursor);
  t.like(second, { ...NOTHING, channels: [{ channel: busy, unread: 1, headSeq: 0, last: { text: 'Hello' } }] });
  t.deepEqual({ ...(await ask(api, ada, first.cursor)), cursor: second.cursor }, second, 'the same question has the same answer');

  await api.expectSuccess(commands.markRead({ person: ada.person, channel: busy, seq: 0 }, by(ada.person)));
  await api.expectSuccess(commands.changeProfile({ person: bob.person, name: 'Robert' }, by(bob.person)));
  await api.expectSuccess(commands.changePrivacy({ person: ada.person, privacy: { readReceipts: false } }, by(ada.person)));
  await api.expectSuccess(commands.removeFriend({ person: ada.person, other: bob.person }, by(ada.person)));
  const third = await ask(api, ada, second.cursor);
  t.like(third, { left: [], preferences: null, privacy: { readReceipts: false }, changed: ['friends'] });
  t.like(third.channels, [{ channel: busy, unread: 0, readUpTo: 0 }]);
  t.deepEqual(third.people.map(({ name }) => name), ['Robert']); // prettier-ignore
  const hours = { zone: 'UTC', from: '22:00', until: '07:00' };
  await api.expectSuccess(commands.setPreferences({ person: ada.person, quietHours: hours }, by(ada.person)));
  t.like(await ask(api, ada, third.cursor), { ...NOTHING, preferences: { quietHours: hours } });
});

test('what is told piece by piece is what a client that begins anew is told', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const rooms: ChannelId[] = [];
  for (let i = 0; i < 4; i++) rooms.push(await api.group(ada, bob));
  await api.friends(ada, bob);
  rooms.push(await api.direct(ada, bob));
  const { kept, sync } = await follow(api, bob, 2);
  let names = 0;
  const seqs = new Map<ChannelId, number>();
  const did: Readonly<Record<string, (room: ChannelId) => Promise<unknown>>> = {
    write: async (room) => seqs.set(room, await api.sendMessage(ada, room, 'Hello', [bob])),
    read: (room) => commands.markRead({ person: bob.person, channel: room, seq: seqs.get(room) ?? 0 }, by(bob.person)),
    mute: (room) => commands.muteChannel({ person: bob.person, channel: room }, by(bob.person)),
    rename: (room) => commands.renameChannel({ person: ada.person, channel: room, title: `Room ${names++}` }, by(ada.person)),
    leave: (room) => commands.leaveChannel({ person: bob.person, channel: room }, by(bob.person)),
    enter: async (room) => {
      await commands.addMember({ person: ada.person, channel: room, member: bob.person }, by(ada.person));
      await commands.acceptInvitation({ person: bob.person, channel: room }, by(bob.person));
    },
    call: () => commands.changeProfile({ person: ada.person, name: `Ada ${names++}` }, by(ada.person)),
  };
  const step = fc.tuple(fc.constantFrom(...Object.keys(did)), fc.constantFrom(...rooms));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      for (const [what, room] of steps) await did[what]?.(room);
      await api.work.untilIdle();
      await sync();
      const anew = await ask(api, bob);
      t.deepEqual(sorted(kept.channels.values()), sorted(anew.channels));
      t.deepEqual(Object.fromEntries(kept.people), Object.fromEntries(anew.people.map(({ id, name }) => [id, name])));
    }),
    { numRuns: 25 },
  );
});

test('an answer goes on page by page, the last changed first, and what changes meanwhile is told afterwards', async (t) => {
  await using api = await givenReadApi();
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const rooms: ChannelId[] = [];
  for (let i = 0; i < 6; i++) rooms.push(await api.group(ada, bob));
  for (const room of rooms) await api.sendMessage(ada, room, 'Hello');
  const first = await ask(api, bob, undefined, 2);
  t.deepEqual([first.channels.map(({ channel }) => channel), first.more], [[rooms[5], rooms[4]], true]);
  await api.sendMessage(ada, rooms[0] as ChannelId, 'Hello again');
  const rest: Synced[] = [];
  for (let page = first; page.more;) rest.push((page = await ask(api, bob, page.cursor, 2)));
  t.deepEqual(rest.flatMap(({ channels }) => channels.map(({ channel }) => channel)), [rooms[3], rooms[2], rooms[1]]); // prettier-ignore
  t.like((await ask(api, bob, rest.at(-1)?.cursor)).channels, [{ channel: rooms[0], last: { text: 'Hello again' } }]);
});

test('a channel that the person is no member of any more is told once, and nothing said there since', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const room = await api.group(ada, bob);
  const { cursor } = await ask(api, bob);
  await api.expectSuccess(commands.removeMember({ person: ada.person, channel: room, member: bob.person }, by(ada.person)));
  await api.sendMessage(ada, room, 'Among us');
  const after = await ask(api, bob, cursor);
  t.like(after, { channels: [], left: [room], more: false });
  t.deepEqual((await ask(api, bob, after.cursor)).left, []);
  t.deepEqual((await ask(api, bob)).left, [], 'who begins anew never had it');
});

test('a person who blocks the reader is told of without a name', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await api.direct(ada, bob);
  const { cursor } = await ask(api, ada);
  await api.expectSuccess(commands.block({ person: bob.person, other: ada.person }, by(bob.person)));
  await api.expectSuccess(commands.changeProfile({ person: bob.person, name: 'Robert' }, by(bob.person)));
  const blocked = await ask(api, ada, cursor);
  t.like(blocked.people, [{ id: bob.person, name: null }]);
  await api.expectSuccess(commands.unblock({ person: bob.person, other: ada.person }, by(bob.person)));
  const after = await ask(api, ada, blocked.cursor);
  t.deepEqual([after.people.find(({ id }) => id === bob.person)?.name, after.changed], ['Robert', []], 'and by it when that ends');
  t.deepEqual((await ask(api, ada, after.cursor)).people, []);
});

test('an answer ends early where its entries are long, and goes on where it ended', async (t) => {
  await using api = await givenReadApi({ responseBytesMax: 8_192 });
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const rooms: ChannelId[] = [];
  for (let i = 0; i < 6; i++) rooms.push(await api.group(ada, bob));
  for (const room of rooms) await api.sendMessage(ada, room, 'x'.repeat(2_500));
  const { kept, sync } = await follow(api, bob);
  t.deepEqual([...kept.channels.keys()].toSorted(byName), rooms.toSorted(byName));
  for (const room of rooms) await api.sendMessage(ada, room, 'y'.repeat(2_500));
  const pages = await sync();
  t.true(pages.length >= 3 && pages.slice(0, -1).every(({ more }) => more));
  t.deepEqual(pages.flatMap(({ channels }) => channels.map(({ channel }) => channel)), rooms.toReversed()); // prettier-ignore
});

test('what one event changes of many channels is told page by page', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const rooms: ChannelId[] = [];
  for (let i = 0; i < 3; i++) {
    const room = await api.group(ada, bob);
    await api.expectSuccess(commands.renameChannel({ person: bob.person, channel: room, title: `Of Bob ${i}` }, by(bob.person)));
    await api.expectSuccess(commands.leaveChannel({ person: bob.person, channel: room }, by(bob.person)));
    rooms.push(room);
  }
  const { kept, sync } = await follow(api, ada, 1);
  await api.expectSuccess(commands.erasePerson({ person: bob.person }, by(bob.person)));
  await api.work.untilIdle();
  const pages = await sync();
  t.deepEqual(pages.flatMap(({ channels }) => channels.map(({ channel }) => channel)).toSorted(byName), rooms.toSorted(byName));
  t.deepEqual(
    [...kept.channels.values()].map(({ title }) => title),
    [null, null, null],
  );
});

test('lists that have changed are named, of both people where they have it in common', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const group = await api.group(bob, await api.person('Cyd'));
  const pair = { person: ada.person, other: bob.person };
  const [asAda, asBob] = [() => by(ada.person), () => by(bob.person)];
  let request: FriendRequestId | undefined;
  const changes: readonly (readonly [list: string, change: () => Promise<CommandResult | { readonly handled: CommandResult }>])[] = [
    ['follows', () => commands.follow(pair, asAda())],
    ['mutes', () => commands.mute(pair, asAda())],
    [
      'friend-requests',
      async () => {
        const requested = await commands.requestFriend({ person: bob.person, other: ada.person }, asBob());
        request = requested.id;
        return requested;
      },
    ],
    ['friend-requests friends', () => commands.acceptFriend({ person: ada.person, request: request as FriendRequestId }, asAda())],
    ['friends', () => commands.removeFriend(pair, asAda())],
    ['contacts', () => commands.setContact({ person: ada.person, kind: 'email', address: 'ada@example.org' }, asAda())],
    ['devices', () => commands.registerDevice({ person: ada.person, device: 'phone' as DeviceId, platform: 'fcm', token: 'a token' }, asAda())],
    ['invitations', () => commands.addMember({ person: bob.person, channel: group, member: ada.person }, asBob())],
    ['blocks', () => commands.block(pair, asAda())],
  ];
  let { cursor } = await ask(api, ada);
  for (const [list, change] of changes) {
    await api.expectSuccess(change());
    const told = await ask(api, ada, cursor);
    t.deepEqual(told.changed.toSorted(byName), list.split(' ').toSorted(byName));
    ({ cursor } = told);
  }
});

const byName = (one: string, other: string): number => (one < other ? -1 : 1);
