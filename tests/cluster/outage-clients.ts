/** Two friends and an app that use a cluster while its servers come and go, and remember what they asked for. */
import { randomUUID } from 'node:crypto';
import { callApi, type ApiResponse } from '../client/call-api.ts';
import { expectStatus, listOf, pollUntil, type JsonObject } from '../client/expectations.ts';
import { signRequest, type AppCredentials } from '../client/sign-request.ts';
import type { ClusterProcess } from './cluster-process.ts';
import type { Cluster } from './cluster.ts';
import { startOutageDevice, type OutageDevice, type SentMessage } from './outage-device.ts';
import { followFeed, type FollowedFeed } from './followed-feed.ts';

/** Longer than any time-out that is named: an append to the log waits longest, 10 s. */
export const ANSWER_WITHIN_MS = 20_000;
const SEEN_WITHIN_MS = 60_000;
export const PASSWORD = 'correct horse battery staple';

export type Person = { readonly loginName: string; readonly id: string; readonly token: string };

/** A command, and the answer if there was one. */
export type Asked = {
  readonly kind: 'person' | 'post' | 'channel' | 'message' | 'notification';
  readonly key: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  answer?: Readonly<Record<string, unknown>>;
};

export type OutageClients = AsyncDisposable & {
  readonly cluster: Cluster;
  readonly ann: Person;
  readonly bob: Person;
  readonly app: AppCredentials;
  /** The direct channel of the two. */
  readonly channel: string;
  /** Ann is on the first process, Bob on the second. */
  readonly annsDevice: OutageDevice;
  readonly bobsDevice: OutageDevice;
  /** Messages that Ann has tried to send over her gateway. */
  readonly sent: SentMessage[];
  readonly bobsFeed: FollowedFeed;
  readonly asked: readonly Asked[];
  /** Asks once. Returns `works`, the status and code of a refusal, or `hangs`. */
  readonly command: (kind: Asked['kind'], path: string, body: Asked['body']) => Promise<{ readonly outcome: string; readonly asked: Asked }>;
  readonly query: (path: string) => Promise<string>;
  /** Asks again with the same key, until there is an answer. */
  readonly repeat: (asked: Asked) => Promise<ApiResponse>;
};

export const bearer = ({ token }: Pick<Person, 'token'>) => ({ authorization: `Bearer ${token}` });
export const bodyOfNotification = (recipient: string): Asked['body'] => {
  const content = { title: 'Ferry', body: `Boarding ${randomUUID()}` };
  return { recipients: [recipient], category: 'departures', channels: ['push'], content };
};
export const urlOf = (process: ClusterProcess, role: 'write-api' | 'read-api' | 'gateway' | 'operations'): string => process.urls[role] ?? '';

