/**
 * Posts on their way, as the library keeps them: shown at once, over a reload and in every tab, until they are published; kept with the
 * server's sentence where they are refused.
 */
import { signal } from '@preact/signals';
import type { NewPost, OutgoingPost, Published, Tidings } from '../../client/index.ts';
import { whenLeaving } from '../app/session.ts';
import { readyMedia, sentBefore, type Attachment } from '../media/attachments.ts';
import { loadPost, newKey, type PostSignal } from './posts.ts';

export type Visibility = 'public' | 'friends' | 'self';
export type Draft = {
  readonly text: string;
  readonly visibility: Visibility;
  readonly replyTo?: string;
  readonly quotes?: PostSignal;
  readonly attachments: readonly Attachment[];
  /** In ISO 8601. Absent: at once. */
  readonly publishAt?: string;
};
export type Publishing = OutgoingPost & { readonly attachments: readonly Attachment[] };

/** The newest first. */
export const publishing = signal<readonly Publishing[]>([]);
const listeners = new Set<(post: PostSignal, published: NewPost) => void>();
/** When the last one that was scheduled on this page is to be published. */
export const scheduledFor = signal<string | undefined>(undefined);
/** By key, what was written on this page. */
const drafts = new Map<string, Draft>();
let posts: Tidings['posts'] | undefined;
let stop: (() => void) | undefined;

whenLeaving(() => {
  stop?.();
  [stop, posts] = [undefined, undefined];
  drafts.forEach(letGo);
  drafts.clear();
  publishing.value = [];
  scheduledFor.value = undefined;
});

/** From the login on: what an earlier page left is published too. */
export function followPublishing(tidings: Tidings): void {
  if (stop !== undefined) return;
  ({ posts } = tidings);
  const stopList = posts.outgoing.subscribe((all) => {
    publishing.value = all.map((one) => ({ ...one, attachments: attachmentsOf(one) })).toReversed();
  });
  const stopPublished = posts.onPublished((published) => void afterwards(published));
  stop = () => {
    stopList();
    stopPublished();
  };
}

/** Told of each post once it is published. */
export function whenPublished(listener: (post: PostSignal, published: NewPost) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export async function publish(draft: Draft): Promise<void> {
  const { text, visibility, replyTo, quotes, attachments, publishAt } = draft;
  const media = readyMedia(attachments) ?? [];
  const key = newKey();
  drafts.set(key, draft);
  const post: NewPost = {
    text,
    visibility,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(quotes === undefined ? {} : { quotes: quotes.value.id }),
    ...(media.length === 0 ? {} : { media: [...media] }),
    ...(publishAt === undefined ? {} : { publishAt }),
  };
  await posts?.publish(post, { key });
}

export const publishAgain = ({ key }: Publishing): void => void posts?.retry(key);

export function discardDraft(one: Publishing): void {
  const draft = drafts.get(one.key);
  if (draft !== undefined) letGo(draft);
  takeBack(one);
}

/** Off the list, to be written anew: what is attached is kept. */
export function takeBack({ key }: Publishing): void {
  drafts.delete(key);
  void posts?.discard(key);
}

/** As it was written, here or on an earlier page. */
export async function draftOf({ key, post, attachments }: Publishing): Promise<Draft> {
  const known = drafts.get(key);
  if (known !== undefined) return known;
  const { text = '', visibility = 'public', replyTo, quotes, publishAt } = post;
  const quoted = quotes === undefined ? undefined : await loadPost(quotes).catch(() => undefined);
  return {
    text,
    visibility,
    attachments,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(quoted === undefined ? {} : { quotes: quoted }),
    ...(publishAt === undefined ? {} : { publishAt }),
  };
}

const attachmentsOf = ({ key, post }: OutgoingPost): readonly Attachment[] => drafts.get(key)?.attachments ?? (post.media ?? []).map(sentBefore);

const letGo = ({ attachments }: Draft): void => attachments.forEach((one) => one.letGo());

async function afterwards({ key, post, id }: Published): Promise<void> {
  const draft = drafts.get(key);
  drafts.delete(key);
  if (draft !== undefined) letGo(draft);
  if (post.publishAt !== undefined) scheduledFor.value = post.publishAt;
  // It is published, whether it can be read back now or not.
  const shown = id === undefined ? undefined : await loadPost(id).catch(() => undefined);
  if (shown === undefined) return;
  const { quotes } = draft ?? {};
  if (quotes !== undefined && post.visibility === 'public') quotes.value = { ...quotes.value, quotes: quotes.value.quotes + 1 };
  for (const listener of listeners) listener(shown, post);
}
