import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import { shownLastActive } from '../../domain/chat/presence.ts';
import type { DeviceId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { PresenceUnavailable } from '../../ports/presence/port.ts';
import { givenReadApi, type LoggedInPerson } from '../test-fixture.ts';

test('presence is shown to friends and to members of a common channel, and not across a block', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by, clock } = api.work;
  const [ada, friend, colleague, stranger, blocked] = [await api.person(), await api.person(), await api.person(), await api.person(), await api.person()];
  await api.friends(ada, friend);
  await api.friends(ada, blocked);
  await api.direct(ada, colleague);
  await api.expectSuccess(commands.block({ person: ada.person, other: blocked.person }, by(ada.person)));
  const at = clock();
  const connection = { person: ada.person, device: randomUUID() as DeviceId, gateway: 'g1' };
  await presence.keepAlive('g1', { ttlMs: MINUTE_MS });
  await presence.arrive([connection]);
  const seenBy = async (as: LoggedInPerson) => (await api.requestAfterWrites(as, `/v1/people/${ada.person}/presence`)).body as object;
  for (const as of [ada, friend, colleague]) t.deepEqual(await seenBy(as), { status: 'online', lastActiveAt: shownLastActive(at) });
  t.deepEqual(await seenBy(stranger), { status: 'offline', lastActiveAt: null });
  t.like(await seenBy(blocked), { code: 'person-unknown' });
});

test('a person who blocks is unknown to the person blocked, from that moment on, and sees of them the name alone', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
  for (const [{ person }, about] of [
    [ada, 'of Ada'],
    [eve, 'of Eve'],
  ] as const) {
    await api.expectSuccess(commands.changeProfile({ person, about, timeZone: 'Europe/Berlin' }, by(person)));
  }
  const profileOf = async (as: LoggedInPerson, of: LoggedInPerson) => (await api.requestAfterWrites(as, `/v1/people/${of.person}`)).body as object;
  t.like(await profileOf(eve, ada), { about: 'of Ada' });
  const views = api.work.views;
  await commands.block({ person: ada.person, other: eve.person }, by(ada.person));
  t.like((await api.request(eve, `/v1/people/${ada.person}`)).body, { code: 'person-unknown' }, 'also before the views know');
  t.like((await api.request(eve, `/v1/people/${randomUUID()}`)).body, { code: 'person-unknown' });
  await api.work.untilIdle();
  t.like(await profileOf(ada, eve), { name: 'Eve', about: null, timeZone: null, blocked: true });
  t.truthy(await views.get('profiles', eve.person));
});

test('presence is shown to whom the person wants, from the moment of saying so', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by } = api.work;
  const [ada, friend, colleague] = [await api.person(), await api.person(), await api.person()];
  await api.friends(ada, friend);
  await api.direct(ada, colleague);
  await presence.keepAlive('g1', { ttlMs: MINUTE_MS });
  await presence.arrive([{ person: ada.person, device: randomUUID() as DeviceId, gateway: 'g1' }]);
  await api.work.untilIdle();
  const seen = () =>
    Promise.all(
      [ada, friend, colleague].map(async (as) => ((await api.request(as, `/v1/people/${ada.person}/presence`)).body as object as { status: string }).status),
    );
  const choose = (privacy: Partial<Privacy>) => commands.changePrivacy({ person: ada.person, privacy }, by(ada.person));
  t.deepEqual(await seen(), ['online', 'online', 'online']);
  await choose({ presence: 'friends' });
  t.deepEqual(await seen(), ['online', 'online', 'offline']);
  await choose({ presence: 'nobody' });
  t.deepEqual(await seen(), ['online', 'offline', 'offline']);
  await choose({ presence: 'everyone', invisible: true });
  t.deepEqual(await seen(), ['online', 'offline', 'offline']);
  await choose({ invisible: false });
  t.deepEqual(await seen(), ['online', 'online', 'online']);
});

test('presence is not shown to a person whose message request was not accepted', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by } = api.work;
  const [ada, eve] = [await api.person(), await api.person()];
  const { id: channel } = await api.expectSuccess(commands.openDirectChannel({ person: eve.person, other: ada.person }, by(eve.person)));
  for (const { person } of [ada, eve]) {
    await presence.keepAlive('g1', { ttlMs: MINUTE_MS });
    await presence.arrive([{ person, device: randomUUID() as DeviceId, gateway: 'g1' }]);
  }
  const statuses = () =>
    Promise.all(
      [
        [eve, ada],
        [ada, eve],
      ].map(
        async ([as, of]) =>
          ((await api.requestAfterWrites(as as LoggedInPerson, `/v1/people/${of?.person}/presence`)).body as object as { status?: string }).status,
      ),
    );
  t.deepEqual(await statuses(), ['offline', 'offline']);
  await api.expectSuccess(commands.acceptMessageRequest({ person: ada.person, channel }, by(ada.person)));
  t.deepEqual(await statuses(), ['online', 'online']);
});

test('readers of an announcement channel do not see each other by it', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by } = api.work;
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const open = { person: ada.person, members: [bob.person, eve.person], kind: 'announcement' } as const;
  const { id: channel } = await api.expectSuccess(commands.openGroupChannel(open, by(ada.person)));
  for (const { person } of [bob, eve]) await api.expectSuccess(commands.acceptInvitation({ person, channel }, by(person)));
  await presence.keepAlive('g1', { ttlMs: MINUTE_MS });
  await presence.arrive([ada, bob].map(({ person }) => ({ person, device: randomUUID() as DeviceId, gateway: 'g1' })));
  const seen = async (as: LoggedInPerson, of: LoggedInPerson) => (await api.requestAfterWrites(as, `/v1/people/${of.person}/presence`)).body as object;
  t.like(await seen(eve, bob), { status: 'offline' });
  await api.expectSuccess(commands.setMemberRole({ person: ada.person, channel, member: bob.person, role: 'admin' }, by(ada.person)));
  t.like(await seen(ada, bob), { status: 'online' }, 'those who write there do');
  t.like(await seen(eve, bob), { status: 'offline' });
});

