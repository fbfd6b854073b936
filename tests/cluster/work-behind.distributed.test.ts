/**
 * What a separate process does behind a request: archives, previews of links, and telling a cache of addresses that are good no longer.
 * Each is asked for at one process, made by another, and fetched from a third.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { fromBufferPromise } from 'yauzl';
import { callApi, type ApiResponse, type RequestOptions } from '../client/call-api.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { authorizationOf, DONE } from '../e2e/actors.ts';
import { signUp, befriend, type Newcomer } from '../e2e/newcomer.ts';
import { waitUntil, type SystemUnderTest } from '../e2e/system-under-test.ts';
import { testWith } from '../servers/availability.ts';
import { temporaryFolder } from '../start-for-test.ts';
import { startReceiver, type Receiver } from '../webhooks/receiver.ts';
import { startCluster, type Cluster, type Layout } from './cluster.ts';

const SEPARATE: Layout = {
  'api-1': ['write-api', 'read-api'],
  'api-2': ['read-api'],
  'planning-1': ['planning'],
  'planning-2': ['planning'],
  others: ['projections', 'fan-out', 'schedules'],
};
/** More than one part of an export. */
const MESSAGES = 600;
const MESSAGES_AT_ONCE = 8;

testWith('redis-server', 'secantusd-py')('archives, previews and purges are made by processes that serve no requests', async (t) => {
  t.timeout(300_000);
  await using site = await startReceiver();
  await using folder = await temporaryFolder();
  const caFile = join(folder.path, 'ca.pem');
  await writeFile(caFile, site.ca);
  await using cluster = await startCluster({
    layout: SEPARATE,
    settings: {
      TIDINGS_LINK_PREVIEWS: 'on',
      TIDINGS_OUTBOUND_PRIVATE_NETWORKS: '127.0.0.1/32',
      TIDINGS_OUTBOUND_CA_FILE: caFile,
      TIDINGS_MEDIA_PURGE_URL: `${site.url}/purge`,
      TIDINGS_MEDIA_PURGE_SECRET: `whsec_${Buffer.alloc(32, 'a secret').toString('base64')}`,
    },
  });
  const system: SystemUnderTest = { addresses: cluster.directAddresses, adminToken: cluster.adminToken };
  const ann = await signUp(system, 'ann');
  const bob = await signUp(system, 'bob');
  await befriend(system, ann, bob);
  const post = await linkIsPreviewed(t, cluster, ann, site);
  await cacheIsTold(t, cluster, ann, { post, site });
  await channelIsExported(t, cluster, ann, bob);
});

const write = (cluster: Cluster, by: Newcomer, method: NonNullable<RequestOptions['method']>, path: string, body?: object): Promise<ApiResponse> => {
  const options: RequestOptions = { method, headers: authorizationOf(by), key: v7(), ...(body !== undefined && { body }) };
  return callApi(async () => cluster.process('api-1').urls['write-api'] ?? '', path, options);
};
const readUrl = (cluster: Cluster, process: 'api-1' | 'api-2') => cluster.process(process).urls['read-api'] ?? '';
const read = async (cluster: Cluster, process: 'api-1' | 'api-2', by: Newcomer, path: string, position?: string): Promise<ApiResponse> => {
  const headers = { ...authorizationOf(by), ...(position !== undefined && { 'min-position': position }) };
  return expectStatus([200], await callApi(async () => readUrl(cluster, process), path, { headers }));
};

type Previewed = { readonly title: string; readonly image: { readonly full: { readonly url: string } } | null };