export async function startOutageClients(cluster: Cluster): Promise<OutageClients> {
  await using starting = new AsyncDisposableStack();
  const [first, second] = [cluster.process('all-1'), cluster.process('all-2')];
  const write = async () => (await cluster.directAddresses()).write;
  const done = async (path: string, headers: Readonly<Record<string, string>>, body: unknown, method: 'POST' | 'PUT' = 'POST') =>
    expectStatus([200, 201], await callApi(write, path, { method, headers, key: randomUUID(), ...(body === undefined ? {} : { body }) })).body;
  const signUp = async (name: string): Promise<Person> => {
    const loginName = `${name}-${randomUUID().slice(0, 13)}`;
    const id = String((await done('/v1/people', {}, { loginName, name, password: PASSWORD }))['id']);
    return { loginName, id, token: String((await done('/v1/sessions', {}, { loginName, password: PASSWORD }))['token']) };
  };
  const [ann, bob] = [await signUp('ann'), await signUp('bob')];
  const request = encodeURIComponent(String((await done('/v1/friend-requests', bearer(ann), { person: bob.id }))['id']));
  await done(`/v1/friend-requests/${request}/accept`, bearer(bob), undefined);
  await done('/v1/me/devices/bobs-phone', bearer(bob), { platform: 'fcm', token: `token-${randomUUID()}` }, 'PUT');
  const registered = await done('/v1/apps', { authorization: `Bearer ${cluster.adminToken}` }, { name: 'Ferry' });
  const app = { id: String(registered['id']), secret: String(registered['secret']) };
  await done(`/v1/me/apps/${app.id}`, bearer(bob), undefined, 'PUT');
  const channel = String((await done('/v1/channels', bearer(ann), { kind: 'direct', members: [bob.id] }))['id']);
  await done('/v1/me/feed', bearer(ann), { text: 'Good morning!' });
  await done(`/v1/channels/${channel}/messages`, bearer(ann), { text: 'Good morning, Bob.' });

  const asked: Asked[] = [];
  const headersOf = ({ kind, path, body, key }: Asked): Readonly<Record<string, string>> => {
    if (kind === 'person') return {};
    return kind === 'notification' ? signRequest(app, 'POST', path, { body, key }) : bearer(ann);
  };
  const clients: Omit<OutageClients, 'annsDevice' | 'bobsDevice' | 'bobsFeed' | typeof Symbol.asyncDispose> = {
    cluster,
    ann,
    bob,
    app,
    channel,
    asked,
    sent: [],
    command: async (kind, path, body) => {
      const one: Asked = { kind, key: randomUUID(), path, body };
      asked.push(one);
      const headers = { ...headersOf(one), 'content-type': 'application/json', 'idempotency-key': one.key };
      const { outcome, answer } = await askOnce((await write()) + path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (outcome === 'works') one.answer = answer;
      return { outcome, asked: one };
    },
    query: async (path) => (await askOnce((await cluster.directAddresses()).read + path, { headers: bearer(bob) })).outcome,
    repeat: (one) => callApi(write, one.path, { method: 'POST', headers: () => headersOf(one), key: one.key, body: one.body }),
  };
  // What is read from an empty list says nothing about the servers behind what is shown in it.
  for (const [path, list] of [
    ['/v1/me/feed', 'posts'],
    [`/v1/channels/${channel}/messages`, 'messages'],
    ['/v1/me/inbox', 'channels'],
  ] as const)
    await pollUntil(`${path} has something`, async () => (await listedFor(cluster, bob, path, list)).length > 0, SEEN_WITHIN_MS);
  const deviceOf = (process: ClusterProcess, { token }: Person, device: string) =>
    startOutageDevice({ url: urlOf(process, 'gateway'), token, device, channel });
  const annsDevice = starting.use(deviceOf(first, ann, 'anns-laptop'));
  const bobsDevice = starting.use(deviceOf(second, bob, 'bobs-phone'));
  await Promise.all([annsDevice.welcomed(SEEN_WITHIN_MS), bobsDevice.welcomed(SEEN_WITHIN_MS)]);
  const bobsFeed = starting.use(await followFeed(urlOf(second, 'read-api'), bearer(bob)));
  const started = starting.move();
  return { ...clients, annsDevice, bobsDevice, bobsFeed, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

export type Outcome = { readonly outcome: string; readonly answer: Readonly<Record<string, unknown>> };

export async function askOnce(url: string, request: RequestInit): Promise<Outcome> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const text = await response.text();
    const answer = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { outcome: response.ok ? 'works' : `${response.status} ${String(answer['code'])}`, answer };
  } catch (error) {
    return { outcome: error instanceof Error && error.name === 'TimeoutError' ? 'hangs' : `fails: ${String(error)}`, answer: {} };
  }
}

/** What a list of the read API has for somebody. */
export async function listedFor({ directAddresses }: Cluster, reader: Person, path: string, list: string): Promise<readonly JsonObject[]> {
  return listOf(await callApi(async () => (await directAddresses()).read, path, { headers: bearer(reader) }), list);
}
