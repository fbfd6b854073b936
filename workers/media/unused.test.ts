/** What is removed, and what is not, where something is behind, fails or was cut off. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { previewPictureIdOf } from '../../commands/handling/deterministic-ids.ts';
import { objectKeyOf, placesOf } from '../../commands/media/object-keys.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import { placeOf } from '../../domain/media/object-place.ts';
import { media as mediaDecider } from '../../domain/media/media.ts';
import type { MediaFacts } from '../../domain/media/media-facts.ts';
import type { MediaId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import { mediaStream, scheduledMessageStream } from '../../domain/shared/streams.ts';
import { startWorkersForTest, type TestWorkers } from '../test-fixture.ts';
import { sweepAbandonedUploads } from './abandoned-uploads.ts';
import { PREPARING_FOLDER, removeLeftBehind } from './left-behind.ts';
import { prepareUpload } from './prepare.ts';
import { lookForUnusedMedia, sweepUnusedMedia } from './unused.ts';

const SECRET = Buffer.from('the secret of a test');
let work: TestWorkers;
test.before(async () => void (work = await startWorkersForTest()));
test.after.always(() => work[Symbol.asyncDispose]());

const ignore = () => undefined;
const progress = { advance: ignore, finish: ignore, put: ignore, flush: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
const stateOf = async (id: MediaId) => (await work.loadState(mediaDecider, mediaStream(id))).state.status;
const objectOf = (media: MediaId) => objectKeyOf(SECRET, { media, digest: 'd' });

async function ready(owner: PersonId): Promise<MediaId> {
  const id = randomUUID() as MediaId;
  const facts: MediaFacts = { kind: 'image', variants: [{ name: 'full', object: objectOf(id), type: 'image/png', bytes: 1 }] };
  await work.commands.endUpload({ media: id, owner, bytes: 1 }, work.by(owner));
  await work.commands.makeMediaReady({ media: id, facts }, work.by('system:test'));
  return id;
}

/** One sweep that finds these due. */
function sweep(ids: readonly MediaId[], changes: Partial<Parameters<typeof sweepUnusedMedia>[0]> = {}) {
  const due = ids.map((media) => ({ media, dueAt: work.clock() }));
  const openWork = { longestWaiting: async () => due } as unknown as Parameters<typeof sweepUnusedMedia>[0]['openWork'];
  return sweepUnusedMedia({ ...work, store: work.mediaStore, secret: SECRET, openWork, progress, ...changes }).sweep();
}

test.serial('nothing leaves while the view of what is used lacks anything of the log', async (t) => {
  const ann = await work.person('Ann');
  const id = await ready(ann);
  const { handled } = await work.commands.publishPost({ author: ann, text: '', media: [{ media: id }] }, work.by(ann));
  t.is(handled.outcome, 'appended');
  // As a projection that is stopped, or that builds its view anew: it knows the picture, and not the post.
  const behind = { views: { find: async () => [] }, waitForViews: async () => false };
  t.is(await sweep([id], behind), 0);
  t.is(await stateOf(id), 'ready');
  await work.untilIdle();
  t.is(await sweep([id]), 1);
  t.is(await stateOf(id), 'ready', 'the post shows it');
});

test.serial('what can’t be removed keeps nothing else waiting', async (t) => {
  const ann = await work.person('Bob');
  const [stuck, other] = [await ready(ann), await ready(ann)];
  await work.untilIdle();
  const failing: TestWorkers['commands'] = {
    ...work.commands,
    beginMediaRemoval: async (of, context) => {
      if (of.media === stuck) throw new Error('It can’t be read.');
      return work.commands.beginMediaRemoval(of, context);
    },
  };
  await t.throwsAsync(sweep([stuck, other], { commands: failing }), { message: 'It can’t be read.' });
  t.deepEqual([await stateOf(stuck), await stateOf(other)], ['ready', 'leaving']);
});

test.serial('what was stored for somebody who was erased meanwhile goes, also where the attempt was cut off', async (t) => {
  const ann = await work.person('Cyd');
  const id = await ready(ann);
  await work.commands.removeMedia({ media: id, ownerErased: true }, work.by('system:test'));
  await work.mediaStore.put(placeOf(objectOf(id)), new Uint8Array(1));
  await prepareUpload({
    ...work,
    store: work.mediaStore,
    secret: SECRET,
    pictures: { prepare: () => t.fail() as never, [Symbol.asyncDispose]: async () => undefined },
    progress,
  })({
    data: { media: id },
  });
  t.deepEqual(await work.mediaStore.list(placesOf(SECRET, id)), []);
});

