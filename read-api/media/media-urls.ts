/**
 * The addresses of media. They name the post and never the object. What everybody may see has an address that is the same for all, and
 * may be kept on the way; any other is made for one reader, ends soon, and is checked against the post each time it is used.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { MediaVariant, ObjectKey, VariantName } from '../../domain/media/media-facts.ts';
import type { ChannelId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { epochMs, HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';

/** The shortest time for which a signed address is good. */
export const URL_VALID_MS = HOUR_MS;
/** Ends are rounded up to these, so that a reader who pages back and forth has the picture still. */
export const ENDS_EVERY_MS = 10 * MINUTE_MS;

export const TAG_CHARACTERS = 22;

/** `preview`: the picture of the page that its first link leads to. */
export type MediaPlace = number | 'preview';
export type MediaAddress = { readonly post: PostId; readonly place: MediaPlace; readonly variant: VariantName };
/** Of all sizes alike: whoever may see the one may see the others. */
export type MessageMediaAddress = { readonly channel: ChannelId; readonly message: number; readonly place: MediaPlace };
/** `tag`: tells the picture from the one before. */
export type ChannelPictureAddress = { readonly channel: ChannelId; readonly tag: string };
type SignedAddress = MediaAddress | MessageMediaAddress | ChannelPictureAddress;
/** `until`: seconds since 1970. */
export type Signed = { readonly for: PersonId; readonly until: number; readonly signature: string };

export type MediaUrls = {
  readonly publicUrl: (of: MediaAddress) => string;
  readonly urlFor: (reader: PersonId, of: MediaAddress) => string;
  readonly messageUrlFor: (reader: PersonId, of: MessageMediaAddress) => string;
  readonly channelPictureUrlFor: (reader: PersonId, of: ChannelPictureAddress) => string;
  /** Whether the address was made by us, and is still good. */
  readonly isGood: (of: SignedAddress, signed: Signed) => boolean;
};

export function createMediaUrls(secret: Uint8Array, clock: () => Instant): MediaUrls {
  const signatureOf = (of: SignedAddress, reader: PersonId, until: number) =>
    createHmac('sha256', secret)
      .update([...namesIn(of), reader, until].join('\n'))
      .digest('base64url');
  const signed = (path: string, reader: PersonId, of: SignedAddress) => {
    const until = (Math.ceil((epochMs(clock()) + URL_VALID_MS) / ENDS_EVERY_MS) * ENDS_EVERY_MS) / SECOND_MS;
    return `${path}?for=${reader}&until=${until}&signature=${signatureOf(of, reader, until)}`;
  };
  return {
    publicUrl: pathOf,
    urlFor: (reader, of) => signed(pathOf(of), reader, of),
    messageUrlFor: (reader, of) => signed(`/v1/channels/${of.channel}/messages/${of.message}/media/${of.place}`, reader, of),
    channelPictureUrlFor: (reader, of) => signed(`/v1/channels/${of.channel}/picture/${of.tag}`, reader, of),
    isGood: (of, { for: reader, until, signature }) => {
      const [expected, given] = [Buffer.from(signatureOf(of, reader, until)), Buffer.from(signature)];
      return expected.length === given.length && timingSafeEqual(expected, given) && epochMs(clock()) <= until * SECOND_MS;
    },
  };
}

/** No two addresses have the same: those of channels have a word in front. */
const namesIn = (of: SignedAddress): readonly (string | number)[] =>
  'tag' in of ? ['picture', of.channel, of.tag] : 'post' in of ? [of.post, of.place, of.variant] : ['message', of.channel, of.message, of.place];

/** Of a profile's picture, with what tells it from the one before: so it may be kept for long. */
export const pictureUrlOf = (person: PersonId, { name, object }: Pick<MediaVariant, 'name' | 'object'>): string =>
  `/v1/people/${person}/picture/${name}?tag=${tagOf(object)}`;

/** Of the key of the bytes, which nobody learns. */
export const tagOf = (object: ObjectKey): string => createHash('sha256').update(object).digest('base64url').slice(0, TAG_CHARACTERS);

const pathOf = ({ post, place, variant }: MediaAddress): string => `/v1/posts/${post}/media/${place}/${variant}`;
