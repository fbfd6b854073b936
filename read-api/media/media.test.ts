/** Pictures from an upload to the bytes that readers get, by the real workers; who gets them, and when they go. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import sharp from 'sharp';
import type { MediaId, PostId } from '../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../../domain/shared/instant.ts';
import { mediaStream } from '../../domain/shared/streams.ts';
import { media as mediaDecider, REMOVAL_GRACE_MS } from '../../domain/media/media.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import { sweepAbandonedUploads } from '../../workers/media/abandoned-uploads.ts';
import { objectKeyOf, placesOf } from '../../commands/media/object-keys.ts';
import type { PostView } from '../feed/post-view.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';
import { picture, upload } from './test-fixture.ts';
import { rangeIn } from './byte-range.ts';

const SECRET = Buffer.from('the secret of a test');
async function publish({ work }: ReadApiFixture, { person: author }: LoggedInPerson, media: MediaId, visibility: 'public' | 'friends' | 'self' = 'public') {
  const { id, handled } = await work.commands.publishPost({ author, text: '', media: [{ media, alt: 'All red.' }], visibility }, work.by(author));
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  await work.untilIdle();
  return id;
}

const postFor = async (api: ReadApiFixture, reader: LoggedInPerson, post: PostId) =>
  (await api.request(reader, `/v1/posts/${post}`)).body as unknown as PostView;
const stateOf = async ({ work }: ReadApiFixture, id: MediaId) => (await work.loadState(mediaDecider, mediaStream(id))).state.status;
/** A step of the sweep that looks for what nothing shows. */
const MINUTELY = { stepMs: MINUTE_MS };
const objectsOf = ({ work }: ReadApiFixture, media: MediaId) => work.mediaStore.list(placesOf(SECRET, media));

test('a picture is prepared and shown, to anybody, in parts, and again to who has it still', async (t) => {
  await using api = await givenReadApi();
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  const media = await upload(api, ann, await picture('red'));
  t.like((await api.request(ann, `/v1/me/media/${media}`)).body, { status: 'ready', fault: null, kind: 'image', width: 640, height: 480 });
  t.is((await api.request(bob, `/v1/me/media/${media}`)).status, 404);
  t.deepEqual(await api.work.mediaStore.list('uploads'), [], 'nothing is left of what came');
  const post = await publish(api, ann, media);
  const [shown] = (await postFor(api, bob, post)).media ?? [];
  t.like(shown, { kind: 'image', alt: 'All red.', medium: null, full: { type: 'image/jpeg', width: 640, height: 480 }, small: { width: 320, height: 240 } });
  const { url = '', bytes = 0 } = shown?.full ?? {};
  t.is(url, `/v1/posts/${post}/media/0/full`);
  const whole = await fetch(api.url + url);
  t.is(whole.status, 200);
  t.like(Object.fromEntries(whole.headers), {
    'content-type': 'image/jpeg',
    'content-length': String(bytes),
    'cache-control': 'public, max-age=86400, immutable',
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
  });
  t.true(whole.headers.get('content-security-policy')?.startsWith('sandbox'));
  const all = Buffer.from(await whole.arrayBuffer());
  t.is((await sharp(all).metadata()).width, 640);
  const part = await fetch(api.url + url, { headers: { range: 'bytes=10-19' } });
  t.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 10-19/${bytes}`]);
  t.true(Buffer.from(await part.arrayBuffer()).equals(all.subarray(10, 20)));
  t.is((await fetch(api.url + url, { headers: { range: `bytes=${bytes}-` } })).status, 416);
  t.is((await fetch(api.url + url, { headers: { 'if-none-match': whole.headers.get('etag') ?? '' } })).status, 304);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/1/full`)).status, 404);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/0/medium`)).status, 404);
  t.false(JSON.stringify(await postFor(api, bob, post)).includes(objectKeyOf(SECRET, { media, digest: '' }).split('/')[0] ?? ''), 'nobody learns a key');
});

test('pictures for friends are for who may read the post, as long as they may', async (t) => {
  await using api = await givenReadApi();
  const { work, url: base } = api;
  const [ann, bob, eve] = [await api.person('Ann'), await api.person('Bob'), await api.person('Eve')];
  await api.friends(ann, bob);
  const post = await publish(api, ann, await upload(api, ann, await picture('blue')), 'friends');
  const url = (await postFor(api, bob, post)).media?.[0]?.full.url ?? '';
  const statusOf = async (address: string) => (await fetch(base + address)).status;
  const seen = await fetch(base + url);
  t.deepEqual([seen.status, seen.headers.get('cache-control')], [200, 'private, max-age=600']);
  const [path = '', query = ''] = url.split('?');
  t.is(await statusOf(path), 404, 'not without a signature');
  t.is(await statusOf(`${path}?${query.replace(bob.person, eve.person)}`), 404, 'nor with that of another');
  t.is(await statusOf(url.replace('/full?', '/small?')), 404, 'nor for another picture');
  t.is(await statusOf(url.replace(/until=\d+/, 'until=9999999999')), 404, 'nor for longer');
  t.is((await api.request(eve, `/v1/posts/${post}`)).status, 404);
  await api.expectSuccess(work.commands.block({ person: ann.person, other: bob.person }, work.by(ann.person)));
  t.is(await statusOf(url), 404, 'a block ends it');
  const own = (await postFor(api, ann, post)).media?.[0]?.full.url ?? '';
  t.is(await statusOf(own), 200);
  work.time.setBy(2 * HOUR_MS);
  t.is(await statusOf(own), 404, 'and so does time');
});

test('what nothing shows goes after a day, and what is shown stays', async (t) => {
  await using api = await givenReadApi();
  const { work } = api;
  const ann = await api.person('Ann');
  const [unused, shown, dropped] = [
    await upload(api, ann, await picture('red')),
    await upload(api, ann, await picture('green')),
    await upload(api, ann, await picture('blue')),
  ];
  const post = await publish(api, ann, shown);
  const gone = await publish(api, ann, dropped);
  await work.commands.deletePost({ author: ann.person, post: gone }, work.by(ann.person));
  await work.untilIdle();
  t.is((await fetch(`${api.url}/v1/posts/${gone}/media/0/full`)).status, 404);
  t.true((await objectsOf(api, unused)).length > 0);
  work.time.setBy(DAY_MS);
  await work.advanceUntil(async () => (await stateOf(api, unused)) === 'leaving' && (await stateOf(api, dropped)) === 'leaving', MINUTELY);
  t.true((await objectsOf(api, unused)).length > 0, 'what is under way may still show it');
  work.time.setBy(REMOVAL_GRACE_MS);
  await work.advanceUntil(async () => (await objectsOf(api, unused)).length + (await objectsOf(api, dropped)).length === 0, MINUTELY);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/0/full`)).status, 200);
  const late = await work.commands.publishPost({ author: ann.person, text: '', media: [{ media: unused }] }, work.by(ann.person));
  t.like(late.handled, { outcome: 'refused', refusal: { code: 'media-unknown' } });
});

