/** Pictures and videos as a client gets them. */
import { z } from 'zod';
import type { MediaVariant, PostMedia, VariantName } from '../../domain/media/media-facts.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ProfileDocument } from '../../projections/read-models/profile.ts';
import { pictureUrlOf, type MediaUrls } from './media-urls.ts';

const pixels = z.int().nullable();
const variantSchema = z
  .object({
    url: z.string().meta({ description: 'Below the address of the read API. It needs no token; one that has a signature is yours, and good for an hour.' }),
    type: z.string().meta({ examples: ['image/jpeg'] }),
    bytes: z.int(),
    width: pixels,
    height: pixels,
  })
  .meta({ id: 'MediaVariant' });

export const mediaSchema = z
  .object({
    kind: z.enum(['image', 'video']),
    alt: z.string().nullable().meta({ description: 'What is to be seen, in words.' }),
    blurHash: z.string().nullable().meta({ description: 'Stands in for the picture until it is there (blurha.sh).' }),
    durationMs: z.int().nullable().meta({ description: 'Of a video.' }),
    full: variantSchema,
    medium: variantSchema.nullable().meta({ description: 'A picture of at most 960 pixels; null where `full` is no larger.' }),
    small: variantSchema.nullable().meta({ description: 'A picture of at most 320 pixels; of a video its poster.' }),
  })
  .meta({ id: 'Media' });

export type MediaView = z.infer<typeof mediaSchema>;

/** Whether anybody may have the post’s pictures, without saying who they are. */
export const isForEverybody = ({ visibility, hidden }: Pick<PostDocument, 'visibility' | 'hidden'>): boolean => visibility === 'public' && hidden === null;

/** Of a post that the reader may read. */
export function presentMedia(urls: MediaUrls, reader: PersonId, document: PostDocument): readonly MediaView[] {
  const isPublic = isForEverybody(document);
  return (document.media ?? []).flatMap((one, place) => {
    const urlOf = ({ name: variant }: MediaVariant) => {
      const address = { post: document.post, place, variant };
      return isPublic ? urls.publicUrl(address) : urls.urlFor(reader, address);
    };
    const view = viewOf(one, urlOf);
    return view === undefined ? [] : [view];
  });
}

/** Of a profile that the reader may see. */
export function presentPicture({ person, picture }: Pick<ProfileDocument, 'person' | 'picture'>): MediaView | null {
  if (picture === null) return null;
  return viewOf(picture, (variant) => pictureUrlOf(person, variant)) ?? null;
}

function viewOf({ kind, alt, blurHash, durationMs, variants }: PostMedia, urlOf: (variant: MediaVariant) => string): MediaView | undefined {
  const shown = (name: VariantName) => {
    const found = variants.find((variant) => variant.name === name);
    return found === undefined ? null : variantOf(found, urlOf(found));
  };
  const full = shown('full');
  return full === null
    ? undefined
    : { kind, alt, blurHash: blurHash ?? null, durationMs: durationMs ?? null, full, medium: shown('medium'), small: shown('small') };
}

const variantOf = ({ type, bytes, width, height }: MediaVariant, url: string) => ({ url, type, bytes, width: width ?? null, height: height ?? null });
