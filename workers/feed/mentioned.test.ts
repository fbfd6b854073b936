import { randomUUID } from 'node:crypto';
import test from 'ava';
import { MENTION_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import type { PostVisibility } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { notifyMentioned } from './mentioned.ts';

let work: TestWorkers;
test.before(async () => void (work = await startWorkersForTest()));
test.after.always(() => work[Symbol.asyncDispose]());

type Told = { readonly author: PersonId; readonly bob: PersonId; readonly login: string };

async function people(): Promise<Told> {
  const [author, login] = [await work.person(randomUUID()), `b${randomUUID()}`];
  return { author, bob: await work.person(login), login };
}

const publish = async ({ author }: Told, text: string, visibility: PostVisibility = 'public'): Promise<PostId> =>
  (await work.commands.publishPost({ author, text, visibility }, work.by(author))).id;
const edit = ({ author }: Told, post: PostId, text: string) => work.commands.editPost({ author, post, text }, work.by(author));
/** What stands in the notification centre; of what is suppressed nothing does. */
const toldTo = async (person: PersonId) => (await work.views.find('centre-items', { where: { person }, limit: 10 })).length;

test.serial('who is mentioned is told once, also where an edit mentions them again, and nobody of their own post', async (t) => {
  const told = await people();
  const device = await work.device(told.bob);
  const post = await publish(told, `Hello @${told.login}, and @${told.login} again`);
  await work.advanceUntil(async () => (await toldTo(told.bob)) === 1);
  await edit(told, post, `Hello @${told.login}!`);
  await publish({ ...told, author: told.bob }, `It is me, @${told.login}`);
  await work.untilIdle();
  t.is(await toldTo(told.bob), 1);
  const pushes = (await work.outbox.list({ limit: 100 })).filter(({ to }) => to.endsWith(device));
  t.is(pushes.length, 1);
  t.like(pushes[0], { body: 'mentioned you', category: MENTION_CATEGORY, data: { kind: 'feed', post, person: told.author } });
});

test.serial('who is mentioned by an edit for the first time is told then', async (t) => {
  const told = await people();
  const post = await publish(told, 'Hello');
  await edit(told, post, `Hello @${told.login}`);
  await work.advanceUntil(async () => (await toldTo(told.bob)) === 1);
  t.pass();
});

for (const [what, hide] of [
  ['mutes the author', ({ author, bob }) => work.commands.mute({ person: bob, other: author }, work.by(bob))],
  ['blocks the author', ({ author, bob }) => work.commands.block({ person: bob, other: author }, work.by(bob))],
  [
    'wants to hear of no mentions',
    ({ bob }) => work.commands.setPreferences({ person: bob, choices: [{ category: MENTION_CATEGORY, channel: '*', wanted: false }] }, work.by(bob)),
  ],
] as readonly (readonly [string, (told: Told) => Promise<unknown>])[]) {
  test.serial(`nobody is told who ${what}`, async (t) => {
    const told = await people();
    await hide(told);
    await publish(told, `Hello @${told.login}`);
    await work.untilIdle();
    t.is(await toldTo(told.bob), 0);
  });
}

test.serial('nobody is told of a post that they may not read, and a friend is of one for friends', async (t) => {
  const told = await people();
  for (const visibility of ['friends', 'self'] as const) await publish(told, `Hello @${told.login}`, visibility);
  await work.untilIdle();
  t.is(await toldTo(told.bob), 0);
  const { id: request } = await work.commands.requestFriend({ person: told.author, other: told.bob }, work.by(told.author));
  await work.commands.acceptFriend({ person: told.bob, request }, work.by(told.bob));
  await publish(told, `Hello @${told.login}`, 'friends');
  await work.advanceUntil(async () => (await toldTo(told.bob)) === 1);
  t.pass();
});

test.serial('two workers that see the same post at once tell of it once', async (t) => {
  const told = await people();
  const { commands, contextFor, clock, log, codec, loadState } = work;
  const entities = { mentions: [{ person: told.bob, from: 0, to: 1 }] };
  const post = await publish(told, `Hello @${told.login}`);
  const data = { post, author: told.author, text: '', entities };
  const event = { type: 'feed.post-edited.v1', data } as unknown as Parameters<ReturnType<typeof notifyMentioned>['react']>[0];
  const reactors = [1, 2].map(() => notifyMentioned({ reader: { log, codec, loadState }, commands, contextFor, clock }));
  await Promise.all(reactors.map((reactor) => reactor.react(event)));
  await work.untilIdle();
  t.is(await toldTo(told.bob), 1);
});