/** Returns the post. */
async function linkIsPreviewed(t: ExecutionContext, cluster: Cluster, ann: Newcomer, site: Receiver): Promise<string> {
  const picture = await sharp({ create: { width: 1_200, height: 630, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
  site.answer(({ path }, response) => {
    if (path === '/teal.jpg') response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture);
    else if (path === '/purge') response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<head><title>Teal</title><meta property="og:image" content="/teal.jpg"></head>');
  });
  const { body, position } = expectStatus(DONE, await write(cluster, ann, 'POST', '/v1/me/feed', { text: `Look: ${site.url}/page` }));
  const path = `/v1/posts/${String(body['id'])}`;
  const shown = async () => (await read(cluster, 'api-1', ann, path, position)).body['preview'] as Previewed | undefined;
  await waitUntil('the preview is shown', async () => (await shown()) !== undefined);
  t.is((await shown())?.title, 'Teal');
  const bytes = await fetch(readUrl(cluster, 'api-2') + ((await shown())?.image?.full.url ?? ''));
  t.like(await sharp(Buffer.from(await bytes.arrayBuffer())).metadata(), { format: 'jpeg' });
  return String(body['id']);
}

async function cacheIsTold(t: ExecutionContext, cluster: Cluster, ann: Newcomer, { post, site }: { readonly post: string; readonly site: Receiver }) {
  expectStatus(DONE, await write(cluster, ann, 'DELETE', `/v1/posts/${post}`));
  const told = () => site.received.filter(({ path }) => path === '/purge').map(({ body }) => body);
  await waitUntil('the cache is told', () => told().length > 0);
  t.deepEqual(JSON.parse(told()[0] ?? ''), { prefixes: [`/v1/posts/${post}/media/`] });
}

type Shown = { readonly id: string; readonly status: string; readonly messages: number; readonly percent: number; readonly url: string | null };

/** A process that makes it is killed in the middle. */
async function channelIsExported(t: ExecutionContext, cluster: Cluster, ann: Newcomer, bob: Newcomer): Promise<void> {
  const opened = expectStatus(DONE, await write(cluster, ann, 'POST', '/v1/channels', { kind: 'direct', members: [bob.id] }));
  const channel = String(opened.body['id']);
  const texts = Array.from({ length: MESSAGES }, (_, n) => `Message ${n}`);
  const left = texts.values();
  const say = async () => {
    for (const text of left) expectStatus(DONE, await write(cluster, ann, 'POST', `/v1/channels/${channel}/messages`, { text }));
  };
  await Promise.all(Array.from({ length: MESSAGES_AT_ONCE }, say));

  const asked = expectStatus(DONE, await write(cluster, ann, 'POST', `/v1/channels/${channel}/exports`));
  const shown = async (process: 'api-1' | 'api-2'): Promise<Shown | undefined> =>
    (listOf(await read(cluster, process, ann, '/v1/me/exports'), 'exports') as unknown as Shown[]).find(({ id }) => id === asked.body['id']);
  await waitUntil('some of it is made', async () => ((await shown('api-1'))?.messages ?? 0) > 0);
  const [first, second] = [cluster.process('planning-1'), cluster.process('planning-2')];
  await first.kill();
  await waitUntil('it is ready', async () => (await shown('api-1'))?.status === 'ready');
  await second.kill();
  const { url, messages } = (await shown('api-2')) as Shown;
  t.is(messages, MESSAGES);
  const zip = await fromBufferPromise(Buffer.from(await (await fetch(readUrl(cluster, 'api-2') + (url ?? ''))).arrayBuffer()), {
    lazyEntries: true,
    validateEntrySizes: true,
  });
  const said: string[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!/^messages\/.*ndjson$/.test(entry.fileName)) continue;
    const content = Buffer.concat(await Array.fromAsync(await zip.openReadStreamPromise(entry))).toString();
    for (const line of content.trimEnd().split('\n')) said.push(String((JSON.parse(line) as { readonly text: unknown }).text));
  }
  t.deepEqual(said.toSorted(), texts.toSorted(), 'each message is in it once');
  t.is((await fetch(readUrl(cluster, 'api-1') + (url ?? '').replace(/signature=.{4}/, 'signature=AAAA'))).status, 404);
}
