/** Fills a running Tidings with a world, by the import context and the public APIs. What is there already stays as it is. */
import { MAIN_LOGINS } from './world/cast.ts';
import { fillChats } from './fill-chats.ts';
import { fillNews, newsCount } from './fill-news.ts';
import { fillFriends, fillPeople, fillPortraits, isBegun } from './fill-people.ts';
import { fillPosts, fillReactions } from './fill-posts.ts';
import { ALT, type Picture } from './drawing/scenes.ts';
import { FillingFailed, sendScene, SOURCE, type Filling, type Target } from './filling.ts';
import type { Progress } from './progress.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { World } from './world/world.ts';

/** The last thing that is filled in, by which a later demo knows that everything is there. */
const LAST_POST = {
  key: 'welcome',
  text: 'Welcome to the harbour! Have a look around: write to somebody, like something, change your settings. Nothing here is real, but the bread.',
};

const LAST_PICTURE: Picture = { key: 'welcome-picture', scene: 'harbour', seed: 7 };

/** How much there is to do, for the bar. */
export function sizeOf({ cast, friends, posts, reactions, channels }: World): number {
  const messages = channels.flatMap((channel) => channel.messages);
  const pictures = [...posts, ...messages].filter(({ picture }) => picture !== undefined).length;
  return cast.length * 3 + friends.length + posts.length + reactions.length + messages.length + pictures + newsCount();
}

/** `others`: people live there who are none of the demo's. `begun`: a demo was stopped before its end, and is to be gone on with. */
export async function lookAt({ client }: Pick<Target, 'client'>, { cast }: World): Promise<'empty' | 'others' | 'begun' | 'filled'> {
  if (await isBegun({ client }, cast)) return (await isFilled({ client })) ? 'filled' : 'begun';
  const request = { types: ['people.registered.v1'], limit: 1, direction: 'forwards', until: 'head', personal: 'hidden' } as const;
  for await (const _ of client.call('read-log', { ...request, types: [...request.types] })) return 'others';
  return 'empty';
}

async function isFilled({ client }: Pick<Target, 'client'>): Promise<boolean> {
  for await (const { person } of client.call('find-login', { loginName: MAIN_LOGINS[0] })) {
    if (person === null) return false;
    for await (const { outcome } of client.call('import-posts', { person, source: SOURCE, posts: [lastPost(0)], dryRun: true })) return outcome === 'unchanged';
  }
  return false;
}

const lastPost = (nowMs: number) => ({ ...LAST_POST, at: instant(nowMs), visibility: 'public' as const });

/** Throws `FillingFailed` where something was refused. It may be called again then, and goes on. */
export async function fillWorld(target: Target, world: World, { nowMs, progress }: { readonly nowMs: number; readonly progress: Progress }): Promise<void> {
  const base = { ...target, seed: world.seed, nowMs, progress };
  const filling: Filling = { ...base, people: await fillPeople(base, world) };
  await fillPortraits(filling, world);
  await fillFriends(filling, world);
  const posts = await fillPosts(filling, world);
  await fillReactions(filling, world, posts);
  const channels = await fillChats(filling, world);
  await fillNews(filling, world, channels);
  const [first] = filling.people;
  if (first === undefined) throw new FillingFailed('Nobody was imported.');
  await sendScene(filling, first.id, LAST_PICTURE);
  const last = { ...lastPost(nowMs), media: [{ key: LAST_PICTURE.key, alt: ALT[LAST_PICTURE.scene].en }] };
  await Array.fromAsync(target.client.call('import-posts', { person: first.id, source: SOURCE, posts: [last], dryRun: false }));
  progress.end();
}
