/** Each post that is shown, once: what is done to it is seen wherever it stands. */
import { signal, type Signal } from '@preact/signals';
import type { components } from '../../client/http/generated/read-api.ts';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { inTurn } from '../parts/in-turn.ts';

export type Post = components['schemas']['Post'];
export type PostSignal = Signal<Post>;
export type Reaction = NonNullable<Post['reaction']>;
export type Refusal = { readonly text: string; readonly again: () => void };

const known = new Map<string, PostSignal>();
/** By post: why what was done to it was undone. */
export const refusals = signal<Readonly<Record<string, Refusal>>>({});
/** Posts that are shown no longer: deleted on this device. */
export const deleted = signal<ReadonlySet<string>>(new Set());
whenLeaving(() => {
  known.clear();
  underWay.clear();
  refusals.value = {};
  deleted.value = new Set();
});

/** As the server has it now. */
export function shown(post: Post): PostSignal {
  const found = known.get(post.id);
  if (found === undefined) {
    const made = signal(post);
    known.set(post.id, made);
    return made;
  }
  if (![...underWay.keys()].some((key) => key.startsWith(`${post.id}/`))) found.value = post;
  return found;
}

type Write = NonNullable<typeof session.value>['tidings']['write'];
type Path = { readonly params: { readonly path: { readonly post: string }; readonly header: { readonly 'Idempotency-Key': string } } };

/** Something of a post that the person sets: how it is read from the post, how it is shown, how it is sent. */
type Aspect<Value> = {
  readonly name: string;
  readonly read: (post: Post) => Value;
  readonly show: (post: Post, value: Value) => Post;
  readonly send: (write: Write, path: Path, value: Value) => Promise<unknown>;
};

/** What is not answered yet is not overwritten by what the server said before. `wanted`: what the person chose last. */
const underWay = new Map<string, { wanted: unknown }>();

/** At once. Sent one after the other, the last choice only; undone where it is refused. */
async function set<Value>(post: PostSignal, aspect: Aspect<Value>, value: Value): Promise<void> {
  const { id } = post.value;
  const key = `${id}/${aspect.name}`;
  let confirmed = aspect.read(post.value);
  forgetRefusal(id);
  post.value = aspect.show(post.value, value);
  const running = underWay.get(key);
  if (running !== undefined) return void (running.wanted = value);
  const own: { wanted: unknown } = { wanted: value };
  underWay.set(key, own);
  try {
    while (own.wanted !== confirmed) {
      const wanted = own.wanted as Value;
      const { write } = session.value?.tidings ?? {};
      if (write !== undefined) await aspect.send(write, { params: { path: { post: id }, header: { 'Idempotency-Key': newKey() } } }, wanted);
      confirmed = wanted;
    }
  } catch (error) {
    const refused = own.wanted as Value;
    post.value = aspect.show(post.value, confirmed);
    refuse(id, failureText(error), () => void set(post, aspect, refused));
  } finally {
    if (underWay.get(key) === own) underWay.delete(key);
  }
}

export function forgetRefusal(id: string): void {
  const { [id]: _, ...others } = refusals.value;
  refusals.value = others;
}

export function refuse(id: string, text: string, again: () => void): void {
  if (session.value !== undefined) refusals.value = { ...refusals.value, [id]: { text, again } };
}

const REACTION: Aspect<Post['reaction']> = {
  name: 'reaction',
  read: ({ reaction }) => reaction,
  show: (post, reaction) => {
    if (post.reaction === reaction) return post;
    const without = counted(post, post.reaction, -1);
    return { ...counted(without, reaction, 1), reaction, liked: reaction === 'like' };
  },
  send: (write, path, kind) =>
    kind === null
      ? write.DELETE('/v1/posts/{post}/reaction', path)
      : kind === 'like'
        ? write.PUT('/v1/posts/{post}/like', path)
        : write.PUT('/v1/posts/{post}/reaction', { ...path, body: { kind } }),
};

function counted(post: Post, kind: Post['reaction'], by: number): Post {
  if (kind === null) return post;
  if (kind === 'like') return { ...post, likes: Math.max(0, post.likes + by) };
  const { [kind]: before = 0, ...others } = post.reactions;
  const count = before + by;
  return { ...post, reactions: count > 0 ? { ...others, [kind]: count } : others };
}

/** One a person and post: another takes its place, and the same again takes it back. */
export const toggleReaction = (post: PostSignal, kind: Reaction): Promise<void> => set(post, REACTION, post.value.reaction === kind ? null : kind);

const SHARED: Aspect<boolean> = {
  name: 'shared',
  read: ({ shared }) => shared,
  show: (post, shared) => (post.shared === shared ? post : { ...post, shared, shares: Math.max(0, post.shares + (shared ? 1 : -1)) }),
  send: (write, path, isShared) => (isShared ? write.PUT('/v1/posts/{post}/share', path) : write.DELETE('/v1/posts/{post}/share', path)),
};

export const toggleShare = (post: PostSignal): Promise<void> => set(post, SHARED, !post.value.shared);

/** At once; the text comes back where it is refused, and `onRefused` is told why. An edit that follows another waits for it. */
export async function edit(post: PostSignal, text: string, onRefused: (failure: string) => void): Promise<void> {
  const before = post.value;
  const key = `${before.id}/text`;
  const own = { wanted: text };
  underWay.set(key, own);
  post.value = { ...before, text, entities: { links: [], mentions: [], hashtags: [] } };
  try {
    const path = { params: { path: { post: before.id }, header: { 'Idempotency-Key': newKey() } } };
    await inTurn(key, async () => session.value?.tidings.write.PATCH('/v1/posts/{post}', { ...path, body: { text } }));
    if (underWay.get(key) === own) underWay.delete(key);
    await loadPost(before.id).catch(() => undefined); // where it can't be read anew, it is shown as it was written
  } catch (error) {
    if (underWay.get(key) === own) post.value = { ...post.value, text: before.text, entities: before.entities };
    onRefused(failureText(error));
  } finally {
    if (underWay.get(key) === own) underWay.delete(key);
  }
}

/** Gone at once, back where it is refused. */
export async function deletePost(post: PostSignal): Promise<void> {
  const { id } = post.value;
  forgetRefusal(id);
  deleted.value = new Set([...deleted.value, id]);
  try {
    await session.value?.tidings.write.DELETE('/v1/posts/{post}', { params: { path: { post: id } } });
  } catch (error) {
    deleted.value = new Set([...deleted.value].filter((one) => one !== id));
    refuse(id, failureText(error), () => void deletePost(post));
  }
}

export async function loadPost(id: string): Promise<PostSignal | undefined> {
  const answer = await session.value?.tidings.read.GET('/v1/posts/{post}', { params: { path: { post: id } } });
  return answer?.data === undefined ? undefined : shown(answer.data);
}

export const newKey = (): string => session.value?.tidings.newId() ?? '';
