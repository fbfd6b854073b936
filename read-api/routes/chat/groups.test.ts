/** Groups as their members see them: roles, links, what a newcomer may read, notices, and announcement channels. */
import test from 'ava';
import type { ChannelId, MediaId } from '../../../domain/shared/ids.ts';
import { CHANNEL_MEMBERS_MAX } from '../../../domain/chat/groups/limits.ts';
import { picture, upload } from '../../media/test-fixture.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

/** Notices, and the places of those who follow a link, have positions that nothing here has answered. */
async function bodyOf<Body>(api: ReadApiFixture, as: LoggedInPerson, path: string): Promise<Body> {
  await api.work.untilIdle();
  return (await api.requestAfterWrites(as, path)).body as unknown as Body;
}

type Notice = { readonly kind: string; readonly member?: string; readonly title?: string | null } | null;
type History = { readonly messages: readonly { readonly seq: number; readonly text: string | null; readonly notice: Notice }[]; readonly code?: string };
type Channel = {
  readonly role: string;
  readonly readsFrom: number;
  readonly memberCount: number;
  readonly members: readonly { readonly id: string; readonly role: string }[];
  readonly invited: readonly unknown[];
};

const linkInto = async ({ work: { commands, by } }: ReadApiFixture, { person }: LoggedInPerson, channel: ChannelId, limits: object = {}) =>
  (await commands.createInvitationLink({ person, channel, ...limits }, by(person))).token;

const follow = async ({ work: { commands, by } }: ReadApiFixture, { person }: LoggedInPerson, token: string) => {
  const { handled, membership } = await commands.joinByInvitationLink({ person, token }, by(person));
  return handled.outcome === 'refused' ? handled.refusal.code : membership;
};

test('each change of a group stands in its history, in the order of the changes, and counts for nobody as a message', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  const channel = await api.group(ada, bob);
  const about = { person: ada.person, channel };
  await api.sendMessage(ada, channel, 'Hello');
  await api.expectSuccess(commands.renameChannel({ ...about, title: 'Us' }, by(ada.person)));
  await api.expectSuccess(commands.setMemberRole({ ...about, member: bob.person, role: 'admin' }, by(ada.person)));
  t.is(await follow(api, eve, await linkInto(api, bob, channel)), 'member');
  await api.expectSuccess(commands.removeMember({ person: bob.person, channel, member: eve.person }, by(bob.person)));
  await api.expectSuccess(commands.handOverChannel({ ...about, member: bob.person }, by(ada.person)));
  await api.expectSuccess(commands.describeChannel({ ...about, description: 'Of us' }, by(ada.person)));
  const { messages } = await bodyOf<History>(api, bob, `/v1/channels/${channel}/messages`);
  t.deepEqual(
    messages.map(({ seq, notice }) => [seq, notice?.kind, notice?.member, notice?.title]),
    [
      [0, undefined, undefined, undefined],
      [1, 'renamed', undefined, 'Us'],
      [2, 'promoted', bob.person, undefined],
      [3, 'joined', eve.person, undefined],
      [4, 'removed', eve.person, undefined],
      [5, 'handed-over', bob.person, undefined],
      [6, 'described', undefined, undefined],
    ],
  );
  const inbox = (await api.requestAfterWrites(bob, '/v1/me/inbox')).body.channels[0];
  t.like(inbox, { unread: 1, badge: 1, headSeq: 6, last: { seq: 0, text: 'Hello' } });
  const shown = await bodyOf<Channel>(api, ada, `/v1/channels/${channel}`);
  t.like(shown, { role: 'admin', memberCount: 2, description: 'Of us', owner: bob.person });
  await api.expectSuccess(commands.erasePerson({ person: ada.person }, by(ada.person)));
  const after = await bodyOf<History>(api, bob, `/v1/channels/${channel}/messages`);
  t.is(after.messages.find(({ seq }) => seq === 1)?.notice?.title, null, 'the title that she gave is gone with her');
  t.like(await bodyOf<Channel>(api, bob, `/v1/channels/${channel}`), { description: null, title: null });
});

