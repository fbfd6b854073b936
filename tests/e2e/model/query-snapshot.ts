/**
 * A snapshot of every query's answer to everyone, page by page; comparing two of them shows what a rebuild has changed. Presence and what
 * devices have received, which are not in the log, are left out.
 */
import { authorizationOf, type Person } from '../actors.ts';
import { fetchDeliveries } from './notifications.ts';
import type { Scenario } from '../scenario.ts';
import { callReadApi, fetchAllPages } from '../system-under-test.ts';

const PAGE_LIMIT = 20;
const HISTORY_PAGE_LIMIT = 200;
const SINGLE_PAGES = [
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

/** Answers by query. */
export type QuerySnapshot = ReadonlyMap<string, unknown>;

export async function takeQuerySnapshot(scenario: Scenario): Promise<QuerySnapshot> {
  const { system, actors, acknowledged } = scenario;
  const answers = new Map<string, unknown>();
  for (const person of actors.people) await addAnswersFor(person, scenario, answers);
  for (const id of acknowledged.notifications.keys()) answers.set(`the app: ${id}`, await fetchDeliveries(system, actors, id));
  return answers;
}

const ofTheLog = (body: object): unknown => JSON.parse(JSON.stringify(body, (field, value: unknown) => (field === 'deliveredUpTo' ? undefined : value)));

async function addAnswersFor(person: Person, { system, actors, acknowledged }: Scenario, answers: Map<string, unknown>): Promise<void> {
  const headers = authorizationOf(person);
  const get = async (path: string) => {
    const { status, body } = await callReadApi(system, path, { headers });
    answers.set(`${person.name}: ${path}`, status === 200 ? ofTheLog(body) : [status, body['code']]);
  };
  const getPages = async (path: string, list: string, cursor: 'before' | 'after') => {
    const page = (query: string) => callReadApi(system, `${path}?${query}`, { headers });
    answers.set(`${person.name}: ${path}, all pages`, await fetchAllPages(page, { list, cursor, limit: PAGE_LIMIT }));
  };
  for (const path of SINGLE_PAGES) await get(path);
  for (const other of actors.people) await get(`/v1/people/${other.id}`);
  for (const { id, members } of actors.channels) {
    await get(`/v1/channels/${id}`);
    if (members.includes(person)) await get(`/v1/channels/${id}/messages?limit=${HISTORY_PAGE_LIMIT}`);
  }
  for (const { path, list } of PAGED) await getPages(path, list, 'before');
  await getPages(`/v1/people/${person.id}/posts`, 'posts', 'before');
  // A post looks alike to everyone except for the reader's own like, so one person's answers suffice.
  if (person.number > 0) return;
  for (const { id, isDeleted } of acknowledged.posts.values()) {
    await get(`/v1/posts/${id}`);
    if (!isDeleted) await getPages(`/v1/posts/${id}/replies`, 'posts', 'after');
  }
}

/** The differences, as sentences. */
export function compareSnapshots(before: QuerySnapshot, after: QuerySnapshot): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((query) => {
    const [one, other] = [JSON.stringify(before.get(query)), JSON.stringify(after.get(query))];
    return one === other ? [] : [`${query}: before ${one?.slice(0, 1_000)}, after ${other?.slice(0, 1_000)}`];
  });
}
