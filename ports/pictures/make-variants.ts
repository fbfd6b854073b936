/** Decodes a picture once, and makes of it the sizes that are kept. It runs in a process of its own (`picture-process.ts`). */
import { join } from 'node:path';
import { encode } from 'blurhash';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { MediaFault, VariantName } from '../../domain/media/media-facts.ts';
import { EDGE_MAX_PIXELS, PICTURE_PIXELS_MAX, type PreparedVariant } from './port.ts';

export type PictureMade =
  | { readonly outcome: 'made'; readonly variants: readonly PreparedVariant[]; readonly blurHash: string }
  | { readonly outcome: 'refused'; readonly fault: MediaFault };

const JPEG = { quality: 82, mozjpeg: false } as const;
const WEBP = { quality: 82, effort: 3 } as const;
/** What a blur hash is computed from, and its components (blurha.sh). */
const HASHED_EDGE_PIXELS = 32;
const HASH_COMPONENTS = [4, 3] as const;

/** A process works on one picture at a time, on one core, and keeps none of it. */
export function limitSharp(): void {
  sharp.cache(false);
  sharp.concurrency(1);
}

/** `names`: those to make; a video's poster has no `full`. */
export async function makeVariants(source: string, folder: string, names: readonly VariantName[]): Promise<PictureMade> {
  let metadata: Metadata;
  try {
    metadata = await sharp(source, { limitInputPixels: false, animated: true }).metadata();
  } catch {
    return { outcome: 'refused', fault: 'media-damaged' };
  }
  const { width, height, pages = 1, pageHeight = height } = metadata;
  if (width * pageHeight * pages > PICTURE_PIXELS_MAX) return { outcome: 'refused', fault: 'media-too-many-pixels' };
  try {
    const variants = await (pages > 1 ? makeAnimated : makeStill)(source, folder, { names, hasAlpha: metadata.hasAlpha });
    return { outcome: 'made', ...variants };
  } catch (error) {
    return { outcome: 'refused', fault: OUT_OF_MEMORY.test(String(error)) ? 'media-too-costly' : 'media-damaged' };
  }
}

/** As libvips and the decoders below it say it; where none of them could, the process has ended. */
const OUT_OF_MEMORY = /memory|alloc/i;

type Wanted = { readonly names: readonly VariantName[]; readonly hasAlpha: boolean };
type Pixels = { readonly data: Buffer; readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 } };

async function makeStill(source: string, folder: string, { names, hasAlpha }: Wanted) {
  const largest = names.reduce((edge, name) => Math.max(edge, EDGE_MAX_PIXELS[name]), 0);
  const pixels = await fit(open(source), largest).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { variants: await writeSizes(pixels, folder, { names, hasAlpha }), blurHash: await hashOf(pixels) };
}

/** `full` moves; the small ones are its first frame. */
async function makeAnimated(source: string, folder: string, { names, hasAlpha }: Wanted) {
  const first = await fit(open(source), EDGE_MAX_PIXELS.full).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const variants = await writeSizes(first, folder, { names: names.filter((name) => name !== 'full'), hasAlpha });
  const blurHash = await hashOf(first);
  if (!names.includes('full')) return { variants, blurHash };
  const file = join(folder, 'full');
  const made = await fit(sharp(source, { ...LIMITED, animated: true }), EDGE_MAX_PIXELS.medium)
    .webp(WEBP)
    .toFile(file);
  const { width, height, pageHeight = height } = { ...made, pageHeight: made.pageHeight ?? made.height };
  return { variants: [{ name: 'full', file, type: 'image/webp', width, height: pageHeight } as const, ...variants], blurHash };
}

const LIMITED = { limitInputPixels: PICTURE_PIXELS_MAX, failOn: 'error', sequentialRead: true } as const;

const open = (source: string): Sharp => sharp(source, LIMITED).autoOrient();

const fit = (picture: Sharp, edge: number): Sharp => picture.resize({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true });

/** A size that would be no smaller than the next larger one is left out. */
async function writeSizes({ data, info }: Pixels, folder: string, { names, hasAlpha }: Wanted): Promise<readonly PreparedVariant[]> {
  const longest = Math.max(info.width, info.height);
  const wanted = names.filter((name) => name === 'full' || name === 'small' || EDGE_MAX_PIXELS[name] < longest);
  return Promise.all(
    wanted.map(async (name) => {
      const file = join(folder, name);
      const sized = fit(sharp(data, { raw: info }), EDGE_MAX_PIXELS[name]);
      const { width, height } = await (hasAlpha ? sized.webp(WEBP) : sized.jpeg(JPEG)).toFile(file);
      return { name, file, type: hasAlpha ? 'image/webp' : 'image/jpeg', width, height };
    }),
  );
}

async function hashOf({ data, info }: Pixels): Promise<string> {
  const small = await fit(sharp(data, { raw: info }), HASHED_EDGE_PIXELS)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return encode(new Uint8ClampedArray(small.data), small.info.width, small.info.height, ...HASH_COMPONENTS);
}