test('who joins a group that shows its history from joining reads nothing from before, wherever it is looked for', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
  const { id: channel } = await api.expectSuccess(commands.openGroupChannel({ person: ada.person, members: [], history: 'since-joining' }, by(ada.person)));
  await api.sendMessage(ada, channel, 'Before');
  t.is(await follow(api, eve, await linkInto(api, ada, channel)), 'member');
  const textsFor = async (path: string) => (await bodyOf<History>(api, eve, path)).messages.map(({ text }) => text);
  t.deepEqual(await textsFor(`/v1/channels/${channel}/messages`), [null], 'but the notice of her joining');
  t.deepEqual(await textsFor(`/v1/channels/${channel}/messages?after=0`), [null]);
  t.deepEqual(await textsFor(`/v1/channels/${channel}/messages?around=0`), [null]);
  t.like((await api.requestAfterWrites(eve, '/v1/me/inbox')).body.channels[0], { unread: 0, last: null });
  t.like(await bodyOf<Channel>(api, eve, `/v1/channels/${channel}`), { readsFrom: 1 });
  const reply = { channel, sender: eve.person, text: 'What was that?', clientId: 'c', replyTo: 0 };
  t.like(await commands.postMessage(reply, by(eve.person)), { outcome: 'refused', refusal: { code: 'message-unknown' } });
  await api.sendMessage(ada, channel, 'Afterwards');
  t.deepEqual(await textsFor(`/v1/channels/${channel}/messages`), [null, 'Afterwards']);
  await api.expectSuccess(commands.setChannelHistory({ person: ada.person, channel, history: 'all' }, by(ada.person)));
  t.false((await textsFor(`/v1/channels/${channel}/messages`)).includes('Before'), 'what was decided when she joined stays');
});

test('twenty people who follow a link at once fill the places that are left, and no more', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person('Ada');
  const { id: channel } = await api.expectSuccess(commands.openGroupChannel({ person: ada.person, members: [] }, by(ada.person)));
  const token = await linkInto(api, ada, channel);
  const people = await Promise.all(Array.from({ length: CHANNEL_MEMBERS_MAX + 14 }, (_, i) => api.person(`Person ${i}`)));
  for (const one of people.slice(0, 94)) t.is(await follow(api, one, token), 'member');
  const answers = await Promise.all(people.slice(94).map((one) => follow(api, one, token)));
  t.deepEqual(answers.toSorted(), [...Array.from({ length: 15 }, () => 'channel-full'), ...Array.from({ length: 5 }, () => 'member')]);
  const { memberCount, members } = await bodyOf<Channel>(api, ada, `/v1/channels/${channel}`);
  t.deepEqual([memberCount, members.length], [CHANNEL_MEMBERS_MAX, CHANNEL_MEMBERS_MAX]);
  const joined = (await bodyOf<History>(api, ada, `/v1/channels/${channel}/messages?limit=200`)).messages.map(({ notice }) => notice?.member);
  t.deepEqual([joined.length, new Set(joined).size], [99, 99], 'each has one notice');
});

test('in an announcement channel only admins write, and members are counted and not listed', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  const open = { person: ada.person, members: [], kind: 'announcement' } as const;
  const { id: channel } = await api.expectSuccess(commands.openGroupChannel(open, by(ada.person)));
  const token = await linkInto(api, ada, channel);
  for (const one of [bob, eve]) t.is(await follow(api, one, token), 'member');
  await api.sendMessage(ada, channel, 'Doors at eight');
  const post = { channel, sender: bob.person, text: 'And I?', clientId: 'c' };
  t.like(await commands.postMessage(post, by(bob.person)), { outcome: 'refused', refusal: { code: 'not-an-admin' } });
  const { messages } = await bodyOf<History>(api, bob, `/v1/channels/${channel}/messages`);
  t.deepEqual(
    messages.map(({ text }) => text),
    ['Doors at eight'],
    'and nobody is told who comes',
  );
  t.like(await bodyOf<Channel>(api, bob, `/v1/channels/${channel}`), { kind: 'announcement', role: 'member', memberCount: 3, invited: [] });
  t.deepEqual(
    (await bodyOf<Channel>(api, bob, `/v1/channels/${channel}`)).members.map(({ id, role }) => [id, role]),
    [[ada.person, 'owner']],
  );
  t.like((await api.requestAfterWrites(bob, '/v1/me/inbox')).body.channels[0], { kind: 'announcement', unread: 1, last: { text: 'Doors at eight' } });
  t.is((await api.requestAfterWrites(bob, `/v1/channels/${channel}/members`)).body.code, 'not-an-admin');
  const page = await bodyOf<{ readonly members: readonly object[]; readonly next: string | null }>(api, ada, `/v1/channels/${channel}/members?limit=2`);
  const rest = await bodyOf<{ readonly members: readonly object[]; readonly next: string | null }>(
    api,
    ada,
    `/v1/channels/${channel}/members?limit=2&after=${page.next ?? ''}`,
  );
  t.deepEqual([page.members.length, rest.members.length, rest.next], [2, 1, null]);
  await api.expectSuccess(commands.leaveChannel({ person: eve.person, channel }, by(eve.person)));
  t.like(await bodyOf<Channel>(api, ada, `/v1/channels/${channel}`), { memberCount: 2 });
  t.is((await api.requestAfterWrites(eve, `/v1/channels/${channel}/messages`)).body.code, 'channel-unknown');
});

