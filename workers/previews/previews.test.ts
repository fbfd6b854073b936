/** Previews of links, from a server that somebody else runs to what readers are shown. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { previewPictureIdOf } from '../../commands/handling/deterministic-ids.ts';
import { placesOf } from '../../commands/media/object-keys.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { media } from '../../domain/media/media.ts';
import type { ChannelId, MediaId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { HOUR_MS, plus } from '../../domain/shared/instant.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import { placeOf } from '../../domain/media/object-place.ts';
import { startOutbound } from '../../ports/outbound/https.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';
import { pollUntil } from '../../tests/client/expectations.ts';
import { startReceiver, type Received, type Receiver } from '../../tests/webhooks/receiver.ts';
import { sweepUnusedMedia } from '../media/unused.ts';
import { openWorkIn } from '../open-work/open-work.ts';
import { startProgress } from '../open-work/work-progress.ts';
import { SECRET, startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { PREVIEWS_OF_PERSON } from './pages.ts';
import { previewLink } from './preview-links.ts';

let site: Receiver;
let work: TestWorkers;
/** What a path is answered with; anything else is not found. */
const answers = new Map<string, (response: ServerResponse, request: Received) => void>();
const stack = new AsyncDisposableStack();

test.before(async () => {
  site = stack.use(await startReceiver());
  site.answer((request, response) => {
    const answer = answers.get(new URL(request.path, site.url).pathname);
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request);
  });
  const outbound = stack.use(startOutbound({ privateNetworks: ['127.0.0.1/32'], ca: site.ca }));
  work = stack.use(await startWorkersForTest({ linkPreviews: 'on' }, { outbound }));
});
test.after.always(() => stack[Symbol.asyncDispose]());

