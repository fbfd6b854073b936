/** The list of a person's notifications says what messages and posts say now, and which they are. */
import test from 'ava';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';

const CHOICES = [{ category: 'friend-posted', channel: '*', wanted: true }] as const;

async function startTold() {
  const api = await givenReadApi();
  const { work } = api;
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  await work.device(bob.person);
  await work.commands.setPreferences({ person: bob.person, choices: CHOICES }, work.by(bob.person));
  await api.friends(ada, bob);
  const channel = await api.group(ada, bob);
  await work.commands.renameChannel({ person: ada.person, channel, title: 'Regatta crew' }, work.by(ada.person));
  const seq = await api.sendMessage(ada, channel, 'who brings the rope?');
  const post = await api.post(ada, 'the bridge is closed');
  await work.advanceUntil(async () => (await listOf(api, bob)).length === 2, { stepMs: MINUTE_MS });
  return { api, ada, bob, channel, seq, post };
}

const listOf = async (api: ReadApiFixture, person: LoggedInPerson) => (await api.requestAfterWrites(person, '/v1/me/notifications')).body.notifications;

test('a message leads to its channel and a post to the post, with those who wrote them', async (t) => {
  const { api, ada, bob, channel, seq, post } = await startTold();
  await using _ = api;
  const list = await listOf(api, bob);
  const [chat, feed] = [list.find(({ source }) => source === 'chat'), list.find(({ source }) => source === 'feed')];
  t.deepEqual(chat?.data, { kind: 'chat', notification: chat?.id, channel, seq: String(seq), person: ada.person });
  t.deepEqual(chat?.content, { title: 'Ada (Regatta crew)', body: 'who brings the rope?' });
  t.deepEqual(feed?.data, { kind: 'feed', notification: feed?.id, post, person: ada.person });
  t.deepEqual(feed?.content, { title: 'Ada', body: 'has a new post' });
});

test('an edited message is told with its new words, and one that was withdrawn no more; a deleted post neither', async (t) => {
  const { api, ada, bob, channel, seq, post } = await startTold();
  await using _ = api;
  const { commands, by } = api.work;
  const bodies = async () => (await listOf(api, bob)).map(({ content }) => content?.body ?? '').toSorted();
  await api.expectSuccess(commands.editMessage({ person: ada.person, channel, message: seq, text: 'I bring the rope' }, by(ada.person)));
  t.deepEqual(await bodies(), ['I bring the rope', 'has a new post']);
  await api.expectSuccess(commands.withdrawMessage({ person: ada.person, channel, message: seq }, by(ada.person)));
  t.deepEqual(await bodies(), ['has a new post']);
  await api.expectSuccess(commands.deletePost({ author: ada.person, post }, by(ada.person)));
  t.deepEqual(await bodies(), []);
});

for (const [what, change] of [
  ['was blocked', ({ api: { work }, ada, bob }: Told) => work.commands.block({ person: bob.person, other: ada.person }, work.by(bob.person))],
  ['has blocked the reader', ({ api: { work }, ada, bob }: Told) => work.commands.block({ person: ada.person, other: bob.person }, work.by(ada.person))],
  ['was erased', ({ api: { work }, ada }: Told) => work.commands.erasePerson({ person: ada.person }, work.by(ada.person))],
] as const)
  test(`nothing is told any more of a person who ${what}`, async (t) => {
    const told = await startTold();
    await using _ = told.api;
    await told.api.expectSuccess(change(told));
    t.deepEqual(await listOf(told.api, told.bob), []);
  });

test('a muted person’s posts are told no more, and their messages as before, as it is with pushes', async (t) => {
  const { api, ada, bob } = await startTold();
  await using _ = api;
  await api.expectSuccess(api.work.commands.mute({ person: bob.person, other: ada.person }, api.work.by(bob.person)));
  t.deepEqual(
    (await listOf(api, bob)).map(({ source }) => source),
    ['chat'],
  );
});

test('nothing is told any more of a channel that the person has left', async (t) => {
  const { api, bob, channel } = await startTold();
  await using _ = api;
  await api.expectSuccess(api.work.commands.leaveChannel({ person: bob.person, channel }, api.work.by(bob.person)));
  t.deepEqual(
    (await listOf(api, bob)).map(({ source }) => source),
    ['feed'],
  );
});

type Told = Awaited<ReturnType<typeof startTold>>;

test('a change of what protects the account is told, and says which', async (t) => {
  await using api = await givenReadApi();
  const { commands, clock, advanceUntil } = api.work;
  const ada = await api.person('Ada');
  const changed = await commands.changePassword({ person: ada.person, session: ada.session, password: '', newPassword: 'a stable full of staples' }, clock());
  t.is(changed.outcome, 'changed');
  await advanceUntil(async () => (await listOf(api, ada)).length === 1, { stepMs: MINUTE_MS });
  const [notice] = await listOf(api, ada);
  t.deepEqual([notice?.source, notice?.content?.title], ['security', 'Your password was changed']);
  t.deepEqual(notice?.data, { kind: 'security', notification: notice?.id, notice: 'password-changed' });
});
