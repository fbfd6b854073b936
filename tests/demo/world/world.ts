/** A world that is drawn from a seed: who knows whom, who wrote what, and when. Moments are told by how long ago they were. */
import { CAST, MAIN_LOGINS, type CastMember } from './cast.ts';
import { writeChannels, type Channel } from './channels.ts';
import { randomFrom, type Random } from './random.ts';
import type { Picture } from '../drawing/scenes.ts';
import { DAY_MS, MINUTE_MS } from './times.ts';
import { replyWriter, writePost } from './writing.ts';

const HISTORY_DAYS = 150;
const POSTS_OF_A_PERSON = { from: 4, to: 9 };
const POSTS_OF_MAIN = { from: 13, to: 18 };
const PICTURES_MAX = 80;
const RECENT_MS = 6 * DAY_MS;
const FRIENDS_OF_MAIN = 26;

/** A person is their place in the cast. */
export type Pair = readonly [number, number];
export type Post = {
  readonly key: string;
  readonly author: number;
  readonly agoMs: number;
  readonly text: string;
  readonly visibility: 'public' | 'friends';
  readonly picture?: Picture;
  readonly replyTo?: { readonly author: number; readonly key: string };
  /** How many posts it is below the first of its thread. */
  readonly depth: number;
};
export type Reaction = { readonly post: string; readonly person: number; readonly kind: 'like' | 'love' | 'laugh' };
export type World = {
  readonly seed: number;
  readonly cast: readonly CastMember[];
  readonly friends: readonly Pair[];
  /** The first has asked, and waits for an answer. */
  readonly asked: readonly Pair[];
  /** The first follows the second. */
  readonly follows: readonly Pair[];
  /** What others reply to stands before the replies. */
  readonly posts: readonly Post[];
  readonly reactions: readonly Reaction[];
  readonly channels: readonly Channel[];
};

export function drawWorld(seed: number): World {
  const random = randomFrom(seed);
  const everybody = CAST.map((_, person) => person);
  const main = MAIN_LOGINS.map((login) => CAST.findIndex(({ loginName }) => loginName === login));
  const { friends, asked } = befriend(random, { everybody, main });
  const circles = everybody.map((person) => friends.flatMap(([one, other]) => (one === person ? [other] : other === person ? [one] : [])));
  const posts = writePosts(random, { circles, main });
  return {
    seed,
    cast: CAST,
    friends,
    asked,
    follows: everybody.flatMap((person) =>
      random.some(everybody, random.between(2, 6)).flatMap((other): Pair[] => (other === person ? [] : [[person, other]])),
    ),
    posts,
    reactions: posts.flatMap(({ key, author, visibility, depth }) => {
      const count = depth > 0 ? random.between(0, 2) : Math.floor(random.next() ** 2 * (visibility === 'friends' ? 5 : 12));
      return random
        .some(circles[author] ?? [], count)
        .map((person): Reaction => ({ post: key, person, kind: random.pick(['like', 'like', 'like', 'like', 'love', 'laugh']) }));
    }),
    channels: writeChannels(random, { circles, main }),
  };
}

function befriend(random: Random, { everybody, main }: { readonly everybody: readonly number[]; readonly main: readonly number[] }) {
  const known = new Set<string>();
  const meet = (one: number, other: number): Pair[] => {
    const key = [one, other].toSorted((a, b) => a - b).join();
    if (one === other || known.has(key)) return [];
    known.add(key);
    return [[one, other]];
  };
  const friends = [
    ...main.flatMap((person) => main.flatMap((other) => meet(person, other))),
    ...main.flatMap((person) => random.some(everybody, FRIENDS_OF_MAIN).flatMap((other) => meet(other, person))),
    // Neighbours, and a few from the other end of the town.
    ...everybody.flatMap((person) => [1, 2, random.between(3, 59), random.between(3, 59)].flatMap((step) => meet(person, (person + step) % everybody.length))),
  ];
  const asked = main.flatMap((person) =>
    random
      .some(everybody, 8)
      .flatMap((other) => meet(other, person))
      .slice(0, 3),
  );
  return { friends, asked };
}

function writePosts(
  random: Random,
  { circles, main }: { readonly circles: readonly (readonly number[])[]; readonly main: readonly number[] },
): readonly Post[] {
  const posts: Post[] = [];
  const said = new Set<string>();
  let pictures = 0;
  CAST.forEach(({ language }, author) => {
    const { from, to } = main.includes(author) ? POSTS_OF_MAIN : POSTS_OF_A_PERSON;
    for (let left = random.between(from, to); left > 0; left -= 1) {
      const { text, scenes } = writePost(language, random, said);
      said.add(text);
      const key = `entry-${posts.length}`;
      // More of what is new than of what is old.
      const agoMs = Math.floor(random.next() ** 2.2 * HISTORY_DAYS * DAY_MS) + random.between(5, 600) * MINUTE_MS;
      const hasPicture = pictures < PICTURES_MAX && random.chance(agoMs < RECENT_MS ? 0.55 : 0.14);
      if (hasPicture) pictures += 1;
      posts.push({
        key,
        author,
        text,
        agoMs,
        visibility: random.chance(0.12) ? 'friends' : 'public',
        ...(hasPicture && { picture: { key: `${key}-picture`, scene: random.pick(scenes), seed: random.between(1, 1_000_000) } }),
        depth: 0,
      });
    }
  });
  const replies = { en: replyWriter('en', random), ko: replyWriter('ko', random) };
  const threads = [...posts];
  for (let at = 0; at < threads.length; at += 1) {
    const above = threads[at];
    if (above === undefined || above.visibility === 'friends' || above.depth > 2 || !random.chance(0.3)) continue;
    const answering = random.some(circles[above.author] ?? [], above.depth === 0 ? random.between(1, 3) : 1);
    answering.forEach((author, place) => {
      const agoMs = above.agoMs - (place + 1) * random.between(1, 90) * MINUTE_MS;
      if (agoMs < MINUTE_MS) return;
      const isKorean = [above.author, author].every((person) => CAST[person]?.language === 'ko');
      const text = replies[isKorean ? 'ko' : 'en']();
      threads.push({
        key: `${above.key}-${place}`,
        author,
        agoMs,
        text,
        visibility: 'public',
        replyTo: { author: above.author, key: above.key },
        depth: above.depth + 1,
      });
    });
  }
  return threads;
}
