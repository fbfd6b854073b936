/**
 * A mixed load: people who post, reply, like, edit, delete, talk and read, and an app that notifies them, all at once, each one
 * thing after the other. Who did what follows from the seed. Whatever gets no answer is asked again under the same key.
 */
import { v7 } from 'uuid';
import type { Answer } from '../tour/client.ts';
import { as, hasPhone, keyIn, signatureOf, type Cast, type Channel, type Person } from './actors.ts';
import { openPhone, type Phone, type SaidFrame } from './device.ts';
import { createRandom, type Random } from './random.ts';
import { keepNotification, keepPost, keepRead, keepSaid, type Acknowledged, type PostKept } from './acknowledged.ts';
import { expectStatus, write, type Site } from './installation.ts';

export type LoadConfig = {
  readonly seed: number;
  /** Distinguishes the keys of one load from those of another on the same cast. */
  readonly name: string;
  readonly stepsEach: number;
  readonly notifications: number;
};

export type Phones = AsyncDisposable & { readonly all: readonly (Phone & { readonly owner: Person; readonly channels: readonly string[] })[] };

/** Every other has two. */
export async function openPhones(site: Site, { people, channels }: Cast): Promise<Phones> {
  const opening = people.filter(hasPhone).flatMap((owner) => {
    const its = channels.filter(({ members }) => members.includes(owner)).map(({ id }) => id);
    const devices = owner.number % 2 === 0 ? ['phone', 'tablet'] : ['phone'];
    return devices.map(async (device) => {
      const manner = owner.number % 3 === 0 ? 'careless' : 'careful';
      return { ...(await openPhone(site, owner, { device: `${device}-${owner.number}`, channels: its, manner })), owner, channels: its };
    });
  });
  const all = await Promise.all(opening);
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((phone) => phone[Symbol.asyncDispose]()))) };
}

export async function play(site: Site, cast: Cast, phones: Phones, acknowledged: Acknowledged, config: LoadConfig): Promise<void> {
  const stage: Stage = { site, cast, acknowledged, config };
  await Promise.all([...cast.people.map((person) => playPerson(stage, person, phones)), playApp(stage)]);
}

type Stage = { readonly site: Site; readonly cast: Cast; readonly acknowledged: Acknowledged; readonly config: LoadConfig };
type Turn = Stage & { readonly person: Person; readonly random: Random; readonly key: string; readonly phone: Phone | undefined };

const STEPS = {
  publish: 14,
  reply: 8,
  edit: 6,
  delete: 4,
  like: 14,
  unlike: 4,
  say: 32,
  changeSaid: 10,
  markRead: 8,
} as const;
const ACTS: { readonly [Step in keyof typeof STEPS]: (turn: Turn) => Promise<void> } = {
  publish: (turn) => publish(turn, null),
  reply: async (turn) => {
    const post = someonesPost(turn);
    if (post !== undefined) await publish(turn, post.id);
  },
  edit,
  delete: remove,
  like: (turn) => like(turn, 'PUT'),
  unlike: (turn) => like(turn, 'DELETE'),
  say,
  changeSaid,
  markRead,
};

async function playPerson(stage: Stage, person: Person, phones: Phones): Promise<void> {
  const { config, cast } = stage;
  const random = createRandom(config.seed * 1_000 + person.number);
  const own = phones.all.filter(({ owner }) => owner === person);
  for (let step = 0; step < config.stepsEach; step++) {
    const phone = own.length === 0 ? undefined : random.pick(own);
    const key = keyIn(cast.run, `${config.name} ${person.number} ${step}`);
    await ACTS[random.weighed(STEPS)]({ ...stage, person, random, key, phone });
  }
}

const textOf = ({ person, random, key }: Turn): string => `${person.name} says ${key.slice(0, 8)} ${'and so on '.repeat(random.below(8))}`.trim();

/** True where it was done; false where somebody else was faster. */
function wasDone(answer: Answer): boolean {
  if (answer.status === 200 || answer.status === 201) return true;
  expectStatus([404, 409, 410, 422], answer);
  if (answer.body['code'] !== 'post-deleted') throw new Error(`Nobody can have brought about ${JSON.stringify(answer.body)}.`);
  return false;
}

async function publish(turn: Turn, replyTo: string | null): Promise<void> {
  const { site, person, key, acknowledged } = turn;
  const text = textOf(turn);
  const body = { text, ...(replyTo === null ? {} : { replyTo }) };
  const answer = await write(site, '/v1/me/feed', { method: 'POST', headers: as(person), key, body });
  if (wasDone(answer)) keepPost(acknowledged, { id: String(answer.body['id']), author: person.id, replyTo, text, isDeleted: false });
}

function postsOf({ acknowledged }: Turn, matches: (post: PostKept) => boolean): readonly PostKept[] {
  return [...acknowledged.posts.values()].filter((post) => !post.isDeleted && matches(post));
}

function someonesPost(turn: Turn): PostKept | undefined {
  const posts = postsOf(turn, () => true);
  return posts.length === 0 ? undefined : turn.random.pick(posts);
}

function ownPost(turn: Turn): PostKept | undefined {
  const posts = postsOf(turn, ({ author }) => author === turn.person.id);
  return posts.length === 0 ? undefined : turn.random.pick(posts);
}

async function edit(turn: Turn): Promise<void> {
  const { site, person, key, acknowledged } = turn;
  const post = ownPost(turn);
  if (post === undefined) return;
  const text = `${textOf(turn)} (edited)`;
  expectStatus([200, 201], await write(site, `/v1/posts/${post.id}`, { method: 'PATCH', headers: as(person), key, body: { text } }));
  acknowledged.count++;
  post.text = text;
}