const page =
  (title: string, more = '') =>
  (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end(`<head><meta property="og:title" content="${title}">${more}</head>`);
const to = (location: string) => (response: ServerResponse) => void response.writeHead(302, { location }).end();
const asked = (path: string) => site.received.filter((request) => request.path.startsWith(path)).length;

/** An address of its own, at which a page with this name is. */
function given(title: string, more = ''): { readonly path: string; readonly url: string } {
  const path = `/${randomUUID()}`;
  answers.set(path, page(title, more));
  return { path, url: `${site.url}${path}` };
}

async function publish(author: PersonId, text: string): Promise<PostId> {
  const { id, handled } = await work.commands.publishPost({ author, text }, work.by(author));
  if (handled.outcome !== 'appended') throw new Error('not published');
  return id;
}
const previewOf = async (id: PostId) => (await work.views.get('posts', id))?.preview;

async function channelOf(person: PersonId): Promise<ChannelId> {
  const { id } = await work.commands.openGroupChannel({ person, members: [], title: 'Choir' }, work.by(person));
  return id;
}
async function say(channel: ChannelId, sender: PersonId, text: string): Promise<number> {
  const handled = await work.commands.postMessage({ channel, sender, text, clientId: randomUUID() }, work.by(sender));
  if (handled.outcome !== 'appended') throw new Error('not posted');
  return handled.revision;
}
const messageOf = async (channel: ChannelId, seq: number) => work.views.get('messages', messageId(channel, seq));

test.serial('a post shows what its first link leads to, with the page’s picture made anew', async (t) => {
  const picture = await sharp({ create: { width: 1_200, height: 630, channels: 3, background: 'teal' } })
    .withExif({ IFD0: { Copyright: 'secret' } })
    .jpeg()
    .toBuffer();
  answers.set('/teal.jpg', (response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(picture));
  const { url } = given('Rain', '<meta property="og:site_name" content="News"><meta property="og:image" content="/teal.jpg">');
  const [ann, other] = [await work.person(randomUUID()), given('Snow')];
  const id = await publish(ann, `See ${url} and ${other.url}`);
  await work.untilIdle();
  const preview = await previewOf(id);
  t.like(preview, { url, title: 'Rain', site: 'News', image: { kind: 'image', alt: null } });
  t.is(asked(other.path), 0);
  const full = preview?.image?.variants.find(({ name }) => name === 'full');
  t.deepEqual([full?.type, full?.width, full?.height], ['image/jpeg', 1_200, 630]);
  const bytes = await bytesOf(full === undefined ? undefined : placeOf(full.object));
  t.false(bytes.includes('secret'));
  t.like(await work.views.get('media', preview?.image?.media ?? ''), { owner: ann, status: 'ready' });
});

async function bytesOf(place: string | undefined): Promise<Buffer> {
  const found = place === undefined ? undefined : await work.mediaStore.read(place);
  return found === undefined ? Buffer.alloc(0) : Buffer.concat(await found.stream.toArray());
}

test.serial('an edit takes the preview away and brings that of its own link, and a picture that nothing shows any more is removed', async (t) => {
  const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  answers.set('/red.png', (response) => void response.writeHead(200).end(picture));
  const [before, after] = [given('Before', '<meta property="og:image" content="/red.png">'), given('After')];
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const id = await publish(ann, before.url);
  const seq = await say(channel, ann, before.url);
  await work.untilIdle();
  const pictures = [(await previewOf(id))?.image, (await messageOf(channel, seq))?.preview?.image];
  t.is(new Set(pictures.map((one) => one?.media)).size, 2, 'each is its own');
  await work.commands.editPost({ author: ann, post: id, text: after.url }, work.by(ann));
  await work.commands.withdrawMessage({ channel, person: ann, message: seq }, work.by(ann));
  await work.untilIdle();
  t.like(await previewOf(id), { title: 'After' });
  t.is((await messageOf(channel, seq))?.preview, undefined);
  await work.commands.editPost({ author: ann, post: id, text: 'Nothing.' }, work.by(ann));
  await work.untilIdle();
  t.is(await previewOf(id), null);
  await using progress = startProgress({ views: work.stored, report: () => undefined });
  const sweeping = { ...work, store: work.mediaStore, secret: SECRET, openWork: openWorkIn(work.stored), progress };
  for (const hours of [23, 25, 27, 29]) {
    await sweepUnusedMedia({ ...sweeping, clock: () => plus(work.clock(), hours * HOUR_MS) }).sweep();
    const left = await Promise.all(pictures.map((one) => work.loadState(media, mediaStream(one?.media as MediaId))));
    const [first] = new Set(left.map(({ state }) => state.status));
    t.is(first, hours < 24 ? 'ready' : hours < 26 ? 'leaving' : 'removed', String(hours));
    await work.untilIdle();
  }
  for (const one of pictures) t.is((await bytesOf(placeOf(one?.variants[0]?.object ?? ('none' as never)))).length, 0);
});

test.serial('a message has its preview as an entry of its own, which counts as no message', async (t) => {
  const { url } = given('Songs');
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const seq = await say(channel, ann, `https://nobody-has-this-name.invalid/ and ${url}`);
  await work.untilIdle();
  t.is((await messageOf(channel, seq))?.preview, undefined, 'the first link alone is looked at');
  const second = await say(channel, ann, url);
  await work.untilIdle();
  t.like((await messageOf(channel, second))?.preview, { url, title: 'Songs' });
  t.like(await work.views.get('channel-heads', channel), { messageCount: 2, headSeq: second + 1, lastMessage: second });
});

test.serial('a link that many pass on is asked for once, and each is given it', async (t) => {
  const { url, path } = given('Viral');
  const people = await Promise.all(Array.from({ length: 5 }, () => work.person(randomUUID())));
  const ids = await Promise.all(people.map((person) => publish(person, `${url}#${person}`)));
  await work.untilIdle();
  for (const id of ids) t.like(await previewOf(id), { title: 'Viral' });
  t.is(asked(path), 1);
});

const NOTHING: Readonly<Record<string, (url: string) => string>> = {
  'that isn’t there': (url) => `${url}/none`,
  'that is no page': (url) => (
    answers.set('/data', (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')),
    `${url}/data`
  ),
  'that leads round in a circle': (url) => (answers.set('/circle', to('/circle')), `${url}/circle`),
  'that leads to a private network': (url) => (answers.set('/inside', to('https://10.0.0.1/')), `${url}/inside`),
  'that leads to another protocol': (url) => (answers.set('/file', to('file:///etc/passwd')), `${url}/file`),
  'on a private network': () => 'https://169.254.169.254/latest/meta-data',
  'with a password': (url) => url.replace('//', '//ann:secret@'),
};
for (const [what, urlOf] of Object.entries(NOTHING))
  test.serial(`a link ${what} has no preview, and its post is as it was`, async (t) => {
    const ann = await work.person(randomUUID());
    const id = await publish(ann, urlOf(site.url));
    await work.untilIdle();
    t.like(await work.views.get('posts', id), { preview: null, editedAt: null });
    await isDone(t);
  });

/** Nothing waits to be done again. */
async function isDone(t: ExecutionContext): Promise<void> {
  const isOpen = async () => (await work.stored.find('link-previews', { order: { movedAt: 1 }, limit: 1 })).length > 0;
  await pollUntil('no preview is open', async () => !(await isOpen()), 30_000);
  t.pass();
}

test.serial('redirects are followed, and the link is shown as it was written', async (t) => {
  const { path } = given('There');
  answers.set('/first', to('/second'));
  answers.set('/second', to(`${site.url}${path}`));
  const url = `${site.url}/first`;
  const ann = await work.person(randomUUID());
  const id = await publish(ann, url.replace('https:', 'http:'));
  await work.untilIdle();
  t.like(await previewOf(id), { url: url.replace('https:', 'http:'), title: 'There' });
});

test.serial('a picture that is none, or too large, leaves the words', async (t) => {
  answers.set('/bomb', (response) => void response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload="alert(1)">'));
  answers.set('/large', (response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(6 * 2 ** 20)));
  const ann = await work.person(randomUUID());
  for (const path of ['/bomb', '/large', '/missing']) {
    const id = await publish(ann, given(path, `<meta property="og:image" content="${path}">`).url);
    await work.untilIdle();
    t.like(await previewOf(id), { title: path });
    t.is((await previewOf(id))?.image, undefined);
  }
});

test.serial('one person can’t have many servers asked', async (t) => {
  const ann = await work.person(randomUUID());
  for (let n = 0; n < PREVIEWS_OF_PERSON.points; n++) await work.rateLimit.take(PREVIEWS_OF_PERSON, ann);
  const { url, path } = given('One more');
  const id = await publish(ann, url);
  await work.untilIdle();
  t.deepEqual([await previewOf(id), asked(path)], [null, 0]);
});

test.serial('with its author the preview is gone', async (t) => {
  const { url } = given('Mine');
  const ann = await work.person(randomUUID());
  const channel = await channelOf(ann);
  const [id, seq] = [await publish(ann, url), await say(channel, ann, url)];
  await work.untilIdle();
  t.like(await previewOf(id), { title: 'Mine' });
  await work.commands.erasePerson({ person: ann }, work.by(ann));
  await work.untilIdle();
  t.is((await work.views.get('posts', id))?.preview ?? null, null);
  t.is((await messageOf(channel, seq))?.preview ?? null, null);
});

test.serial('a picture that was stored and never recorded is removed, whenever it is looked at again', async (t) => {
  const ann = await work.person(randomUUID());
  const id = await publish(ann, `${site.url}/${randomUUID()}`);
  await work.untilIdle();
  const stream = postStreamOf(id);
  const place = placesOf(SECRET, previewPictureIdOf({ stream, revision: 0 }));
  const stored = async () => (await work.mediaStore.list(place)).length;
  const run = (more: Partial<Parameters<typeof previewLink>[0]>) => {
    const pictures = {
      prepare: async ({ source: file }: { source: string }) => ({ outcome: 'prepared', kind: 'image', variants: [{ name: 'full', file, type: 'image/jpeg' }] }),
    };
    const dependencies = { ...work, reader: work, store: work.mediaStore, secret: SECRET, pictures: pictures as never, progress: { finish: () => undefined } };
    const page = { title: 'Once', image: Buffer.from('a picture') };
    return previewLink({ ...dependencies, pageOf: async () => page, ...more })({ data: { subject: id, stream, revision: 0 } });
  };
  const killed = { ...work.commands, keepFetchedPicture: () => Promise.reject(new Error('killed')) };
  await t.throwsAsync(run({ commands: killed }), { message: 'killed' });
  t.is(await stored(), 1);
  await run({ pageOf: async () => undefined });
  t.is(await stored(), 0);
  await t.throwsAsync(run({ commands: killed }), { message: 'killed' });
  await run({ clock: () => plus(work.clock(), 2 * HOUR_MS) });
  t.is(await stored(), 0);
  await run({});
  t.is(await stored(), 1, 'what is recorded stays');
});
