/** What is tried while a server is away, by its row of the table; each returns what came of it in the table's words. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { callApi } from '../client/call-api.ts';
import { newSentMessage, startOutageDevice } from './outage-device.ts';
import { followFeed } from './followed-feed.ts';
import { ANSWER_WITHIN_MS, askOnce, bearer, bodyOfNotification, PASSWORD, urlOf, type OutageClients } from './outage-clients.ts';

/** Of what follows from an answer, such as a push. Longer than the interval of pings that the cluster is given. */
const FOLLOWS_WITHIN_MS = 12_000;
/** A stream is checked every 20 s. */
const TOLD_WITHIN_MS = 30_000;
const CONNECTED_WITHIN_MS = 12_000;
const CLI = resolve(import.meta.dirname, '../../cli/tidings.mjs');

/** `expected`: what the table says, for what takes as long as one waits for it. */
type Attempt = (clients: OutageClients, expected: string) => Promise<string>;

const newMessage = (text = 'Are you awake?') => ({ text: `${text} ${randomUUID()}` });

export const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'sign up': async ({ command }) =>
    (await command('person', '/v1/people', { loginName: `cleo-${randomUUID().slice(0, 13)}`, name: 'Cleo', password: PASSWORD })).outcome,
  'log in': async ({ cluster, ann }) => {
    const body = JSON.stringify({ loginName: ann.loginName, password: PASSWORD });
    return (await askOnce(`${(await cluster.directAddresses()).write}/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
      .outcome;
  },
  'find a gateway': async ({ cluster, ann }) => (await askOnce(`${(await cluster.directAddresses()).write}/v1/gateway`, { headers: bearer(ann) })).outcome,
  post: async ({ command }) => (await command('post', '/v1/me/feed', newMessage())).outcome,
  'read the feed': ({ query }) => query('/v1/me/feed'),
  'open a stream of server-sent events': async ({ cluster, bob }) => {
    try {
      await using _ = await followFeed(urlOf(cluster.process('all-1'), 'read-api'), bearer(bob), ANSWER_WITHIN_MS);
      return 'works';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  'see a new post on an open stream': async ({ command, bobsFeed, repeat }, expected) => {
    const before = bobsFeed.received().length;
    const { asked } = await command('post', '/v1/me/feed', newMessage('Look:'));
    void repeat(asked).catch(() => undefined);
    const text = String(asked.body['text']);
    const isTold = () => bobsFeed.received().slice(before).includes('event: missed');
    await isSoonTrue(
      () => bobsFeed.received().includes(text) || (expected === 'told missed' && isTold()),
      expected === 'told missed' ? TOLD_WITHIN_MS : FOLLOWS_WITHIN_MS,
    );
    if (bobsFeed.received().includes(text)) return 'works';
    const outcome = isTold() ? 'told missed' : 'waits';
    // How soon a cut connection is noticed decides whether the gap is told at once or once the server is back.
    return expected === 'waits or told missed' ? expected : outcome;
  },
  'open a channel': async ({ command, bob }) =>
    (await command('channel', '/v1/channels', { kind: 'group', members: [bob.id], title: `Group ${randomUUID()}` })).outcome,
  'send a message by HTTP': async ({ command, channel }) => (await command('message', `/v1/channels/${channel}/messages`, newMessage())).outcome,
  'connect to a gateway': async ({ cluster, ann: { token }, channel }) => {
    await using device = startOutageDevice({ url: urlOf(cluster.process('all-2'), 'gateway'), token, device: 'anns-tablet', channel });
    return await device.welcomed(CONNECTED_WITHIN_MS).then(
      () => 'works',
      (error: unknown) => (error as Error).message,
    );
  },
  'send a message over a gateway': async ({ annsDevice, sent }) => {
    const message = newSentMessage();
    sent.push(message);
    return await annsDevice.send(message, ANSWER_WITHIN_MS);
  },
  'receive a message on another gateway': async ({ command, repeat, channel, bobsDevice }) => {
    const { asked } = await command('message', `/v1/channels/${channel}/messages`, newMessage('Live:'));
    void repeat(asked).catch(() => undefined);
    return (await isSoonTrue(() => [...bobsDevice.received().values()].includes(String(asked.body['text'])))) ? 'works' : 'waits';
  },
  'read a channel’s history': ({ query, channel }) => query(`/v1/channels/${channel}/messages`),
  'read the inbox': ({ query }) => query('/v1/me/inbox'),
  'see who is online': ({ query, ann }) => query(`/v1/people/${ann.id}/presence`),
  'request a notification': async ({ command, bob }) => (await command('notification', '/v1/notifications', bodyOfNotification(bob.id))).outcome,
  'deliver a notification': async (clients) => {
    const { asked } = await clients.command('notification', '/v1/notifications', bodyOfNotification(clients.bob.id));
    void clients.repeat(asked).catch(() => undefined);
    const isDelivered = () => outboxOf(clients, ANSWER_WITHIN_MS).then((messages) => messages.some(({ body }) => body === contentOf(asked.body)));
    return (await isSoonTrue(() => isDelivered().catch(() => false))) ? 'works' : 'waits';
  },
  'list projections with the command line': async ({ cluster }) => await runCli(cluster, ['projections', 'list', '--json']),
  'scrape metrics': async ({ cluster }) => (await askOnce(`${urlOf(cluster.process('all-1'), 'operations')}/metrics`, {})).outcome,
};

export const contentOf = (body: Readonly<Record<string, unknown>>): string => String((body['content'] as { readonly body?: string } | undefined)?.body);

export type OutboxMessage = { readonly id: string; readonly body: string };

/** The pushes that the vendor has taken. */
export async function outboxOf({ cluster }: Pick<OutageClients, 'cluster'>, retryForMs = 60_000): Promise<readonly OutboxMessage[]> {
  const page = await callApi(async () => urlOf(cluster.process('all-1'), 'operations'), '/outbox/outbox.json?channel=push&limit=1000', { retryForMs });
  return page.body['messages'] as readonly OutboxMessage[];
}

async function isSoonTrue(isTrue: () => boolean | Promise<boolean>, withinMs = FOLLOWS_WITHIN_MS): Promise<boolean> {
  for (const until = performance.now() + withinMs; performance.now() < until; await delay(100)) if (await isTrue()) return true;
  return false;
}

async function runCli(cluster: OutageClients['cluster'], args: readonly string[]): Promise<string> {
  const url = urlOf(cluster.process('all-1'), 'operations');
  const child = spawn(process.execPath, [CLI, '--url', url, ...args], { env: { PATH: process.env['PATH'], TIDINGS_ADMIN_TOKEN: cluster.adminToken } });
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  child.stdout.resume();
  const late = setTimeout(() => child.kill('SIGKILL'), 2 * ANSWER_WITHIN_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  if (code === null) return 'hangs';
  return code === 0 ? 'works' : err.trim() === '' ? `exit ${code} without a word` : `exit ${code}`;
}