test('who asks to join is on the list of the admins until they answer, and comes in when they say so', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  const channel = await api.group(ada, bob);
  const token = await linkInto(api, ada, channel, { approval: true, usesMax: 5 });
  t.is(await follow(api, eve, token), 'requested');
  const requests = async () =>
    (await bodyOf<{ readonly requests: readonly { person: { id: string } }[] }>(api, ada, `/v1/channels/${channel}/join-requests`)).requests;
  t.deepEqual(
    (await requests()).map(({ person }) => person.id),
    [eve.person],
  );
  t.like(await bodyOf(api, eve, '/v1/me/join-requests'), { requests: [{ channel }] });
  t.is((await api.requestAfterWrites(eve, `/v1/channels/${channel}`)).body.code, 'channel-unknown');
  t.like(await bodyOf(api, ada, `/v1/channels/${channel}/links`), { links: [{ uses: 1, usesMax: 5, approval: true }] });
  await api.expectSuccess(commands.approveJoinRequest({ person: ada.person, channel, member: eve.person }, by(ada.person)));
  t.deepEqual(await requests(), []);
  t.is((await api.requestAfterWrites(eve, `/v1/channels/${channel}`)).status, 200);
  t.is(await follow(api, bob, `${token.slice(0, -4)}AAAA`), 'invitation-link-invalid', 'nobody makes a token up');
  const fay = await api.person('Fay');
  t.is(await follow(api, fay, token), 'requested');
  t.is((await requests()).length, 1);
  await api.expectSuccess(commands.erasePerson({ person: fay.person }, by(fay.person)));
  await api.work.advanceUntil(async () => (await api.work.views.find('join-requests', { where: { channel }, limit: 1 })).length === 0);
  t.deepEqual(await requests(), [], 'nor does anybody who was erased');
});

test('the picture of a group is for its members, as long as they are, and goes when it was changed or its owner was erased', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  const channel = await api.group(ada, bob);
  const [first, second] = [await upload(api, bob, await picture('red')), await upload(api, bob, await picture('green'))];
  const show = (media: MediaId) => commands.setChannelPicture({ person: bob.person, channel, picture: { media, alt: 'Us' } }, by(bob.person));
  const shownTo = async (as: LoggedInPerson) =>
    (await bodyOf<{ readonly picture: { readonly alt: string; readonly small: { readonly url: string } } | null }>(api, as, `/v1/channels/${channel}`)).picture;
  const statusOf = async (url: string) => (await fetch(api.url + url)).status;
  t.like(await commands.setChannelPicture({ person: ada.person, channel, picture: { media: first } }, by(ada.person)), {
    outcome: 'refused',
    refusal: { code: 'media-unknown' },
  });
  await api.expectSuccess(show(first));
  const shown = await shownTo(ada);
  const url = shown?.small.url ?? '';
  t.deepEqual([shown?.alt, await statusOf(url)], ['Us', 200]);
  t.is(await statusOf(url.replace(ada.person, eve.person)), 404, 'an address is for one reader');
  t.is(await statusOf(url.split('?')[0] ?? ''), 404);
  await api.expectSuccess(show(second));
  await shownTo(ada);
  t.is(await statusOf(url), 404, 'of the picture before');
  const bobs = (await shownTo(bob))?.small.url ?? '';
  t.is(await statusOf(bobs), 200);
  await api.expectSuccess(commands.removeMember({ person: ada.person, channel, member: bob.person }, by(ada.person)));
  t.is(await statusOf(bobs), 404, 'he is no member any more');
  t.truthy(await shownTo(ada));
  await api.expectSuccess(commands.erasePerson({ person: bob.person }, by(bob.person)));
  t.is(await shownTo(ada), null);
});

test('what is pushed and counted for a member is what they have chosen', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.group(ada, bob);
  const choose = (level: 'all' | 'mentions' | 'none') => commands.chooseChannelLevel({ person: bob.person, channel, level }, by(bob.person));
  const row = async () => (await api.requestAfterWrites(bob, '/v1/me/inbox')).body.channels[0];
  await api.sendMessage(ada, channel, 'To all');
  await api.sendMessage(ada, channel, 'To you, @Bob', [bob]);
  t.like(await row(), { unread: 2, badge: 2, level: 'all' });
  await api.expectSuccess(choose('mentions'));
  t.like(await row(), { unread: 2, badge: 1, level: 'mentions' });
  await api.expectSuccess(choose('none'));
  t.like(await row(), { unread: 2, badge: 0, level: 'none' });
});