test('what was decided before a removal began is found, and its picture stays', async (t) => {
  await using api = await givenReadApi();
  const { work } = api;
  const ann = await api.person('Ann');
  const media = await upload(api, ann, await picture('red'));
  const post = await publish(api, ann, media);
  await work.commands.beginMediaRemoval({ media }, work.by('system:test'));
  await work.untilIdle();
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/0/full`)).status, 200);
  work.time.setBy(DAY_MS);
  await work.advanceUntil(async () => (await stateOf(api, media)) === 'ready', MINUTELY);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/0/full`)).status, 200);
});

test('nothing is left of what an erased person uploaded, shown or not, prepared or not', async (t) => {
  await using api = await givenReadApi();
  const { work } = api;
  const ann = await api.person('Ann');
  const [shown, refused] = [await upload(api, ann, await picture('red')), await upload(api, ann, new TextEncoder().encode('<svg/>'))];
  t.like((await api.request(ann, `/v1/me/media/${refused}`)).body, { status: 'refused', fault: 'media-type-refused' });
  const post = await publish(api, ann, shown);
  await work.commands.erasePerson({ person: ann.person }, work.by(ann.person));
  await work.advanceUntil(async () => (await work.mediaStore.list('objects')).length === 0);
  t.deepEqual(await work.mediaStore.list('uploads'), []);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/0/full`)).status, 404);
});

test('an upload that nobody has gone on with for a day is discarded, and one that waits to be prepared is not', async (t) => {
  await using api = await givenReadApi();
  const { work } = api;
  const ann = await api.person('Ann');
  const [begun, ended] = [randomUUID() as MediaId, randomUUID() as MediaId];
  for (const media of [begun, ended]) await work.uploads.begin({ media, owner: ann.person, bytes: 3 });
  const { attempt = '' } = (await work.uploads.find(begun)) ?? {};
  await work.uploads.append({ media: begun, offset: 0, attempt }, new Uint8Array(2));
  // By the clock of the store, which is the machine's.
  const sweepIn = (ms: number) => {
    const loadState: LoadState = async (_decider, stream) => ({
      stream,
      revision: 0,
      state: (stream.endsWith(ended) ? { status: 'uploaded' } : { status: 'none' }) as never,
    });
    return sweepAbandonedUploads({ store: work.mediaStore, uploads: work.uploads, loadState, clock: () => instant(Date.now() + ms) }).sweep();
  };
  t.is(await sweepIn(DAY_MS - HOUR_MS), 0);
  t.is(await sweepIn(DAY_MS + HOUR_MS), 1);
  t.is(await work.uploads.find(begun), undefined);
  t.truthy(await work.uploads.find(ended));
});

test('a range is of bytes that there are', (t) => {
  const size = fc.integer({ min: 0, max: 1_000 });
  const bound = fc.oneof(fc.constant(''), fc.integer({ min: 0, max: 1_200 }).map(String));
  fc.assert(
    fc.property(bound, bound, size, (first, last, bytes) => {
      const range = rangeIn(`bytes=${first}-${last}`, bytes);
      if (range.asked === 'range') t.true(range.from >= 0 && range.from <= range.to && range.to < bytes);
      if (range.asked === 'unsatisfiable') t.true(first === '' ? last === '0' || bytes === 0 : Number(first) >= bytes);
    }),
  );
  for (const nothing of ['bytes=-0', 'bytes=-000']) t.deepEqual(rangeIn(nothing, 10), { asked: 'unsatisfiable' });
  for (const other of [undefined, '', 'lines=1-2', 'bytes=1-2,4-5', 'bytes=5-2', 'bytes=-']) t.deepEqual(rangeIn(other, 10), { asked: 'none' });
});
