import test from 'ava';
import { relationships, friendReservationOf } from '../../domain/people/relationships.ts';
import { friendship } from '../../domain/people/friendship.ts';
import { CLAIM_ABANDONED_MS, login } from '../../domain/people/login.ts';
import { friendshipOf, type PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, plus } from '../../domain/shared/instant.ts';
import { friendshipStream, loginStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { openWorkIn } from '../open-work/open-work.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { startProgress } from '../open-work/work-progress.ts';
import { sweepAbandonedLogins } from './abandoned-logins.ts';

const slot = async ({ loadState }: TestWorkers, person: PersonId, friend: PersonId) =>
  friendReservationOf((await loadState(relationships, relationshipsStream(person))).state, friend);

async function friends(work: TestWorkers, one: PersonId, other: PersonId) {
  const { id } = await work.commands.requestFriend({ person: one, other }, work.by(one));
  await work.commands.acceptFriend({ person: other, request: id }, work.by(other));
  return id;
}

test('a request that ended releases its reservation, and a friendship that ended releases both', async (t) => {
  await using work = await startWorkersForTest();
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const { id } = await work.commands.requestFriend({ person: ann, other: bob }, work.by(ann));
  t.is((await slot(work, ann, bob))?.round, 1);
  await work.commands.refuseFriend({ person: bob, request: id }, work.by(bob));
  await work.advanceUntil(async () => (await slot(work, ann, bob)) === undefined);
  await friends(work, ann, bob);
  t.is((await slot(work, bob, ann))?.round, 2);
  await work.commands.removeFriend({ person: bob, other: ann }, work.by(bob));
  await work.advanceUntil(async () => (await slot(work, ann, bob)) === undefined && (await slot(work, bob, ann)) === undefined);
  t.deepEqual([await slot(work, ann, bob), await slot(work, bob, ann)], [undefined, undefined]);
});

test('the end of an old request never releases the reservation of a new one', async (t) => {
  await using work = await startWorkersForTest();
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  for (let round = 1; round <= 3; round++) {
    const { id } = await work.commands.requestFriend({ person: ann, other: bob }, work.by(ann));
    await work.commands.withdrawFriend({ person: ann, request: id }, work.by(ann));
  }
  await friends(work, ann, bob);
  await work.untilIdle();
  t.is((await slot(work, ann, bob))?.round, 4);
});

test('a login name whose claim was abandoned is free again after a while, and one that a person owns is not', async (t) => {
  await using work = await startWorkersForTest();
  const { loadState, handle, by, commands } = work;
  await work.person('ann');
  const nobody = 'nobody' as PersonId;
  await handle(login, 'login-abandoned', { type: 'claim', person: nobody, at: work.clock() }, by(nobody));
  const claimed = async (name: string) => (await loadState(login, loginStream(name))).state.status === 'claimed';
  const waitedMs = await work.advanceUntil(async () => !(await claimed('abandoned')), { stepMs: 60_000 });
  t.true(waitedMs >= CLAIM_ABANDONED_MS);
  t.true(await claimed(commands.loginOf('ann')));
});

test('a claim that is renewed during a sweep, and abandoned again, is freed by a later one', async (t) => {
  await using work = await startWorkersForTest();
  const { loadState, handle, by, commands, contextFor, clock, stored, report } = work;
  const claim = () => handle(login, 'login-abandoned', { type: 'claim', person: 'nobody' as PersonId, at: clock() }, by('nobody' as PersonId));
  await claim();
  for (let minutes = 1; minutes < 10; minutes++) {
    await work.time.advance(MINUTE_MS);
    await work.untilIdle();
  }
  const freeAbandonedLogin: typeof commands.freeAbandonedLogin = async (...of) => {
    await claim();
    await work.untilIdle();
    return commands.freeAbandonedLogin(...of);
  };
  await using progress = startProgress({ views: stored, report });
  const soon = () => plus(clock(), MINUTE_MS); // before the test's own sweeper
  const sweeping = { openWork: openWorkIn(stored), loadState, contextFor, clock: soon, progress, commands: { freeAbandonedLogin } };
  t.is(await sweepAbandonedLogins(sweeping).sweep(), 1);
  await progress.flush();
  const isFree = async () => (await loadState(login, 'login-abandoned')).state.status === 'free';
  t.false(await isFree());
  await work.advanceUntil(isFree, { stepMs: MINUTE_MS });
  t.true(await isFree());
});

test('a reservation for a request that was never made is released after a while', async (t) => {
  await using work = await startWorkersForTest();
  const [ann, bob, cat] = [await work.person('ann'), await work.person('bob'), await work.person('cat')];
  await work.commands.requestFriend({ person: ann, other: cat }, work.by(ann));
  const pair = await work.loadState(friendship, friendshipStream(friendshipOf(ann, bob)));
  await work.handle(
    relationships,
    relationshipsStream(ann),
    {
      type: 'reserve-friend',
      intent: 'request',
      actor: ann,
      friend: { person: bob, user: { status: 'registered', login: '' }, relation: 'clear' },
      friendship: pair.state,
      at: work.clock(),
    },
    work.by(ann),
  );
  t.not(await slot(work, ann, bob), undefined);
  await work.advanceUntil(async () => (await slot(work, ann, bob)) === undefined, { stepMs: 60_000 });
  t.not(await slot(work, ann, cat), undefined);
});

test('an erased person has no friends, requests and groups any more, and the login name is free', async (t) => {
  await using work = await startWorkersForTest();
  const { commands, by, views } = work;
  const [ann, bob, cat, dan] = await Promise.all(['ann', 'bob', 'cat', 'dan'].map(work.person) as [Promise<PersonId>, ...Promise<PersonId>[]]);
  if (bob === undefined || cat === undefined || dan === undefined) return t.fail();
  await friends(work, ann, bob);
  await commands.requestFriend({ person: ann, other: cat }, by(ann));
  await commands.requestFriend({ person: dan, other: ann }, by(dan));
  const { id: group } = await commands.openGroupChannel({ person: ann, members: [bob, cat] }, by(ann));
  for (const person of [bob, cat]) await commands.acceptInvitation({ person, channel: group }, by(person));
  await work.untilIdle();
  await commands.erasePerson({ person: ann }, by(ann));
  await work.advanceUntil(async () => {
    const [friendsLeft, from, to] = [
      await views.count('friends', { person: bob }),
      await views.count('friend-requests', { from: ann }),
      await views.count('friend-requests', { to: ann }),
    ];
    const members = (await views.get('channels', group))?.members ?? [];
    return friendsLeft + from + to === 0 && !members.includes(ann);
  });
  t.is(await slot(work, bob, ann), undefined);
  t.is((await work.loadState(login, loginStream(commands.loginOf('ann')))).state.status, 'free');
});
