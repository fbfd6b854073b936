/**
 * No cached answer outlives `Min-Position`: whatever a person may not see any more after a command, or sees otherwise, is answered so by
 * every process that is given the command's position, however warm its caches are and whatever tag of an earlier answer is named.
 */
import { v7 } from 'uuid';
import { expectStatus } from '../client/expectations.ts';
import { authorizationOf, DONE, type Person } from '../e2e/actors.ts';
import type { Cluster } from './cluster.ts';

type Answer = { readonly status: number; readonly tag: string | undefined; readonly body: unknown };
type ShownPost = { readonly id: string; readonly text: string };

export type ReadAfterChange = { readonly reads: number; readonly wrong: readonly string[] };

/**
 * `author` and `reader` are no friends, and `friend` is the author's. `random` chooses the process of each command and each read, from 0
 * inclusive to 1 exclusive.
 */
export async function readAfterChanges(
  cluster: Cluster,
  { author, reader, friend }: { readonly author: Person; readonly reader: Person; readonly friend: Person },
  { rounds, random }: { readonly rounds: number; readonly random: () => number },
): Promise<ReadAfterChange> {
  const wrong: string[] = [];
  let reads = 0;
  /** Tags of the last answers: what a client has. */
  const tags = new Map<string, string>();
  const anyUrl = (api: 'write-api' | 'read-api') => {
    const running = cluster.withRole(api);
    return running[Math.floor(random() * running.length)]?.urls[api] ?? '';
  };

  /** Answers the position. */
  const give = async (by: Person, method: string, path: string, body?: object): Promise<{ readonly position: string; readonly id: string }> => {
    const response = await fetch(anyUrl('write-api') + path, {
      method,
      headers: { ...authorizationOf(by), 'idempotency-key': v7(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { readonly position?: string; readonly id?: string };
    expectStatus(DONE, { status: response.status, body: answer, position: answer.position });
    return { position: answer.position ?? '', id: answer.id ?? '' };
  };
  const read = async (by: Person, path: string, position: string): Promise<Answer> => {
    reads += 1;
    const known = tags.get(by.id + path);
    const headers = { ...authorizationOf(by), 'min-position': position, ...(known !== undefined && { 'if-none-match': known }) };
    const response = await fetch(anyUrl('read-api') + path, { headers });
    const text = await response.text();
    const tag = response.headers.get('etag') ?? undefined;
    if (tag !== undefined) tags.set(by.id + path, tag);
    return { status: response.status, tag, body: text === '' ? undefined : JSON.parse(text) };
  };

  /** What was answered under the last tag of a path, for a 304 stands for it. */
  const kept = new Map<string, unknown>();
  const contentOf = (by: Person, path: string, { status, body }: Answer): unknown => {
    if (status === 304) return kept.get(by.id + path);
    kept.set(by.id + path, body);
    return body;
  };
  const feedOf = async (by: Person, position: string): Promise<readonly ShownPost[]> => {
    const answer = await read(by, '/v1/me/feed?limit=50', position);
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`The feed answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return (contentOf(by, '/v1/me/feed?limit=50', answer) as { readonly posts: readonly ShownPost[] }).posts;
  };
  const postFor = async (by: Person, id: string, position: string): Promise<ShownPost | undefined> => {
    const path = `/v1/posts/${id}`;
    const answer = await read(by, path, position);
    return answer.status === 404 ? undefined : (contentOf(by, path, answer) as ShownPost);
  };
  /** By feed and by id alike; `text`: what is shown, undefined where nothing may be. */
  const expectShown = async (what: string, by: Person, of: { readonly id: string; readonly position: string; readonly text: string | undefined }) => {
    const [feed, post] = await Promise.all([feedOf(by, of.position), postFor(by, of.id, of.position)]);
    const inFeed = feed.find(({ id }) => id === of.id)?.text;
    if (inFeed !== of.text) wrong.push(`${what}: the feed shows ${String(inFeed)}`);
    if (post?.text !== of.text) wrong.push(`${what}: the post shows ${String(post?.text)}`);
  };
  /** Not in the feed, but by its id. */
  const expectOutOfFeed = async (what: string, by: Person, of: { readonly id: string; readonly position: string }) => {
    const [feed, post] = await Promise.all([feedOf(by, of.position), postFor(by, of.id, of.position)]);
    if (feed.some(({ id }) => id === of.id)) wrong.push(`${what}: the feed shows it`);
    if (post === undefined) wrong.push(`${what}: it is hidden by its id`);
  };

  await give(reader, 'PUT', `/v1/me/follows/${author.id}`);
  for (let round = 0; round < rounds; round++) {
    const said = `Said in round ${round}`;
    const { id, position } = await give(author, 'POST', '/v1/me/feed', { text: said });
    await expectShown('published', reader, { id, position, text: said });
    for (const [hide, show] of HIDING_IN_FEED) {
      const hidden = await give(reader, hide, `/v1/me/${show.list}/${author.id}`);
      await expectOutOfFeed(show.what, reader, { id, ...positionOf(hidden) });
      const shown = await give(reader, show.method, `/v1/me/${show.list}/${author.id}`);
      await expectShown(`not ${show.what} any more`, reader, { id, ...positionOf(shown), text: said });
    }
    for (const [by, other] of [
      [reader, author],
      [author, reader],
    ] as const) {
      const blocked = await give(by, 'PUT', `/v1/me/blocks/${other.id}`);
      await expectShown('blocked', reader, { id, ...positionOf(blocked), text: undefined });
      const unblocked = await give(by, 'DELETE', `/v1/me/blocks/${other.id}`);
      await expectShown('not blocked any more', reader, { id, ...positionOf(unblocked), text: said });
    }
    const edited = await give(author, 'PATCH', `/v1/posts/${id}`, { text: `${said}, edited` });
    await expectShown('edited', reader, { id, ...positionOf(edited), text: `${said}, edited` });
    const deleted = await give(author, 'DELETE', `/v1/posts/${id}`);
    await expectShown('deleted', reader, { id, ...positionOf(deleted), text: undefined });
    const forFriends = await give(author, 'POST', '/v1/me/feed', { text: `${said}, to friends`, visibility: 'friends' });
    await expectShown('for friends, to a follower', reader, { ...forFriends, text: undefined });
    await expectShown('for friends, to a friend', friend, { ...forFriends, text: `${said}, to friends` });
    const forSelf = await give(author, 'POST', '/v1/me/feed', { text: `${said}, to myself`, visibility: 'self' });
    await expectShown('for oneself, to a friend', friend, { ...forSelf, text: undefined });
    await expectShown('for oneself', author, { ...forSelf, text: `${said}, to myself` });
  }
  const last = await give(author, 'POST', '/v1/me/feed', { text: 'To friends', visibility: 'friends' });
  await expectShown('for friends', friend, { ...last, text: 'To friends' });
  const ended = await give(author, 'DELETE', `/v1/me/friends/${friend.id}`);
  await expectShown('for friends, to a former friend', friend, { id: last.id, ...positionOf(ended), text: undefined });
  return { reads, wrong };
}

/** Reads their feeds at every process all the time, so that reads meet there, until it is disposed of. */
export function keepReading(cluster: Cluster, people: readonly Person[]): AsyncDisposable {
  let isOver = false;
  const reading = cluster.withRole('read-api').flatMap(({ urls }) =>
    people.map(async (person) => {
      while (!isOver) await (await fetch(`${urls['read-api'] ?? ''}/v1/me/feed?limit=50`, { headers: authorizationOf(person) })).arrayBuffer();
    }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await Promise.all(reading);
    },
  };
}

const HIDING_IN_FEED = [
  ['PUT', { what: 'muted', list: 'mutes', method: 'DELETE' }],
  ['DELETE', { what: 'unfollowed', list: 'follows', method: 'PUT' }],
] as const;

const positionOf = ({ position }: { readonly position: string }) => ({ position });
