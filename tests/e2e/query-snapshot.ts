/** Every query's answer to everyone, page by page, by what was asked: two of these tell what a rebuild has changed. What is not kept in the log, who is there now, is left out. */
import { as, type Cast, type Person } from './actors.ts';
import { deliveriesOf } from './notifications-model.ts';
import type { Acknowledged } from './acknowledged.ts';
import { allPages, read, type Site } from './installation.ts';

const PAGE = 20;
const HISTORY_PAGE = 200;
const SINGLE = [
  '/v1/me',
  '/v1/me/devices',
  '/v1/me/contacts',
  '/v1/me/preferences',
  '/v1/me/friends',
  '/v1/me/friend-requests',
  '/v1/me/follows',
  '/v1/me/mutes',
  '/v1/me/blocks',
];
const PAGED = [
  { path: '/v1/me/feed', list: 'posts' },
  { path: '/v1/me/inbox', list: 'channels' },
  { path: '/v1/me/notifications', list: 'notifications' },
];

export type Snapshot = ReadonlyMap<string, unknown>;

export async function snapshotOf(site: Site, cast: Cast, acknowledged: Acknowledged): Promise<Snapshot> {
  const answers = new Map<string, unknown>();
  for (const person of cast.people) await addAnswersTo(person, { site, cast, acknowledged }, answers);
  for (const id of acknowledged.notifications.keys()) answers.set(`the app: ${id}`, await deliveriesOf(site, cast, id));
  return answers;
}

type Asked = { readonly site: Site; readonly cast: Cast; readonly acknowledged: Acknowledged };

async function addAnswersTo(person: Person, { site, cast, acknowledged }: Asked, answers: Map<string, unknown>): Promise<void> {
  const headers = as(person);
  const get = async (path: string) => {
    const answer = await read(site, path, { headers });
    answers.set(`${person.name}: ${path}`, answer.status === 200 ? answer.body : [answer.status, answer.body['code']]);
  };
  for (const path of SINGLE) await get(path);
  for (const other of cast.people) await get(`/v1/people/${other.id}`);
  for (const { id, members } of cast.channels) {
    await get(`/v1/channels/${id}`);
    if (members.includes(person)) await get(`/v1/channels/${id}/messages?limit=${HISTORY_PAGE}`);
  }
  for (const { path, list } of PAGED) {
    answers.set(`${person.name}: ${path}`, await allPages((query) => read(site, `${path}?${query}`, { headers }), { list, cursor: 'before', limit: PAGE }));
  }
  const pages = (query: string) => read(site, `/v1/people/${person.id}/posts?${query}`, { headers });
  answers.set(`${person.name}: own posts`, await allPages(pages, { list: 'posts', cursor: 'before', limit: PAGE }));
  // Everyone sees a post alike but for the own like, so one person's replies do for all.
  if (person.number > 0) return;
  for (const { id, isDeleted } of acknowledged.posts.values()) {
    await get(`/v1/posts/${id}`);
    if (isDeleted) continue;
    const replies = (query: string) => read(site, `/v1/posts/${id}/replies?${query}`, { headers });
    answers.set(`${person.name}: replies to ${id}`, await allPages(replies, { list: 'posts', cursor: 'after', limit: PAGE }));
  }
}

/** What differs, in words. */
export function differences(before: Snapshot, after: Snapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((asked) => {
    const [one, other] = [JSON.stringify(before.get(asked)), JSON.stringify(after.get(asked))];
    return one === other ? [] : [`${asked}: before ${one?.slice(0, 1_000)}, after ${other?.slice(0, 1_000)}`];
  });
}
