/** Pictures by sharp in processes of their own, videos and recordings by ffmpeg where the machine has it. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileTypeFromFile } from 'file-type';
import type { MediaFault, MediaKind } from '../../domain/media/media-facts.ts';
import { startPicturePool, type PicturePool, type PicturePoolOptions } from './picture-pool.ts';
import { PreparationUnavailable, type Pictures, type Prepared } from './port.ts';
import { AUDIO_TYPES, readAudio } from './audio.ts';
import { hasFfmpeg, readVideo } from './video.ts';

export type PicturesOptions = PicturePoolOptions & {
  /** `off`: as on a machine that has none; then videos are kept as they came, metadata included, and have neither poster nor duration. */
  readonly ffmpeg?: 'where-it-is' | 'off';
};

const PICTURES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/apng', 'image/webp', 'image/gif', 'image/avif']);
const HEIC: ReadonlySet<string> = new Set(['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence']);
/** By MIME type, with the ending by which ffmpeg knows the container. */
const VIDEOS: ReadonlyMap<string, string> = new Map([
  ['video/mp4', 'mp4'],
  ['video/x-m4v', 'mp4'],
  ['video/quicktime', 'mov'],
  ['video/webm', 'webm'],
]);

/** Nothing is started before the first file. */
export function startPictures({ ffmpeg = 'where-it-is', ...options }: PicturesOptions): Pictures {
  const pool = startPicturePool(options);
  let found: Promise<boolean> | undefined;
  const readsVideos = async () => ffmpeg === 'where-it-is' && (await (found ??= hasFfmpeg()));
  return {
    prepare: async ({ source, folder, purpose }) => {
      if (purpose?.kind === 'file') return asItCame('file', { source, folder, type: purpose.type });
      const { mime = '' } = (await orUnavailable(() => fileTypeFromFile(source))) ?? {};
      if (purpose?.kind === 'audio') return prepareAudio({ source, folder, mime }, { ...options, readsIt: readsVideos });
      if (PICTURES.has(mime)) return preparePicture(pool, source, folder);
      const extension = VIDEOS.get(mime);
      if (extension === undefined) return refused(HEIC.has(mime) ? 'media-heic' : 'media-type-refused');
      const type = mime === 'video/x-m4v' ? 'video/mp4' : mime;
      if (await readsVideos()) return prepareVideo(pool, { source, folder, extension, type }, options);
      return asItCame('video', { source, folder, type });
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

type Sent = { readonly source: string; readonly folder: string };

async function asItCame(kind: MediaKind, { source, folder, type }: Sent & { readonly type: string }): Promise<Prepared> {
  const file = join(folder, 'full');
  await orUnavailable(() => copyFile(source, file));
  return { outcome: 'prepared', kind, variants: [{ name: 'full', file, type }] };
}

async function prepareAudio(
  { mime, ...sent }: Sent & { readonly mime: string },
  { readsIt, deadlineMs }: Pick<PicturesOptions, 'deadlineMs'> & { readonly readsIt: () => Promise<boolean> },
): Promise<Prepared> {
  const known = AUDIO_TYPES.get(mime);
  if (known === undefined) return refused('media-type-refused');
  const { type, extension } = known;
  if (!(await readsIt())) return asItCame('audio', { ...sent, type });
  const read = await readAudio({ ...sent, extension }, { deadlineMs });
  if (read.outcome === 'refused') return read;
  const { file, durationMs } = read;
  return { outcome: 'prepared', kind: 'audio', variants: [{ name: 'full', file, type }], ...(durationMs !== undefined && { durationMs }) };
}

async function preparePicture(pool: PicturePool, source: string, folder: string): Promise<Prepared> {
  const made = await pool.make({ source, folder, names: ['full', 'medium', 'small'] });
  return made.outcome === 'refused' ? made : { outcome: 'prepared', kind: 'image', variants: made.variants, blurHash: made.blurHash };
}

type Video = { readonly source: string; readonly folder: string; readonly extension: string; readonly type: string };

async function prepareVideo(pool: PicturePool, { type, ...video }: Video, options: PicturesOptions): Promise<Prepared> {
  const read = await readVideo(video, options);
  if (read.outcome === 'refused') return read;
  const { file, poster, durationMs, width, height } = read;
  const size = width !== undefined && height !== undefined ? { width, height } : {};
  const made = poster === undefined ? undefined : await pool.make({ source: poster, folder: video.folder, names: ['medium', 'small'] });
  const shown = made?.outcome === 'made' ? made : { variants: [] };
  return {
    outcome: 'prepared',
    kind: 'video',
    variants: [{ name: 'full', file, type, ...size }, ...shown.variants],
    ...('blurHash' in shown && { blurHash: shown.blurHash }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

const refused = (fault: MediaFault): Prepared => ({ outcome: 'refused', fault });

async function orUnavailable<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    throw new PreparationUnavailable('The file can’t be read or copied.', { cause: error });
  }
}