test('the last activity is known even when the presence store has forgotten it', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, clock, time } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  const lastActiveAt = clock();
  await api.expectSuccess(
    commands.changePresence({ person: ada.person, status: 'online', since: plus(lastActiveAt, -MINUTE_MS), lastActiveAt, gateway: 'g1' }, by('system:gateway')),
  );
  await time.advance(MINUTE_MS);
  const seen = async () => (await api.requestAfterWrites(bob, `/v1/people/${ada.person}/presence`)).body as object;
  t.deepEqual(await seen(), { status: 'offline', lastActiveAt: shownLastActive(lastActiveAt) });
  const lastSeenAt = plus(lastActiveAt, 10 * MINUTE_MS);
  await api.expectSuccess(commands.recordGatewayLoss({ gateway: 'g1', lastSeenAt }, by('system:gateway')));
  t.deepEqual(await seen(), { status: 'offline', lastActiveAt: shownLastActive(lastSeenAt) }, 'a person was there until the gateway was lost');
});

test('the last activity is the later one of the presence store and the log', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by, clock, time } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  const long = clock();
  await api.expectSuccess(
    commands.changePresence({ person: bob.person, status: 'online', since: long, lastActiveAt: long, gateway: 'g1' }, by('system:gateway')),
  );
  await time.advance(10 * MINUTE_MS);
  const now = clock();
  const connection = { person: bob.person, device: randomUUID() as DeviceId, gateway: 'g1' };
  await presence.arrive([connection]);
  await presence.leave([{ ...connection, agoMs: 0 }]);
  t.deepEqual((await api.requestAfterWrites(ada, `/v1/people/${bob.person}/presence`)).body as object, {
    status: 'offline',
    lastActiveAt: shownLastActive(now),
  });
});

test('while the presence store is away, a person is shown as the log has it', async (t) => {
  await using api = await givenReadApi();
  const { presence, commands, by, clock } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  Object.assign(presence, { statusOf: () => Promise.reject(new PresenceUnavailable('away')) });
  const seen = async () => (await api.requestAfterWrites(bob, `/v1/people/${ada.person}/presence`)).body as object;
  t.deepEqual(await seen(), { status: 'offline', lastActiveAt: null });
  const lastActiveAt = clock();
  const since = plus(lastActiveAt, -MINUTE_MS);
  await api.expectSuccess(commands.changePresence({ person: ada.person, status: 'online', since, lastActiveAt, gateway: 'g1' }, by('system:gateway')));
  t.deepEqual(await seen(), { status: 'online', lastActiveAt: shownLastActive(lastActiveAt) });
});

test('across a block, neither person sees how far the other has read', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.direct(ada, bob);
  const seq = await api.sendMessage(ada, channel, 'the last word');
  await api.expectSuccess(commands.markRead({ person: bob.person, channel, seq }, by(bob.person)));
  const seenBy = async (reader: LoggedInPerson) => {
    const { members } = (await api.requestAfterWrites(reader, `/v1/channels/${channel}`)).body;
    return members.find(({ id }) => id === bob.person)?.readUpTo;
  };
  t.deepEqual([await seenBy(ada), await seenBy(bob)], [seq, seq]);
  await api.expectSuccess(commands.block({ person: ada.person, other: bob.person }, by(ada.person)));
  t.deepEqual([await seenBy(ada), await seenBy(bob)], [null, seq]);
});

test('lists of people go on after the last one shown, and end', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person();
  const others = [];
  for (let i = 0; i < 5; i++) {
    const { person } = await api.person(`No. ${i}`);
    await api.expectSuccess(commands.follow({ person: ada.person, other: person }, by(ada.person)));
    others.push(person);
  }
  const seen: string[] = [];
  const sizes = [];
  for (let next: string | null = ''; next !== null;) {
    const { body } = await api.requestAfterWrites(ada, `/v1/me/follows?limit=2${next === '' ? '' : `&after=${next}`}`);
    seen.push(...body.people.map(({ id }) => id));
    sizes.push(body.people.length);
    next = body.next;
  }
  t.deepEqual(sizes, [2, 2, 1]);
  t.deepEqual(seen, others.toSorted());
});

test('an erased person is named nowhere any more', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await api.friends(ada, bob);
  const post = await api.post(ada, 'Hello');
  const channel = await api.direct(ada, bob);
  await api.sendMessage(ada, channel, 'Hi');
  t.is((await api.requestAfterWrites(bob, '/v1/me/feed')).body.posts.length, 1);
  await api.expectSuccess(commands.erasePerson({ person: ada.person }, by(ada.person)));
  await api.work.untilIdle();
  t.like((await api.requestAfterWrites(bob, `/v1/people/${ada.person}`)).body, { name: null, about: null, erased: true });
  t.deepEqual((await api.requestAfterWrites(bob, '/v1/me/feed')).body.posts, []);
  t.is((await api.requestAfterWrites(bob, `/v1/posts/${post}`)).body.code, 'post-unknown');
  const bodies = await Promise.all(
    ['/v1/me/friends', '/v1/me/inbox', `/v1/channels/${channel}`, `/v1/channels/${channel}/messages`].map(
      async (path) => (await api.requestAfterWrites(bob, path)).body,
    ),
  );
  t.false(JSON.stringify(bodies).includes('Ada'));
  t.false(JSON.stringify(bodies).includes('"Hi"'));
});
