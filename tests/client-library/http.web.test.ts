/** Both APIs by the client library: one's own writes are read, nothing takes effect twice, refusals have their codes, apps sign. */
import test from 'ava';
import { randomBytes, randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { createTidingsApp, verifyWebhook, WebhookRefused } from '../../client/app.ts';
import { createApi } from '../../client/http/api.ts';
import { createServerClock } from '../../client/http/server-clock.ts';
import { eachPage, TidingsProblem, TidingsUnreachable, type UploadProgress } from '../../client/index.ts';
import { memoryStorage } from '../../client/storage/storage.ts';
import { instant } from '../../domain/shared/instant.ts';
import { webhookHeaders } from '../../workers/notifications/webhooks/sign-webhook.ts';
import { waitUntil } from '../e2e/system-under-test.ts';
import { generateClientTypes } from './generate-types.ts';
import { startClientSystem, type Account, type ClientSystem } from './test-fixture.ts';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const QUICK = { firstMs: 20, maxMs: 200, forMs: 20_000 };

let system: ClientSystem;
let ann: Account;
test.before(async (t) => {
  t.timeout(120_000);
  system = await startClientSystem();
  ann = await system.account('ann');
});
test.after.always(() => system?.[Symbol.asyncDispose]());

test('the types are those of the servers’ documents: otherwise run npm run client:types', async (t) => {
  const root = resolve(import.meta.dirname, '../..');
  for (const [file, code] of await generateClientTypes()) t.true(readFileSync(join(root, file), 'utf8') === code, `${file} is stale`);
});

test('a person reads all that they wrote, also what was under way at once', async (t) => {
  const { read, write } = await system.open(ann);
  const texts = Array.from({ length: 12 }, (_, n) => `post ${n} of ${randomUUID()}`);
  await Promise.all(texts.map((text) => write.POST('/v1/me/feed', { body: { text } })));
  const found: string[] = [];
  for await (const { posts } of eachPage(async (before) => {
    const { data } = await read.GET('/v1/me/feed', { params: { query: { limit: 5, ...(before === undefined ? {} : { before }) } } });
    if (data === undefined) throw new Error('no page');
    return data;
  }))
    found.push(...posts.map(({ text }) => String(text)));
  for (const text of texts) t.true(found.includes(text), text);
});

test('a command whose answer was lost is given again under its key, and takes effect once', async (t) => {
  let lost = 0;
  const fetch = async (request: Request): Promise<Response> => {
    const response = await globalThis.fetch(request);
    if (request.method !== 'POST' || lost === 2) return response;
    lost++;
    throw new TypeError('the answer was lost');
  };
  const { read, write } = createApi({ ...system.urls, token: () => ann.token, retry: QUICK }, { fetch });
  const text = `once ${randomUUID()}`;
  const { data } = await write.POST('/v1/me/feed', { body: { text } });
  t.is(lost, 2);
  const { data: page } = await read.GET('/v1/people/{person}/posts', { params: { path: { person: ann.person } } });
  t.deepEqual(
    page?.posts.filter((post) => post.text === text).map(({ id }) => id),
    [data?.id],
  );
});

test('a command that is made by a clock that is an hour ahead takes effect once', async (t) => {
  const clock = createServerClock({ now: () => Date.now() + 3_600_000 });
  let refused = 0;
  const fetch = async (request: Request): Promise<Response> => {
    const response = await globalThis.fetch(request);
    if (response.status === 409) refused++;
    return new Response(response.body, { status: response.status }); // without its date, as browsers show it to other origins
  };
  const { write, read } = createApi({ ...system.urls, token: () => ann.token, retry: QUICK, clock }, { fetch });
  const text = `an hour ahead ${randomUUID()}`;
  const { data } = await write.POST('/v1/me/feed', { body: { text } });
  t.is(refused, 1);
  const { data: post } = await read.GET('/v1/posts/{post}', { params: { path: { post: data?.id ?? '' } } });
  t.is(post?.text, text);
});

test('what the server refuses is thrown with its code, and what has no answer as unreachable', async (t) => {
  const { write } = createApi({ ...system.urls, token: () => ann.token, retry: QUICK });
  const problem = await t.throwsAsync(write.POST('/v1/me/feed', { body: { text: ' ' } }), { instanceOf: TidingsProblem });
  t.like(problem, { code: 'post-empty', status: 422 });
  t.true((problem?.message ?? '').length > 10);
  const nowhere = createApi({ url: 'http://127.0.0.1:1', retry: { ...QUICK, forMs: 300 } });
  await t.throwsAsync(nowhere.write.GET('/v1/gateway', {}), { instanceOf: TidingsUnreachable });
  const stop = new AbortController();
  const waiting = createApi({ url: 'http://127.0.0.1:1', retry: QUICK }).write.GET('/v1/gateway', { signal: stop.signal });
  stop.abort(new Error('the caller has left'));
  await t.throwsAsync(waiting, { message: 'the caller has left' });
});

test('the feed is told live', async (t) => {
  const tidings = await system.open(ann);
  const stop = new AbortController();
  const text = `live ${randomUUID()}`;
  const timer = setInterval(() => void tidings.write.POST('/v1/me/feed', { body: { text: `${text} ${randomUUID()}` } }).catch(() => undefined), 300);
  try {
    for await (const { data } of tidings.live('feed', { signal: stop.signal })) {
      if (!JSON.stringify(data).includes(text)) continue;
      t.pass();
      break;
    }
  } finally {
    clearInterval(timer);
    stop.abort();
  }
});

test('a picture that is cut off again and again while it is uploaded arrives whole, and can be used when the promise resolves', async (t) => {
  const { url, network } = system.commands;
  const tidings = await system.open(ann, { write: url, retry: QUICK });
  const { write, read } = tidings;
  const pixels = randomBytes(900 * 700 * 3); // can't be compressed
  const picture = await sharp(pixels, { raw: { width: 900, height: 700, channels: 3 } })
    .png()
    .toBuffer();
  const file = new Blob([picture], { type: 'image/png' });
  const told: UploadProgress[] = [];
  network.cutAfter(100_000);
  const media = await tidings.upload(file, {
    onProgress: (progress) => {
      told.push(progress);
      if (network.cuts() < 3) network.cutAfter(100_000);
    },
  });
  t.is(network.cuts(), 3);
  t.deepEqual(told.at(-1), { phase: 'preparing', sentBytes: file.size, totalBytes: file.size });
  t.deepEqual(told.map(({ sentBytes }) => sentBytes), told.map(({ sentBytes }) => sentBytes).toSorted((one, other) => one - other)); // prettier-ignore
  const { data } = await write.POST('/v1/me/feed', { body: { text: '', media: [{ media, alt: 'Noise.' }] } });
  const { data: post } = await read.GET('/v1/posts/{post}', { params: { path: { post: data?.id ?? '' } } });
  t.like(post?.media?.[0], { alt: 'Noise.', full: { width: 900, height: 700 } });
});

test('an upload that is begun again under its key is the same one, one that is aborted is discarded, and one that is no picture says why', async (t) => {
  const tidings = await system.open(ann, { retry: QUICK });
  const { read } = tidings;
  const picture = new Blob([await sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } }).png().toBuffer()]); // prettier-ignore
  const key = randomUUID();
  t.is(await tidings.upload(picture, { key }), await tidings.upload(picture, { key }));
  t.like((await read.GET('/v1/me/media/{media}', { params: { path: { media: await tidings.upload(picture, { key }) } } })).data, {
    status: 'ready',
    width: 40,
  });

  const stop = new AbortController();
  const large = new Blob([new Uint8Array(3_000_000)]);
  const reason = new Error('the person took it away');
  const taken = tidings.upload(large, { as: 'file', signal: stop.signal, onProgress: ({ sentBytes }) => void (sentBytes > 0 && stop.abort(reason)) });
  t.is(await t.throwsAsync(taken), reason);

  const text = tidings.upload(new Blob(['no picture at all']), {});
  t.is((await t.throwsAsync(text, { instanceOf: TidingsProblem }))?.code, 'media-type-refused');
});

