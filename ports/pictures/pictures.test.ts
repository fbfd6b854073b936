/** What becomes of files that people send, by real decoders in processes of their own. */
import test from 'ava';
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import type { MediaPurpose } from '../../domain/media/media-facts.ts';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import { PICTURE_PIXELS_MAX, type Prepared } from './port.ts';
import { startPictures, type PicturesOptions } from './pictures.ts';
import { testWith } from '../../tests/servers/availability.ts';

const run = promisify(execFile);
const OPTIONS: PicturesOptions = { memoryBytesMax: 512 * 2 ** 20, deadlineMs: 60_000, processesMax: 2 };

async function given(options: Partial<PicturesOptions> = {}) {
  const folder = await temporaryFolder();
  const pictures = startPictures({ ...OPTIONS, ...options });
  const source = join(folder.path, 'source');
  const prepare = async (bytes: Uint8Array | string, purpose?: MediaPurpose): Promise<Prepared> => {
    await writeFile(source, bytes);
    return pictures.prepare({ source, folder: folder.path, ...(purpose !== undefined && { purpose }) });
  };
  const dispose = async () => {
    await pictures[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  };
  return { prepare, pictures, source, folder: folder.path, [Symbol.asyncDispose]: dispose };
}

/** A gradient: no size of it is of one colour. */
function gradient(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(((i / 3) % width) / (width / 200)) + (i % 3) * 20;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const sizesOf = (prepared: Prepared) =>
  prepared.outcome === 'prepared' ? prepared.variants.map(({ name, type, width, height }) => [name, type, width, height]) : prepared;
const fileOf = (prepared: Prepared, name: string) =>
  (prepared.outcome === 'prepared' ? prepared.variants.find((variant) => variant.name === name)?.file : undefined) ?? '';

test('a picture is turned upright, comes in three sizes, and says neither where nor by whom it was taken', async (t) => {
  await using made = await given();
  const exif = { IFD0: { Artist: 'Ann of the secret place' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 24/1' } };
  const picture = await gradient(3_000, 2_000).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  t.true(picture.includes('Ann of the secret place'));
  const prepared = await made.prepare(picture);
  t.deepEqual(sizesOf(prepared), [
    ['full', 'image/jpeg', 1_707, 2_560],
    ['medium', 'image/jpeg', 640, 960],
    ['small', 'image/jpeg', 213, 320],
  ]);
  for (const name of ['full', 'medium', 'small']) {
    const bytes = await readFile(fileOf(prepared, name));
    const { exif: left, icc, xmp, orientation } = await sharp(bytes).metadata();
    t.deepEqual([left, icc, xmp, orientation], [undefined, undefined, undefined, undefined]);
    t.false(bytes.includes('Ann of the secret place'));
  }
  t.regex(prepared.outcome === 'prepared' ? (prepared.blurHash ?? '') : '', /^L.{27}$/);
});

test('a small picture is not made larger, and one that can be seen through stays so', async (t) => {
  await using made = await given();
  const transparent = await sharp({ create: { width: 40, height: 30, channels: 4, background: '#ff000080' } })
    .png()
    .toBuffer();
  const prepared = await made.prepare(transparent);
  t.deepEqual(sizesOf(prepared), [
    ['full', 'image/webp', 40, 30],
    ['small', 'image/webp', 40, 30],
  ]);
  t.true((await sharp(fileOf(prepared, 'full')).metadata()).hasAlpha);
});

test('an animation moves in full, and stands still when it is small', async (t) => {
  await using made = await given();
  const frame = (background: string) =>
    sharp({ create: { width: 400, height: 300, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = await Promise.all(['red', 'green', 'blue'].map(frame));
  const prepared = await made.prepare(
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer(),
  );
  t.deepEqual(sizesOf(prepared), [
    ['full', 'image/webp', 400, 300],
    ['small', 'image/webp', 320, 240],
  ]);
  t.is((await sharp(fileOf(prepared, 'full')).metadata()).pages, 3);
});

for (const [what, bytes, fault] of [
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'media-type-refused'],
  ['SVG with a declaration', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', 'media-type-refused'],
  ['HTML', '<!doctype html><script>alert(1)</script>', 'media-type-refused'],
  ['PDF', '%PDF-1.7 …', 'media-type-refused'],
  ['nothing', '', 'media-type-refused'],
  ['HEIC', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')]), 'media-heic'],
  ['a JPEG that ends after its first bytes', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1]), 'media-damaged'],
  ['a GIF with HTML in it', `GIF89a${'<script>alert(1)</script>'.repeat(20)}`, 'media-damaged'],
] as const)
  test(`${what} is refused by what is in it, whatever it is called`, async (t) => {
    await using made = await given({ processesMax: 1 });
    t.deepEqual(await made.prepare(bytes), { outcome: 'refused', fault });
  });

test('a picture of which half is missing is damaged, and the next one is prepared', async (t) => {
  await using made = await given({ processesMax: 1 });
  const whole = await gradient(800, 600).jpeg().toBuffer();
  t.deepEqual(await made.prepare(whole.subarray(0, whole.length / 2)), { outcome: 'refused', fault: 'media-damaged' });
  t.is((await made.prepare(whole)).outcome, 'prepared');
});

test('a bomb of pixels is refused before it is decoded', async (t) => {
  await using made = await given();
  const edge = Math.ceil(Math.sqrt(PICTURE_PIXELS_MAX)) + 1;
  const bomb = await sharp({ create: { width: edge, height: edge, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  t.true(bomb.length < 1_000_000);
  t.deepEqual(await made.prepare(bomb), { outcome: 'refused', fault: 'media-too-many-pixels' });
});

test('a picture that needs more memory or time than there is ends its own process, and the next one gets another', async (t) => {
  const large = await gradient(6_000, 6_000).png().toBuffer();
  const small = await gradient(64, 64).png().toBuffer();
  for (const options of [{ memoryBytesMax: 16 * 2 ** 20 }, { deadlineMs: 1 }]) {
    await using made = await given({ ...options, processesMax: 1 });
    const refused = await made.prepare(large);
    t.true(refused.outcome === 'refused' && ['media-too-costly', 'media-damaged'].includes(refused.fault));
  }
  await using made = await given({ processesMax: 1 });
  await made.prepare('GIF89a …');
  t.is((await made.prepare(small)).outcome, 'prepared');
});

test('more pictures than processes wait for each other', async (t) => {
  await using made = await given({ processesMax: 2 });
  await writeFile(made.source, await gradient(200, 100).png().toBuffer());
  const all = await Promise.all(Array.from({ length: 6 }, () => made.pictures.prepare({ source: made.source, folder: made.folder })));
  t.true(all.every(({ outcome }) => outcome === 'prepared'));
});

async function videoIn(folder: string): Promise<Uint8Array> {
  const file = join(folder, 'made.mp4');
  const input = ['-f', 'lavfi', '-i', 'testsrc=duration=2:size=640x360:rate=10'];
  await run('ffmpeg', ['-v', 'error', '-y', ...input, '-metadata', 'title=At +48.8577+002.295/', '-pix_fmt', 'yuv420p', file]);
  return readFile(file);
}

const withFfmpeg = testWith('ffmpeg');

withFfmpeg('a video is kept without its metadata, and has a poster and a duration', async (t) => {
  await using made = await given();
  const video = await videoIn(made.folder);
  t.true(Buffer.from(video).includes('+48.8577'));
  const prepared = await made.prepare(video);
  t.deepEqual(sizesOf(prepared), [
    ['full', 'video/mp4', 640, 360],
    ['small', 'image/jpeg', 320, 180],
  ]);
  t.false((await readFile(fileOf(prepared, 'full'))).includes('+48.8577'));
  t.true(prepared.outcome === 'prepared' && Math.abs((prepared.durationMs ?? 0) - 2_000) < 200 && prepared.blurHash !== undefined);
  t.deepEqual(await made.prepare(video.subarray(0, 400)), { outcome: 'refused', fault: 'media-damaged' });
});

withFfmpeg('of a video no frame is decoded that is larger than a picture may be', async (t) => {
  await using made = await given();
  const file = join(made.folder, 'large.mov');
  const input = ['-f', 'lavfi', '-i', 'color=black:s=16000x8000:d=0.1:r=10'];
  await run('ffmpeg', ['-v', 'error', '-y', ...input, '-pix_fmt', 'yuv420p', '-frames:v', '1', '-c:v', 'mjpeg', file]);
  t.deepEqual(await made.prepare(await readFile(file)), { outcome: 'refused', fault: 'media-too-many-pixels' });
});

withFfmpeg('without ffmpeg a video is kept as it came, with neither poster nor duration', async (t) => {
  await using made = await given({ ffmpeg: 'off' });
  const video = await videoIn(made.folder);
  const prepared = await made.prepare(video);
  t.deepEqual(sizesOf(prepared), [['full', 'video/mp4', undefined, undefined]]);
  t.is((await stat(fileOf(prepared, 'full'))).size, video.length);
});

test('what is said to be a file is kept as it is, whatever is in it', async (t) => {
  await using made = await given();
  for (const bytes of ['%PDF-1.7 …', '<!doctype html><script>alert(1)</script>', '']) {
    const prepared = await made.prepare(bytes, { kind: 'file', type: 'application/pdf' });
    t.like(prepared, { outcome: 'prepared', kind: 'file', variants: [{ name: 'full', type: 'application/pdf' }] });
    t.is(await readFile(fileOf(prepared, 'full'), 'utf8'), bytes);
  }
});

async function soundIn(folder: string, name: string): Promise<Uint8Array> {
  const file = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=duration=2', '-metadata', 'title=At +48.8577+002.295/', file]);
  return readFile(file);
}

withFfmpeg('a recording is kept without its metadata, and has a duration, also in a container of videos', async (t) => {
  await using made = await given();
  for (const [name, type] of [
    ['made.ogg', 'audio/ogg'],
    ['made.mp3', 'audio/mpeg'],
    ['made.m4a', 'audio/mp4'],
    ['made.webm', 'audio/webm'],
    ['made.wav', 'audio/wav'],
  ] as const) {
    const sound = await soundIn(made.folder, name);
    const prepared = await made.prepare(sound, { kind: 'audio' });
    t.like(prepared, { outcome: 'prepared', kind: 'audio', variants: [{ name: 'full', type }] }, name);
    t.true(prepared.outcome === 'prepared' && Math.abs((prepared.durationMs ?? 0) - 2_000) < 300, name);
    t.false((await readFile(fileOf(prepared, 'full'))).includes('+48.8577'), name);
  }
  t.deepEqual(await made.prepare('<script>', { kind: 'audio' }), { outcome: 'refused', fault: 'media-type-refused' });
  t.like(await made.prepare((await soundIn(made.folder, 'cut.ogg')).subarray(0, 60), { kind: 'audio' }), { outcome: 'refused' });
});

withFfmpeg('without ffmpeg a recording is kept as it came', async (t) => {
  await using made = await given({ ffmpeg: 'off' });
  const sound = await soundIn(made.folder, 'made.ogg');
  const prepared = await made.prepare(sound, { kind: 'audio' });
  t.like(prepared, { kind: 'audio', variants: [{ type: 'audio/ogg' }] });
  t.is((await stat(fileOf(prepared, 'full'))).size, sound.length);
});