test.serial('folders of preparations that were cut off are removed, and those under way are not', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'tidings-left-behind-'));
  try {
    for (const name of [`${PREPARING_FOLDER}old`, `${PREPARING_FOLDER}new`, 'other']) {
      await mkdir(join(place, name));
      await writeFile(join(place, name, 'source'), 'as it came');
    }
    const before = new Date(Date.now() - DAY_MS);
    for (const name of [`${PREPARING_FOLDER}old`, 'other']) await utimes(join(place, name), before, before);
    await removeLeftBehind(place);
    t.deepEqual((await readdir(place)).toSorted(), ['other', `${PREPARING_FOLDER}new`]);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

test.serial('an upload of which nothing can be known keeps no other from being discarded', async (t) => {
  const ann = await work.person('Dan');
  const ids = [randomUUID() as MediaId, randomUUID() as MediaId].toSorted();
  for (const media of ids) await work.uploads.begin({ media, owner: ann, bytes: 3 });
  const loadState: typeof work.loadState = async (decider, stream) => {
    if (stream.endsWith(ids[0] ?? '')) throw new Error('It can’t be read.');
    return work.loadState(decider, stream);
  };
  const clock = () => instant(Date.now() + 2 * DAY_MS); // by the clock of the store
  await t.throwsAsync(sweepAbandonedUploads({ store: work.mediaStore, uploads: work.uploads, loadState, clock }).sweep(), { message: 'It can’t be read.' });
  t.deepEqual(await Promise.all(ids.map(async (id) => (await work.uploads.find(id)) !== undefined)), [true, false]);
});

/** The reactor on the last event of a stream; which media it has looked at, and how many events it has read for that. */
function watching(stream: string) {
  let read = 0;
  const log = {
    ...work.log,
    readStream: async function* (...asked: Parameters<typeof work.log.readStream>) {
      for await (const event of work.log.readStream(...asked)) {
        read += 1;
        yield event;
      }
    },
  };
  const looks: string[] = [];
  const noting = { ...progress, put: (_: string, of: string) => void looks.push(of) };
  const { react } = lookForUnusedMedia({ log, codec: work.codec, views: work.views, progress: noting as never });
  const reactToLast = async () => {
    const [last] = await work.codec.decodeAll(await Array.fromAsync(work.log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })));
    await react(last as never);
  };
  return { looks, reactToLast, read: () => read };
}

const TIMES = 20;

test.serial('of a post that is edited again and again no more is read than behind the text before', async (t) => {
  const ann = await work.person(randomUUID());
  const { id } = await work.commands.publishPost({ author: ann, text: 'One' }, work.by(ann));
  const stream = postStreamOf(id);
  const { looks, reactToLast, read } = watching(stream);
  for (let of = 0; of < 2 * TIMES; of += 2) {
    await work.commands.addPostPreview({ post: id, of, preview: { url: 'https://a.example/', title: 'A' } }, work.by('system:test'));
    await work.commands.editPost({ author: ann, post: id, text: `Edit ${of}` }, work.by(ann));
    await reactToLast();
  }
  t.deepEqual(
    looks,
    Array.from({ length: TIMES }, (_, n) => previewPictureIdOf({ stream, revision: 2 * n })),
  );
  t.is(read(), 2 * TIMES);
});

test.serial('of a message that is scheduled and changed again and again no more is read than the draft before', async (t) => {
  const ann = await work.person(randomUUID());
  const { id: channel } = await work.commands.openGroupChannel({ person: ann, members: [] }, work.by(ann));
  const pictures = await Promise.all(Array.from({ length: TIMES }, () => ready(ann)));
  const drafted = (media: MediaId) => ({ channel, sender: ann, text: '', media: [{ media }], sendAt: plus(work.clock(), DAY_MS) });
  const [first, ...others] = pictures as [MediaId, ...MediaId[]];
  const { id: scheduled } = await work.commands.scheduleMessage(drafted(first), work.by(ann));
  const { looks, reactToLast, read } = watching(scheduledMessageStream(scheduled));
  for (const one of others) {
    await work.commands.changeScheduledMessage({ scheduled, ...drafted(one) }, work.by(ann));
    await reactToLast();
  }
  await work.commands.cancelScheduledMessage({ scheduled, channel, sender: ann }, work.by(ann));
  await reactToLast();
  t.deepEqual(looks, pictures);
  t.is(read(), TIMES);
});
