/** Posts that the person keeps: bookmarks, and those that stand first on their profile. */
import { signal } from '@preact/signals';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { inTurn } from '../parts/in-turn.ts';
import { forgetRefusal, refuse, shown, type PostSignal } from './posts.ts';

/** By post, as far as it is known on this device: posts don't tell. */
export const bookmarked = signal<Readonly<Record<string, boolean>>>({});
/** Of the person. Undefined: not read yet. */
export const pinned = signal<readonly PostSignal[] | undefined>(undefined);
whenLeaving(() => {
  bookmarked.value = {};
  pinned.value = undefined;
});

export const noteBookmarks = (posts: readonly PostSignal[]): void =>
  void (bookmarked.value = { ...bookmarked.value, ...Object.fromEntries(posts.map((post) => [post.value.id, true])) });

export async function setBookmark(post: PostSignal, isKept: boolean): Promise<void> {
  const { id } = post.value;
  const before = bookmarked.value[id] === true;
  forgetRefusal(id);
  bookmarked.value = { ...bookmarked.value, [id]: isKept };
  try {
    const path = { params: { path: { post: id } } };
    const { write } = session.value?.tidings ?? {};
    await inTurn(`bookmark/${id}`, async () => (isKept ? write?.PUT('/v1/posts/{post}/bookmark', path) : write?.DELETE('/v1/posts/{post}/bookmark', path)));
  } catch (error) {
    bookmarked.value = { ...bookmarked.value, [id]: before };
    refuse(id, failureText(error), () => void setBookmark(post, isKept));
  }
}

/** Where they can't be read, the menu offers to pin; the server knows. */
export async function loadOwnPins(): Promise<void> {
  const { person, tidings } = session.value ?? {};
  if (person === undefined || tidings === undefined || pinned.value !== undefined) return;
  try {
    const answer = await tidings.read.GET('/v1/people/{person}/pinned-posts', { params: { path: { person } } });
    pinned.value ??= answer.data?.posts.map(shown);
  } catch (error) {
    failureText(error);
  }
}

export async function setPin(post: PostSignal, isPinned: boolean): Promise<void> {
  const { id } = post.value;
  const before = pinned.value;
  forgetRefusal(id);
  const others = (before ?? []).filter((one) => one !== post);
  pinned.value = isPinned ? [post, ...others] : others;
  try {
    const path = { params: { path: { post: id } } };
    const { write } = session.value?.tidings ?? {};
    await inTurn(`pin/${id}`, async () => (isPinned ? write?.PUT('/v1/posts/{post}/pin', path) : write?.DELETE('/v1/posts/{post}/pin', path)));
  } catch (error) {
    pinned.value = before;
    refuse(id, failureText(error), () => void setPin(post, isPinned));
  }
}
