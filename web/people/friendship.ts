/** What the person asked of others, and others of them; and beginning to talk to somebody. */
import { signal } from '@preact/signals';
import type { paths } from '../../client/http/generated/read-api.ts';
import { goTo } from '../app/routes.ts';
import { failureText, session, whenLeaving } from '../app/session.ts';
import { listed, type Listed } from '../parts/pages.ts';
import type { Named } from './person-row.tsx';

export type Requests = paths['/v1/me/friend-requests']['get']['responses'][200]['content']['application/json'];

export const requests = signal<Requests | undefined>(undefined);
export const friends = signal<Listed<Named>>(newList('/v1/me/friends'));
export const follows = signal<Listed<Named>>(newList('/v1/me/follows'));
/** Why the last thing that was asked for came to nothing. */
export const refusal = signal<string | undefined>(undefined);
whenLeaving(() => {
  requests.value = undefined;
  friends.value = newList('/v1/me/friends');
  follows.value = newList('/v1/me/follows');
  refusal.value = undefined;
});

const SHOWN_AT_ONCE = 50;

export async function loadPeople(): Promise<void> {
  const read = session.value?.tidings.read;
  if (read === undefined) return;
  try {
    const again = { friends: newList('/v1/me/friends'), follows: newList('/v1/me/follows') };
    const [asked] = await Promise.all([read.GET('/v1/me/friend-requests', {}), again.friends.readMore(), again.follows.readMore()]);
    requests.value = asked.data;
    friends.value = again.friends;
    follows.value = again.follows;
  } catch (error) {
    refusal.value = failureText(error);
  }
}

/** Alone: a profile needs to know no more. */
export async function loadRequests(): Promise<void> {
  try {
    requests.value = (await session.value?.tidings.read.GET('/v1/me/friend-requests', {}))?.data;
  } catch (error) {
    refusal.value = failureText(error);
  }
}

function newList(path: '/v1/me/friends' | '/v1/me/follows'): Listed<Named> {
  return listed(async (after) => {
    const query = { limit: SHOWN_AT_ONCE, ...(after === undefined ? {} : { after }) };
    const page = (await session.value?.tidings.read.GET(path, { params: { query } }))?.data;
    return { entries: page?.people ?? [], next: page?.next ?? null };
  });
}

/** The lists are read again afterwards; they show the person's own writes. */
export async function act(what: (write: NonNullable<typeof session.value>['tidings']['write']) => Promise<unknown>): Promise<boolean> {
  const write = session.value?.tidings.write;
  if (write === undefined) return false;
  refusal.value = undefined;
  try {
    await what(write);
    await loadPeople();
    return true;
  } catch (error) {
    refusal.value = failureText(error);
    return false;
  }
}

export const befriend = (person: string) => act((write) => write.POST('/v1/friend-requests', { body: { person } }));
export const unfriend = (person: string) => act((write) => write.DELETE('/v1/me/friends/{person}', { params: { path: { person } } }));

const ANSWERS = {
  accept: '/v1/friend-requests/{request}/accept',
  refuse: '/v1/friend-requests/{request}/refuse',
  withdraw: '/v1/friend-requests/{request}/withdraw',
} as const;
export const answer = (request: string, verb: keyof typeof ANSWERS) => act((write) => write.POST(ANSWERS[verb], { params: { path: { request } } }));

export async function talkTo(person: string): Promise<void> {
  refusal.value = undefined;
  try {
    const answer = await session.value?.tidings.write.POST('/v1/channels', { body: { kind: 'direct', members: [person] } });
    if (answer?.data !== undefined) goTo(`/chat/${answer.data.id}`);
  } catch (error) {
    refusal.value = failureText(error);
  }
}
