/** What a person does with posts during a load. */
import type { ApiResponse } from '../../client/call-api.ts';
import { expectStatus } from '../../client/expectations.ts';
import { recordPost, type RecordedPost } from '../acknowledged.ts';
import { makeText, type ActionContext } from './action-context.ts';
import { authorizationOf, DONE } from '../actors.ts';
import { callWriteApi } from '../system-under-test.ts';

export const publishPost = (context: ActionContext): Promise<void> => publish(context, null);

export async function publishReply(context: ActionContext): Promise<void> {
  const post = pickPost(context);
  if (post !== undefined) await publish(context, post.id);
}

async function publish(context: ActionContext, replyTo: string | null): Promise<void> {
  const { system, person, key, acknowledged } = context;
  const text = makeText(context);
  const body = { text, ...(replyTo === null ? {} : { replyTo }) };
  const response = await callWriteApi(system, '/v1/me/feed', { method: 'POST', headers: authorizationOf(person), key, body });
  if (isApplied(response)) recordPost(acknowledged, { id: String(response.body['id']), author: person.id, replyTo, text, isDeleted: false });
}

export async function editPost(context: ActionContext): Promise<void> {
  const { system, person, key, acknowledged } = context;
  const post = pickOwnPost(context);
  if (post === undefined) return;
  const text = `${makeText(context)} (edited)`;
  expectStatus(DONE, await callWriteApi(system, `/v1/posts/${post.id}`, { method: 'PATCH', headers: authorizationOf(person), key, body: { text } }));
  acknowledged.count++;
  post.text = text;
}

export async function deletePost(context: ActionContext): Promise<void> {
  const { system, person, key, acknowledged } = context;
  const post = pickOwnPost(context);
  if (post === undefined) return;
  expectStatus(DONE, await callWriteApi(system, `/v1/posts/${post.id}`, { method: 'DELETE', headers: authorizationOf(person), key }));
  acknowledged.count++;
  post.isDeleted = true;
}

export async function like(context: ActionContext): Promise<void> {
  const post = await requestLike(context, 'PUT');
  if (post !== undefined) context.acknowledged.likes.add(`${post.id}/${context.person.id}`);
}

export async function unlike(context: ActionContext): Promise<void> {
  const post = await requestLike(context, 'DELETE');
  if (post !== undefined) context.acknowledged.likes.delete(`${post.id}/${context.person.id}`);
}

/** Returns the post whose like was changed. */
async function requestLike(context: ActionContext, method: 'PUT' | 'DELETE'): Promise<RecordedPost | undefined> {
  const { system, person, key, acknowledged } = context;
  const post = pickPost(context);
  if (post === undefined) return undefined;
  if (!isApplied(await callWriteApi(system, `/v1/posts/${post.id}/like`, { method, headers: authorizationOf(person), key }))) return undefined;
  acknowledged.count++;
  return post;
}

/** False if the post was deleted by its author in the meantime: it is unknown to everybody else. Any other refusal is a fault. */
function isApplied(response: ApiResponse): boolean {
  if (DONE.includes(response.status)) return true;
  expectStatus([404, 409, 410, 422], response);
  if (!['post-deleted', 'post-unknown'].includes(String(response.body['code'])))
    throw new Error(`No action of the load can cause ${JSON.stringify(response.body)}.`);
  return false;
}

const pickPost = (context: ActionContext) => pickFrom(context, () => true);
const pickOwnPost = (context: ActionContext) => pickFrom(context, ({ author }) => author === context.person.id);

function pickFrom({ acknowledged, random }: ActionContext, matches: (post: RecordedPost) => boolean): RecordedPost | undefined {
  const posts = [...acknowledged.posts.values()].filter((post) => !post.isDeleted && matches(post));
  return posts.length === 0 ? undefined : random.pick(posts);
}
