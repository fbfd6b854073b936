/** What a person has read in the pages is shown again while the server can't be reached: for them alone, and until they log out. */
import { personHere, readCacheOf } from '../offline/person-record.ts';

/** What people read. Nothing that a secret stands in, that is signed for a while, or that a client goes on from. */
const KEPT = [
  /^\/v1\/me$/,
  /^\/v1\/me\/(feed|inbox|unread|notifications|notifications\/counts|friends|friend-requests|follows|bookmarks|mentions|chat-mentions|privacy|standing)$/,
  /^\/v1\/me\/preferences\/page$/,
  /^\/v1\/posts\/[^/]+(\/(thread|replies))?$/,
  /^\/v1\/people\/[^/]+(\/(posts|pinned-posts|picture\/[^/]+))?$/,
  /^\/v1\/channels\/[^/]+(\/(messages|members|pins))?$/,
  /^\/v1\/tags\/[^/]+\/posts$/,
];
const KEPT_MAX = 400;
const KEPT_BYTES_MAX = 512 * 1_024;

export const isKeptRead = ({ method, url }: Request): boolean => method === 'GET' && KEPT.some((pattern) => pattern.test(new URL(url).pathname));

export type Reading = {
  readonly request: Request;
  /** Goes on behind the answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly onShownFromHere: () => void;
};

/** What the server says; where it can't be reached, what it said last. Throws where that is nothing. */
export async function answerRead({ request, waitUntil, onShownFromHere }: Reading): Promise<Response> {
  const person = (await personHere())?.person;
  try {
    const answer = await fetch(request);
    if (answer.status === 200 && person !== undefined) waitUntil(keep(person, request, answer.clone()));
    return answer;
  } catch (error) {
    if (request.signal.aborted || person === undefined) throw error;
    const kept = await caches.match(request, { cacheName: readCacheOf(person), ignoreVary: true });
    if (kept === undefined) throw error;
    onShownFromHere();
    return kept;
  }
}

async function keep(person: string, request: Request, answer: Response): Promise<void> {
  const body = await answer.blob();
  if (body.size > KEPT_BYTES_MAX || (await personHere())?.person !== person) return;
  const cache = await caches.open(readCacheOf(person));
  const headers = new Headers(answer.headers);
  for (const name of ['content-encoding', 'content-length', 'date']) headers.delete(name); // of how it came, and when: clients set their clock by it
  await cache.put(request, new Response(body, { headers }));
  const [oldest, ...others] = await cache.keys();
  if (oldest !== undefined && others.length >= KEPT_MAX) await cache.delete(oldest, { ignoreVary: true });
  // Whoever logged out meanwhile leaves nothing.
  if ((await personHere())?.person !== person) await caches.delete(readCacheOf(person));
}
