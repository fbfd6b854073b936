/** What is new to those whose logins are printed: notifications of apps, unread messages, somebody who asks to write. */
import { createTidingsApp } from '../../client/app.ts';
import { MAIN_LOGINS } from './world/cast.ts';
import { call, inParallel, personAt, type Filling, type Person } from './filling.ts';
import type { World } from './world/world.ts';

type AppPlan = {
  readonly name: string;
  readonly category: string;
  readonly title: { readonly en: string; readonly ko: string };
  readonly notifications: readonly { readonly title: string; readonly body: string }[];
};

const APPS: readonly AppPlan[] = [
  {
    name: 'Harbour Ferry',
    category: 'departures',
    title: { en: 'Departures', ko: '출항 안내' },
    notifications: [
      { title: 'Ramp B', body: 'Your 6:10 ferry leaves from ramp B tomorrow.' },
      { title: 'On time again', body: 'The evening boats run to schedule after the fog.' },
      { title: 'Your season ticket', body: 'It is good for another 14 days.' },
    ],
  },
  {
    name: 'Town Library',
    category: 'loans',
    title: { en: 'Loans', ko: '대출' },
    notifications: [
      { title: 'Due on Friday', body: '“The Salt Path” can be renewed once more.' },
      { title: 'Ready for you', body: 'The atlas you asked for waits at the desk.' },
    ],
  },
  {
    name: 'Quay Market',
    category: 'orders',
    title: { en: 'Orders', ko: '주문' },
    notifications: [
      { title: 'Order 1184 is packed', body: 'Two crates, one of them fragile. Stand 12.' },
      { title: 'Stand 7 has news', body: 'The first strawberries are in.' },
    ],
  },
];

const FRESH_LINES = ['Are you there?', 'I left something at your door.', 'Call me when you have a minute?', 'See you tonight!'] as const;
const FRESH_CHANNELS = 3;

export const newsCount = (): number => APPS.reduce((sum, { notifications }) => sum + notifications.length, 0) + MAIN_LOGINS.length * 2;

export async function fillNews(filling: Filling, world: World, channels: ReadonlyMap<string, string>): Promise<void> {
  filling.progress.begin('News');
  const placeOf = (login: string): number => world.cast.findIndex(({ loginName }) => loginName === login);
  const readers = MAIN_LOGINS.map((login) => ({ place: placeOf(login), person: personAt(filling, placeOf(login)) }));
  for (const plan of APPS)
    await notify(
      filling,
      plan,
      readers.map(({ person }) => person),
    );
  await inParallel(readers, async ({ place }) => {
    const own = world.channels.filter(({ kind, members }) => kind === 'direct' && members.includes(place)).slice(-FRESH_CHANNELS);
    for (const [at, { key, members }] of own.entries()) {
      const sender = personAt(filling, members.find((member) => member !== place) ?? 0);
      const path = `/v1/channels/${channels.get(key) ?? ''}/messages`;
      await call(filling, path, { method: 'POST', as: sender, name: `fresh-${key}-${place}`, body: { text: FRESH_LINES[(at + place) % FRESH_LINES.length] } });
    }
    filling.progress.done();
  });
  await inParallel(readers, async ({ place, person }) => {
    await write(filling, { from: personAt(filling, strangerTo(place, world)), to: person, name: `stranger-${place}` });
    filling.progress.done();
  });
}

/** Somebody who is no friend, and hasn't asked to be one. */
function strangerTo(place: number, { cast, friends, asked, channels }: World): number {
  const known = new Set(
    [...friends, ...asked, ...channels.filter(({ kind }) => kind === 'direct').map(({ members }) => members)].filter((pair) => pair.includes(place)).flat(),
  );
  return cast.findLastIndex((_, other) => other !== place && !known.has(other));
}

async function write(filling: Filling, { from, to, name }: { readonly from: Person; readonly to: Person; readonly name: string }): Promise<void> {
  const { id } = await call(filling, '/v1/channels', { method: 'POST', as: from, name, body: { kind: 'direct', members: [to.id] } });
  const body = { text: 'Hello! We met at the market. Is the boat on the poster yours?' };
  await call(filling, `/v1/channels/${String(id)}/messages`, { method: 'POST', as: from, name: `${name}-message`, body });
}

async function notify(filling: Filling, { name, category, title, notifications }: AppPlan, readers: readonly Person[]): Promise<void> {
  const { front, seed, adminToken, progress } = filling;
  const ofOperator = { authorization: `Bearer ${adminToken}` };
  const registered = await call(filling, '/v1/apps', { method: 'POST', name: `the-app-${category}`, headers: ofOperator, body: { name } });
  const app = createTidingsApp({ read: front, write: front, credentials: { id: String(registered['id']), secret: String(registered['secret']) } });
  const declared = { title: title.en, language: 'en', locales: { ko: { title: title.ko } }, channels: ['in-app'] };
  await app.write.PUT('/v1/categories/{category}', { params: { path: { category } }, body: declared as never });
  for (const person of readers) await call(filling, `/v1/me/apps/${String(registered['id'])}`, { method: 'PUT', as: person, name: `enrol-${category}` });
  for (const [at, content] of notifications.entries()) {
    await app.write.POST('/v1/notifications', {
      headers: { 'idempotency-key': `demo-${seed}-${category}-${at}` },
      body: { recipients: readers.map(({ id }) => id), category, channels: ['in-app'], content },
    } as never);
    progress.done();
  }
}
