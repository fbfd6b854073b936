import test from 'ava';
import { givenReadApi, type LoggedInPerson } from '../../test-fixture.ts';

test('a person finds the groups they are invited to, until they answer', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const open = (title: string) => api.expectSuccess(commands.openGroupChannel({ person: ada.person, members: [bob.person], title }, by(ada.person)));
  const [{ id: choir }, { id: crew }] = [await open('Choir'), await open('Crew')];
  const invitations = async () => (await api.requestAfterWrites(bob, '/v1/me/invitations')).body.invitations;
  const found = { title: 'Choir', by: { id: ada.person, name: 'Ada' }, members: 1, at: api.work.clock() };
  t.like(
    (await invitations()).find(({ channel }) => channel === choir),
    { title: found.title, by: found.by, members: 1 },
  );
  t.is((await invitations()).length, 2);
  t.is((await api.requestAfterWrites(bob, `/v1/channels/${choir}`)).body.code, 'channel-unknown', 'it is not theirs yet');
  t.deepEqual((await api.requestAfterWrites(ada, `/v1/channels/${choir}`)).body.invited, [{ id: bob.person, name: 'Bob' }]);
  await api.expectSuccess(commands.acceptInvitation({ person: bob.person, channel: choir }, by(bob.person)));
  await api.expectSuccess(commands.refuseInvitation({ person: bob.person, channel: crew }, by(bob.person)));
  t.deepEqual(await invitations(), []);
  t.deepEqual((await api.requestAfterWrites(ada, `/v1/channels/${choir}`)).body.members.map(({ id }) => id).toSorted(), [ada.person, bob.person].toSorted());
});

test('an invitation is not shown while a block stands between the person and a member, and the inviter sees no difference', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  await api.friends(ada, eve);
  const channel = await api.group(ada, bob);
  await api.expectSuccess(commands.block({ person: bob.person, other: eve.person }, by(bob.person)));
  const added = await api.expectSuccess(commands.addMember({ person: ada.person, channel, member: eve.person }, by(ada.person)));
  t.is(added.membership, 'invited');
  const invitations = async (as: LoggedInPerson) => (await api.requestAfterWrites(as, '/v1/me/invitations')).body.invitations.length;
  t.is(await invitations(eve), 0);
  const accepted = await commands.acceptInvitation({ person: eve.person, channel }, by(eve.person));
  t.is(accepted.outcome === 'refused' && accepted.refusal.code, 'invitation-unknown');
  t.deepEqual((await api.requestAfterWrites(ada, `/v1/channels/${channel}`)).body.invited, [{ id: eve.person, name: 'Eve' }]);
  await api.expectSuccess(commands.unblock({ person: bob.person, other: eve.person }, by(bob.person)));
  t.is(await invitations(eve), 1);
});

test('a message request is marked in the inboxes of both, until it is accepted', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
  const { id: channel } = await api.expectSuccess(commands.openDirectChannel({ person: eve.person, other: ada.person }, by(eve.person)));
  const seq = await api.sendMessage(eve, channel, 'hello');
  const rowOf = async (as: LoggedInPerson) => (await api.requestAfterWrites(as, '/v1/me/inbox')).body.channels[0];
  t.like(await rowOf(ada), { channel, request: 'received', unread: 1 });
  t.like(await rowOf(eve), { channel, request: 'sent' });
  await api.expectSuccess(commands.markRead({ person: ada.person, channel, seq }, by(ada.person)));
  const readByAda = async () => (await api.requestAfterWrites(eve, `/v1/channels/${channel}`)).body.members.find(({ id }) => id === ada.person)?.readUpTo;
  t.is(await readByAda(), null, 'nobody sees how far the other has read');
  await api.sendMessage(ada, channel, 'Who is it?');
  t.like(await rowOf(ada), { request: null });
  t.like(await rowOf(eve), { request: null, unread: 1 });
  t.is(await readByAda(), seq);
});
