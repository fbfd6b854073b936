/** The feed as far as it was read, and what is new since. It outlives the page, so that who comes back finds it as it was. */
import { signal } from '@preact/signals';
import type { Tidings } from '../../client/index.ts';
import { failureText, liveOf, session, whenLeaving } from '../app/session.ts';
import { listed, type Listed } from '../parts/pages.ts';
import { shown, type PostSignal } from './posts.ts';
import { whenPublished } from './publishing.ts';

const PAGE = 20;

/** New ones, which wait until the person asks for them: nothing moves under their eyes. */
export const waiting = signal<readonly PostSignal[]>([]);
export const feed = signal<Listed<PostSignal>>(newFeed());
/** What was told while the first page was on its way, which may have been read before. */
let early: readonly PostSignal[] = [];
let following: AbortController | undefined;

whenLeaving(() => {
  following?.abort();
  following = undefined;
  feed.value = newFeed();
  [waiting.value, early] = [[], []];
});
whenPublished((post, { replyTo }) => {
  if (replyTo === undefined && !isKnown(post)) putFirst([post]);
});

function newFeed(): Listed<PostSignal> {
  return listed(async (before) => {
    const page = await readPage(session.value?.tidings, before);
    const entries = page.posts.map(shown);
    if (before === undefined) showEarly(entries);
    return { entries, next: page.next };
  });
}

async function readPage(tidings: Tidings | undefined, before: string | undefined) {
  const query = { limit: PAGE, ...(before === undefined ? {} : { before }) };
  return (await tidings?.read.GET('/v1/me/feed', { params: { query } }))?.data ?? { posts: [], next: null };
}

const isKnown = (post: PostSignal): boolean => feed.value.entries.value.includes(post) || waiting.value.includes(post);

function putFirst(posts: readonly PostSignal[]): void {
  const { entries } = feed.value;
  entries.value = [...posts, ...entries.value.filter((post) => !posts.includes(post))];
}

/** From the first visit on, for as long as the person is logged in. */
export function followFeed(): void {
  const tidings = session.value?.tidings;
  if (following !== undefined || tidings === undefined) return;
  following = new AbortController();
  void feed.value.readMore();
  follow(tidings, following.signal).catch(failureText);
}

async function follow(tidings: Tidings, until: AbortSignal): Promise<void> {
  for await (const { event, data } of liveOf(tidings, 'feed', until)) {
    if (event === 'post') offer([shown(data as Parameters<typeof shown>[0])]);
    else offer((await readPage(tidings, undefined)).posts.map(shown)); // what came before `ready`, or was missed
  }
}

function offer(posts: readonly PostSignal[]): void {
  const { next, entries } = feed.value;
  if (next.value === undefined) early = [...early, ...posts];
  else
    wait(
      posts.filter((post) => !isKnown(post)),
      entries.value[0]?.value.at,
    );
}

function showEarly(page: readonly PostSignal[]): void {
  const missing = new Set(early.filter((post) => !page.includes(post)));
  early = [];
  wait([...missing], page[0]?.value.at);
}

/** Others' posts that are no older than what is listed. */
function wait(posts: readonly PostSignal[], newest = ''): void {
  const own = session.value?.person;
  const unknown = posts.filter((post) => post.value.at >= newest && post.value.author.id !== own);
  if (unknown.length > 0) waiting.value = [...unknown, ...waiting.value].sort((one, other) => (one.value.at < other.value.at ? 1 : -1));
}

export function showWaiting(): void {
  putFirst(waiting.value);
  waiting.value = [];
}