async function remove(turn: Turn): Promise<void> {
  const { site, person, key, acknowledged } = turn;
  const post = ownPost(turn);
  if (post === undefined) return;
  expectStatus([200, 201], await write(site, `/v1/posts/${post.id}`, { method: 'DELETE', headers: as(person), key }));
  acknowledged.count++;
  post.isDeleted = true;
}

async function like(turn: Turn, method: 'PUT' | 'DELETE'): Promise<void> {
  const { site, person, key, acknowledged } = turn;
  const post = someonesPost(turn);
  if (post === undefined || !wasDone(await write(site, `/v1/posts/${post.id}/like`, { method, headers: as(person), key }))) return;
  acknowledged.count++;
  acknowledged.likes[method === 'PUT' ? 'add' : 'delete'](`${post.id}/${person.id}`);
}

function ownChannel({ cast, person, random }: Turn): Channel {
  return random.pick(cast.channels.filter(({ members }) => members.includes(person)));
}

async function say(turn: Turn): Promise<void> {
  const { site, person, phone, random, acknowledged } = turn;
  const channel = ownChannel(turn);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const clientId = v7();
    const text = `${textOf(turn)} ${left}`;
    const kept = { kind: 'send', sender: person.id, clientId, text } as const;
    if (phone !== undefined) await sayByPhone(turn, phone, { type: 'send', channel: channel.id, id: clientId, text }, kept);
    else {
      const answer = await write(site, `/v1/channels/${channel.id}/messages`, { method: 'POST', headers: as(person), key: clientId, body: { text } });
      keepSaid(acknowledged, { channel: channel.id, seq: Number(expectStatus([200, 201], answer).body['seq']) }, kept);
    }
  }
}

async function sayByPhone({ acknowledged }: Turn, phone: Phone, frame: SaidFrame, kept: Parameters<typeof keepSaid>[2]): Promise<void> {
  const said = await phone.say(frame);
  if (said.outcome === 'refused') throw new Error(`Nobody can have brought about ${said.code} for ${JSON.stringify(frame)}.`);
  keepSaid(acknowledged, { channel: frame.channel, seq: said.seq }, kept);
}

/** Edits, withdraws or reacts to a message of one's own that still stands. */
async function changeSaid(turn: Turn): Promise<void> {
  const { person, phone, random, acknowledged } = turn;
  if (phone === undefined) return;
  const channel = ownChannel(turn);
  const all = [...(acknowledged.said.get(channel.id) ?? [])];
  const changed = new Set(all.flatMap(([, said]) => (said.kind === 'send' || said.kind === 'edit' ? [] : [said.message])));
  const own = all.filter(([seq, said]) => said.kind === 'send' && said.sender === person.id && !changed.has(seq));
  if (own.length === 0) return;
  const [message] = random.pick(own);
  const asked = { channel: channel.id, id: v7(), message };
  const kind = random.weighed({ edit: 3, withdraw: 1, react: 2 });
  switch (kind) {
    case 'edit': {
      const text = `${textOf(turn)} (edited)`;
      return sayByPhone(turn, phone, { type: kind, ...asked, text }, { kind, message, text });
    }
    case 'withdraw':
      return sayByPhone(turn, phone, { type: kind, ...asked }, { kind, message });
    case 'react':
      return sayByPhone(turn, phone, { type: kind, ...asked, emoji: '👍', change: 'added' }, { kind, message, person: person.id, emoji: '👍' });
  }
}

/** Now and then an old place: another device was behind, and the pointer doesn't go back. */
async function markRead(turn: Turn): Promise<void> {
  const { site, person, key, random, acknowledged } = turn;
  const channel = ownChannel(turn);
  const seqs = [...(acknowledged.said.get(channel.id)?.keys() ?? [])];
  if (seqs.length === 0) return;
  const seq = random.pick(seqs);
  expectStatus([200, 201], await write(site, `/v1/channels/${channel.id}/read`, { method: 'PUT', headers: as(person), key, body: { seq } }));
  keepRead(acknowledged, { person: person.id, channel: channel.id, seq });
}

const LATER_MS = 60 * 60 * 1_000;

/** To some people or to all; the ones to come later are cancelled. */
async function playApp({ site, cast, acknowledged, config }: Stage): Promise<void> {
  const random = createRandom(config.seed * 1_000 + 999);
  const ask = async (path: string, key: string, body?: object) =>
    expectStatus([200, 201], await write(site, path, { method: 'POST', headers: () => signatureOf(cast.app, 'POST', path, { body, key }), key, body }));
  for (let n = 0; n < config.notifications; n++) {
    const key = keyIn(cast.run, `${config.name} app ${n}`);
    const recipients = random.below(4) === 0 ? cast.people : cast.people.filter(() => random.below(3) === 0);
    if (recipients.length === 0) continue;
    const category = random.pick(['news', 'offers']);
    const channels = random.pick([['push'], ['email'], ['push', 'email']] as const);
    const isLater = random.below(6) === 0;
    const body = {
      recipients: recipients.map(({ id }) => id),
      category,
      channels,
      content: { title: `Number ${n}`, body: `Of ${config.name}` },
      ...(isLater ? { sendAt: new Date(Date.now() + LATER_MS).toISOString() } : {}),
    };
    const id = String((await ask('/v1/notifications', key, body)).body['id']);
    const kept = { id, recipients: body.recipients, category, channels, isCancelled: false };
    keepNotification(acknowledged, kept);
    if (!isLater) continue;
    await ask(`/v1/notifications/${id}/cancel`, `${key}-cancel`);
    acknowledged.count++;
    kept.isCancelled = true;
  }
}
