/** Answers the bytes of a picture or a video, whole or in part. */
import { z } from 'zod';
import { placeOf } from '../../domain/media/object-place.ts';
import type { MediaVariant, PostMedia } from '../../domain/media/media-facts.ts';
import { noContent } from '../../edge/http/routes.ts';
import { MediaUnavailable, type MediaStore } from '../../ports/media/port.ts';
import { rangeIn } from './byte-range.ts';
import { tagOf } from './media-urls.ts';

/** Whatever is in it, it is shown alone: it runs nothing, and is part of no page of ours. */
const POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

export const mediaConditions = z.strictObject({
  range: z
    .string()
    .max(100)
    .optional()
    .meta({ description: 'Which bytes of it (RFC 9110); one range.', examples: ['bytes=0-1023'] }),
  'if-none-match': z.string().max(1_000).optional().meta({ description: 'The `ETag` of what you have: where it is the same, the answer is 304.' }),
});

const bytesSchema = z.string().meta({ description: 'The bytes, of the type that the post or the profile says.', format: 'binary' });

/** What a route of bytes has in common with every other. */
export const ofBytes = {
  headers: mediaConditions,
  example: { response: 'the bytes' },
  responses: { 200: bytesSchema, 206: bytesSchema, 304: noContent, 416: noContent },
  responseDescriptions: { 206: 'The range that was asked for.', 304: 'You have it still.', 416: 'The range begins behind the end.' },
  produces: 'application/octet-stream',
  responseHeaders: z.object({
    'Content-Range': z.string().optional(),
    'Accept-Ranges': z.string().optional(),
    ETag: z.string().optional(),
    'Content-Disposition': z.string().optional().meta({ description: 'A video, a recording or a file is kept as it was sent, and offered to be saved.' }),
  }),
} as const;

/** `name`: of a file, by which it is saved. */
type Kept = Pick<PostMedia, 'kind'> & { readonly name?: string };
type Shown = { readonly of: Kept; readonly variant: MediaVariant; readonly cacheControl: string };
type Conditions = z.output<typeof mediaConditions>;

/** Throws `MediaUnavailable`, also where the store has lost it. */
export async function answerMedia(store: Pick<MediaStore, 'read'>, { of, variant, cacheControl }: Shown, conditions: Conditions) {
  const told = headersOf(of, variant, cacheControl);
  if (conditions['if-none-match']?.includes(told.ETag) === true) return { status: 304 as const, headers: told };
  const range = rangeIn(conditions.range, variant.bytes);
  if (range.asked === 'unsatisfiable') return { status: 416 as const, headers: { ...told, 'Content-Range': `bytes */${variant.bytes}` } };
  const found = await store.read(placeOf(variant.object), range.asked === 'range' ? range : undefined);
  if (found === undefined) throw new MediaUnavailable('The store has nothing under the key of media that is shown.');
  return range.asked === 'range'
    ? {
        status: 206 as const,
        headers: { ...told, ...lengthOf(range), 'Content-Range': `bytes ${range.from}-${range.to}/${variant.bytes}` },
        bytes: found.stream,
      }
    : { status: 200 as const, headers: { ...told, 'Content-Length': String(variant.bytes) }, bytes: found.stream };
}

function headersOf({ kind, name: fileName }: Kept, { object, type, name }: MediaVariant, cacheControl: string) {
  const isAsItCame = kind !== 'image' && name === 'full';
  return {
    // What a file is, only its sender says.
    'Content-Type': kind === 'file' ? 'application/octet-stream' : type,
    'Accept-Ranges': 'bytes',
    'Cache-Control': cacheControl,
    'Content-Security-Policy': POLICY,
    ETag: `"${tagOf(object)}"`,
    ...(isAsItCame && { 'Content-Disposition': fileName === undefined ? 'attachment' : `attachment; filename*=UTF-8''${encoded(fileName)}` }),
  };
}

/** RFC 8187. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const lengthOf = ({ from, to }: { readonly from: number; readonly to: number }) => ({ 'Content-Length': String(to - from + 1) });
