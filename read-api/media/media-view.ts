/** Pictures and videos as a client gets them. */
import { z } from 'zod';
import type { MediaVariant, PostMedia, VariantName } from '../../domain/media/media-facts.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { PostDocument } from '../../projections/read-models/posts.ts';
import type { ChannelDocument } from '../../projections/read-models/chat/channels.ts';
import type { ProfileDocument } from '../../projections/read-models/profile.ts';
import { pictureUrlOf, tagOf, type MediaPlace, type MediaUrls } from './media-urls.ts';

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

export const previewSchema = z
  .object({
    url: z.string().meta({ description: 'The link, as it is in `entities`.', examples: ['https://example.com/rain'] }),
    title: z.string().meta({ examples: ['Rain until Friday'] }),
    description: z.string().nullable(),
    site: z
      .string()
      .nullable()
      .meta({ description: 'The name of where the page is.', examples: ['Weather'] }),
    image: mediaSchema.nullable(),
  })
  .meta({ id: 'LinkPreview', description: 'What the first link of the text leads to, in that page’s own words: show it as text.' });

type PreviewView = z.infer<typeof previewSchema>;

/** Whether anybody may have the post’s pictures, without saying who they are. */
export const isForEverybody = ({ visibility, hidden }: Pick<PostDocument, 'visibility' | 'hidden'>): boolean => visibility === 'public' && hidden === null;

/** Of a post that the reader may read. */
export const presentMedia = (urls: MediaUrls, reader: PersonId, document: PostDocument): readonly MediaView[] =>
  (document.media ?? []).flatMap((one, place) => viewOf(one, addressesIn(urls, reader, document, place)) ?? []);

/** What the first link of a post leads to, that the reader may read. Without `urls` no picture is shown. */
export function presentPreview(urls: MediaUrls | undefined, reader: PersonId, document: PostDocument): PreviewView | undefined {
  if (document.preview === null) return undefined;
  const { url, title, description, site, image } = document.preview;
  const picture = image === undefined || urls === undefined ? undefined : viewOf(image, addressesIn(urls, reader, document, 'preview'));
  return { url, title, description: description ?? null, site: site ?? null, image: picture ?? null };
}

function addressesIn(urls: MediaUrls, reader: PersonId, document: PostDocument, place: MediaPlace): (variant: MediaVariant) => string {
  const isPublic = isForEverybody(document);
  return ({ name: variant }) => {
    const address = { post: document.post, place, variant };
    return isPublic ? urls.publicUrl(address) : urls.urlFor(reader, address);
  };
}

/** Of a profile that the reader may see. */
export function presentPicture({ person, picture }: Pick<ProfileDocument, 'person' | 'picture'>): MediaView | null {
  if (picture === null) return null;
  return viewOf(picture, (variant) => pictureUrlOf(person, variant)) ?? null;
}

/** Of a channel that the reader is a member of. */
export function presentChannelPicture(urls: MediaUrls, reader: PersonId, { channel, picture }: Pick<ChannelDocument, 'channel' | 'picture'>): MediaView | null {
  if (picture === null) return null;
  const urlOf = ({ name, object }: MediaVariant) => `${urls.channelPictureUrlFor(reader, { channel, tag: tagOf(object) })}&variant=${name}`;
  return viewOf(picture, urlOf) ?? null;
}

function viewOf({ kind, alt, blurHash, durationMs, variants }: PostMedia, urlOf: (variant: MediaVariant) => string): MediaView | undefined {
  if (kind !== 'image' && kind !== 'video') return undefined; // only messages show these
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
