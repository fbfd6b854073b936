/** Draws the chats of a world: direct channels, groups, and one that only its owner writes in. */
import { CAST, type Language } from './cast.ts';
import type { Random } from './random.ts';
import type { Picture, Scene } from '../drawing/scenes.ts';
import { CONVERSATIONS, GROUPS, GROUP_TALK, NEWS, type GroupPlan, type Line } from './talk.ts';
import { DAY_MS, MINUTE_MS } from './times.ts';

const DIRECT_OF_MAIN = 14;
const DIRECT_OF_OTHERS = 30;
const MAIN_IN_GROUPS = 4;
/** Somebody answers within minutes. */
const PAUSE_MINUTES = [1, 9] as const;
/** Pictures are few, for each is prepared like any other. */
const PICTURES_MAX = 40;
const ANNOUNCER = 'olivia';

export type Message = {
  /** In the order of the messages. */
  readonly key: string;
  readonly sender: number;
  readonly agoMs: number;
  readonly text: string;
  readonly picture?: Picture;
  readonly replyTo?: string;
  readonly reactions: readonly { readonly emoji: string; readonly people: readonly number[] }[];
};
export type Channel = { readonly key: string; readonly members: readonly number[]; readonly openedAgoMs: number; readonly messages: readonly Message[] } & (
  | { readonly kind: 'direct' }
  /** The first of its members owns it. */
  | { readonly kind: 'group' | 'announcement'; readonly title: string; readonly description: string; readonly picture: Picture }
);

type Drawing = { readonly circles: readonly (readonly number[])[]; readonly main: readonly number[] };

export function writeChannels(random: Random, { circles, main }: Drawing): readonly Channel[] {
  const pictures = { left: PICTURES_MAX };
  const pairs = new Map<string, readonly [number, number]>();
  const talk = (one: number, other: number): void => void (one !== other && pairs.set([one, other].toSorted((a, b) => a - b).join('-'), [one, other]));
  for (const person of main) for (const other of random.some(circles[person] ?? [], DIRECT_OF_MAIN)) talk(person, other);
  for (const person of random.some([...circles.keys()], DIRECT_OF_OTHERS)) for (const other of random.some(circles[person] ?? [], 1)) talk(person, other);
  return [
    ...[...pairs].map(([key, members]) => directChannel(random, { key, members, pictures })),
    ...GROUPS.map((plan) => group(random, { plan, main, pictures })),
    news(random),
  ];
}

type Pictures = { left: number };

function directChannel(random: Random, of: { readonly key: string; readonly members: readonly [number, number]; readonly pictures: Pictures }): Channel {
  const { key, members, pictures } = of;
  const language = members.every((person) => CAST[person]?.language === 'ko') ? 'ko' : 'en';
  const named = `direct-${key}`;
  const messages = writeMessages(random, {
    key: named,
    talks: random.some(CONVERSATIONS[language], random.between(1, 4)),
    people: () => members,
    days: 40,
    pictures,
  });
  return { key: named, kind: 'direct', members, openedAgoMs: (messages[0]?.agoMs ?? 0) + DAY_MS, messages };
}

function group(random: Random, { plan, main, pictures }: { readonly plan: GroupPlan; readonly main: readonly number[]; readonly pictures: Pictures }): Channel {
  const { key, title, description, language, scene } = plan;
  const others = random.some(
    [...CAST.keys()].filter((person) => !main.includes(person) && (language === 'en' || CAST[person]?.language === 'ko')),
    plan.members,
  );
  const members = [...others.slice(0, 1), ...(GROUPS.indexOf(plan) < MAIN_IN_GROUPS ? main : main.slice(0, 1)), ...others.slice(1)];
  const talks = Array.from({ length: plan.talks }, () => random.pick(talksOf(language)));
  const messages = writeMessages(random, { key, talks, people: () => random.some(members, 5), days: 120, pictures });
  return { key, kind: 'group', title, description, picture: pictureOf(key, scene, random), members, openedAgoMs: (messages[0]?.agoMs ?? 0) + DAY_MS, messages };
}

const talksOf = (language: Language): readonly (readonly Line[])[] => GROUP_TALK[language];

function news(random: Random): Channel {
  const owner = CAST.findIndex(({ loginName }) => loginName === ANNOUNCER);
  const messages = NEWS.map((text, at): Message => {
    const reactions = [{ emoji: '👍', people: random.some([...CAST.keys()], random.between(3, 20)) }];
    return { key: keyAt('news', at), sender: owner, agoMs: (NEWS.length - at) * 6 * DAY_MS - random.between(0, 900) * MINUTE_MS, text, reactions };
  });
  const about = { title: 'Harbour news', description: 'What the harbour office has to say.', picture: pictureOf('news', 'sea', random) };
  return {
    key: 'news',
    kind: 'announcement',
    ...about,
    members: [owner, ...CAST.keys().filter((person) => person !== owner)],
    openedAgoMs: 60 * DAY_MS,
    messages,
  };
}

type Writing = {
  readonly key: string;
  readonly talks: readonly (readonly Line[])[];
  /** Who talks, anew for each conversation. */
  readonly people: () => readonly number[];
  readonly days: number;
  readonly pictures: Pictures;
};

/** The conversations one after the other, the last of them today or some days ago. */
function writeMessages(random: Random, { key, talks, people, days, pictures }: Writing): readonly Message[] {
  const begun = talks.map(() => Math.floor(random.next() ** 1.6 * days * DAY_MS) + 3 * 60 * MINUTE_MS).toSorted((one, other) => other - one);
  const messages: Message[] = [];
  talks.forEach((lines, at) => {
    const speakers = people();
    const first = messages.length;
    let agoMs = Math.min(begun[at] ?? 0, (messages.at(-1)?.agoMs ?? Infinity) - MINUTE_MS);
    lines.forEach(({ by, text, scene, answers, reaction }, place) => {
      const sender = speakers[by % speakers.length] ?? 0;
      const hasPicture = scene !== undefined && pictures.left > 0;
      if (hasPicture) pictures.left -= 1;
      const others = speakers.filter((person) => person !== sender);
      messages.push({
        key: keyAt(key, messages.length),
        sender,
        agoMs: Math.max(agoMs, MINUTE_MS),
        text,
        ...(hasPicture && { picture: pictureOf(keyAt(key, messages.length), scene, random) }),
        ...(answers !== undefined && { replyTo: keyAt(key, first + place - answers) }),
        reactions: reaction === undefined ? [] : [{ emoji: reaction, people: random.some(others, random.between(1, others.length)) }],
      });
      agoMs -= random.between(...PAUSE_MINUTES) * MINUTE_MS;
    });
  });
  return messages;
}

const KEY_DIGITS = 6;
/** Keys are compared as text. */
const keyAt = (channel: string, at: number): string => `${channel}-${String(at).padStart(KEY_DIGITS, '0')}`;
const pictureOf = (key: string, scene: Scene, { between }: Random): Picture => ({ key: `${key}-picture`, scene, seed: between(1, 1_000_000) });
