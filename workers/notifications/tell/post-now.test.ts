/** A notification of a post that waits tells what is so when it is sent. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { DeviceId, PersonId, PostId } from '../../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../../domain/shared/instant.ts';
import { startWorkersForTest, type TestWorkers } from '../../test-fixture.ts';
import { postNow } from './post-now.ts';
import { FRIEND_POSTED_CATEGORY } from '../../../domain/notifications/categories/our-categories.ts';

const OVER: ReadonlySet<string> = new Set(['accepted', 'suppressed', 'failed']);

type Held = { readonly work: TestWorkers; readonly ann: PersonId; readonly bob: PersonId; readonly phone: DeviceId; readonly post: PostId };
type Change = { readonly what: string; readonly make: (held: Held) => Promise<unknown>; readonly outcome: string };

const CHANGES: readonly Change[] = [
  { what: 'nothing changed', make: async () => undefined, outcome: 'accepted' },
  {
    what: 'it was edited',
    make: ({ work, ann, post }) => work.commands.editPost({ author: ann, post, text: 'as it is now' }, work.by(ann)),
    outcome: 'accepted',
  },
  { what: 'it was deleted', make: ({ work, ann, post }) => work.commands.deletePost({ author: ann, post }, work.by(ann)), outcome: 'suppressed withdrawn' },
  { what: 'its author was muted', make: ({ work, ann, bob }) => work.commands.mute({ person: bob, other: ann }, work.by(bob)), outcome: 'suppressed muted' },
  {
    what: 'its author was blocked',
    make: ({ work, ann, bob }) => work.commands.block({ person: bob, other: ann }, work.by(bob)),
    outcome: 'suppressed blocked',
  },
  {
    what: 'its author blocked the friend',
    make: ({ work, ann, bob }) => work.commands.block({ person: ann, other: bob }, work.by(ann)),
    outcome: 'suppressed blocked',
  },
  {
    what: 'the two are friends no more',
    make: ({ work, ann, bob }) => work.commands.removeFriend({ person: bob, other: ann }, work.by(bob)),
    outcome: 'suppressed not-a-friend',
  },
  { what: 'its author was erased', make: ({ work, ann }) => work.commands.erasePerson({ person: ann }, work.by(ann)), outcome: 'suppressed withdrawn' },
];

async function startPost(work: TestWorkers): Promise<Held> {
  const { commands, by } = work;
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const phone = await work.device(bob);
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, by(ann));
  await commands.acceptFriend({ person: bob, request }, by(bob));
  const quietHours = { zone: 'UTC', from: '22:00', until: '07:00' }; // the test begins at midnight
  await commands.setPreferences({ person: bob, choices: [{ category: FRIEND_POSTED_CATEGORY, channel: '*', wanted: true }], quietHours }, by(bob));
  await work.untilIdle();
  const { id: post } = await commands.publishPost({ author: ann, text: 'the bridge is closed' }, by(ann));
  return { work, ann, bob, phone, post };
}

test('a notification of a post that quiet hours held back tells what is so when it is sent', async (t) => {
  await using work = await startWorkersForTest();
  const all = await Promise.all(CHANGES.map(() => startPost(work)));
  const deliveryTo = async ({ bob }: Held) =>
    (await work.views.find('deliveries', { where: { recipient: bob }, limit: 2 })).find(({ channel }) => channel === 'push');
  const are = async (statuses: ReadonlySet<string>) => (await Promise.all(all.map(deliveryTo))).every((delivery) => statuses.has(delivery?.status ?? ''));
  await work.advanceUntil(() => are(new Set(['deferred'])), { stepMs: 1_000 });
  for (const [i, held] of all.entries()) await CHANGES[i]?.make(held);
  await work.advanceUntil(() => are(OVER), { stepMs: 10 * MINUTE_MS });
  const outcomes = (await Promise.all(all.map(deliveryTo))).map((delivery) => [delivery?.status, delivery?.reason].filter((part) => part !== null).join(' '));
  t.deepEqual(
    outcomes.map((outcome, i) => `${CHANGES[i]?.what}: ${outcome}`),
    CHANGES.map(({ what, outcome }) => `${what}: ${outcome}`),
  );
  const pushes = await work.outbox.list({ limit: 10 });
  t.is(pushes.length, 2);
  const first = all[0];
  const push = pushes.find(({ to }) => to.endsWith(first?.phone ?? 'nobody'));
  t.like(push?.data, { kind: 'feed', post: first?.post ?? '', person: first?.ann ?? '' });
  t.is(push?.body, 'has a new post');
});

test('a mention that an edit has taken out is told no more, and one that is there still is', async (t) => {
  await using work = await startWorkersForTest();
  const { commands, by } = work;
  const [ann, bob] = [await work.person('ann-lee'), await work.person('bob-lee')];
  await work.untilIdle();
  const { id: post } = await commands.publishPost({ author: ann, text: 'with @bob-lee' }, by(ann));
  const now = () => postNow({ reader: work, views: work.views }, { person: bob, source: { kind: 'feed', post, as: 'mention' } });
  t.like(await now(), { author: ann });
  await commands.editPost({ author: ann, post, text: 'still with @bob-lee' }, by(ann));
  t.like(await now(), { author: ann });
  await commands.editPost({ author: ann, post, text: 'with nobody' }, by(ann));
  t.deepEqual(await now(), { suppress: 'withdrawn' });
});