test('an app signs each of its requests, and believes only webhooks that were signed with its secret', async (t) => {
  const credentials = await system.app(ann);
  const notification = { recipients: [ann.person], category: 'orders', content: { title: 'Your order', body: 'It is on its way.' } };
  const app = createTidingsApp({ ...system.urls, credentials, retry: QUICK });
  const { data } = await app.write.POST('/v1/notifications', { body: notification });
  const { data: told } = await app.read.GET('/v1/notifications/{notification}', { params: { path: { notification: data?.id ?? '' } } });
  t.truthy(told);
  const stranger = createTidingsApp({ ...system.urls, credentials: { ...credentials, secret: Buffer.from('another').toString('base64') } });
  await t.throwsAsync(stranger.write.POST('/v1/notifications', { body: notification }), { instanceOf: TidingsProblem });

  const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
  const message = { id: 'msg_1', body: '{"type":"delivered"}', at: instant(Date.now()) };
  const headers = webhookHeaders([secret], message);
  t.deepEqual(await verifyWebhook(secret, { headers, body: message.body }), { id: 'msg_1', event: { type: 'delivered' } });
  await t.throwsAsync(verifyWebhook(secret, { headers, body: `${message.body} ` }), { instanceOf: WebhookRefused });
  await t.throwsAsync(verifyWebhook(secret, { headers, body: message.body }, { nowMs: Date.now() + 600_000 }), { instanceOf: WebhookRefused });
});

test.serial('posts are published once and in their order, though the network is cut while they are and the server killed', async (t) => {
  t.timeout(180_000);
  await using own = await startClientSystem();
  const ann = await own.account('ann');
  const storage = memoryStorage();
  const open = () => own.open(ann, { write: own.commands.url, storage, retry: { firstMs: 20, maxMs: 200, forMs: 2_000 } });
  let tidings = await open();
  const texts = Array.from({ length: 40 }, (_, n) => `post ${n}`);
  for (const [n, text] of texts.entries()) {
    await tidings.posts.publish({ text });
    if (n % 4 === 3) await waitUntil('most are published', () => tidings.posts.outgoing.value.length <= 2);
    if (n % 8 === 4) own.commands.network.cutAfter(200); // in the middle of a request
    if (n % 8 === 7) own.commands.network.cut();
    if (n === 15) await own.restart();
    if (n !== 25) continue;
    // Closed with some on their way, and opened again.
    tidings.chat.close();
    tidings = await open();
  }
  await waitUntil('all are published', () => tidings.posts.outgoing.value.length === 0);
  const { data } = await tidings.read.GET('/v1/me/feed', { params: { query: { limit: 50 } } });
  t.deepEqual(data?.posts.map(({ text }) => text).toReversed(), texts);
  t.deepEqual(await storage.list('posts/'), []);
  t.true(own.commands.network.cuts() >= 4, `${own.commands.network.cuts()} cuts`);
});
