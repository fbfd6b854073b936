/** What is known of a picture, a video, a recording or a file once it is ready. None of it ever changes. */
import type { MediaId } from '../shared/ids.ts';

/** Names the bytes in the store of media: a keyed hash of them and of what they belong to. It tells nothing, and clients never see it. */
export type ObjectKey = string & { readonly kind: 'object' };

/**
 * `full` is the whole of it: a picture within the longest edge that is kept, a video as it was sent. The smaller ones are pictures;
 * those of a video are of its poster. Nothing is made larger than it is, so a small picture has no `medium`. A recording or a file is
 * kept as it was sent.
 */
export const VARIANTS = ['full', 'medium', 'small'] as const;
export type VariantName = (typeof VARIANTS)[number];

/** `width` and `height` in pixels; absent where nobody could tell (a video, on a machine without ffmpeg). `type` is a MIME type. */
export type MediaVariant = {
  readonly name: VariantName;
  readonly object: ObjectKey;
  readonly type: string;
  readonly bytes: number;
  readonly width?: number;
  readonly height?: number;
};

/** Posts and profiles show pictures and videos; messages also recordings (`audio`) and whatever else somebody sends as a `file`. */
export type MediaKind = 'image' | 'video' | 'audio' | 'file';

/** What an upload is said to be; where nothing is said, it is a picture or a video, whichever its bytes are. `type`: a MIME type, as its sender tells it. */
export type MediaPurpose = { readonly kind: 'audio' } | { readonly kind: 'file'; readonly type: string };

/** `blurHash` stands in for the picture until it is there. */
export type MediaFacts = {
  readonly kind: MediaKind;
  readonly variants: readonly MediaVariant[];
  readonly blurHash?: string;
  readonly durationMs?: number;
};

/** As an event that refers to media keeps it: with its facts, so that who reads the post needs nothing else. */
export type PostMedia = MediaFacts & { readonly media: MediaId; readonly alt: string | null };

/** Why nothing can be made of an upload; each is a code of the catalogue of refusals. */
export const MEDIA_FAULTS = ['media-type-refused', 'media-heic', 'media-damaged', 'media-too-many-pixels', 'media-too-costly'] as const;
export type MediaFault = (typeof MEDIA_FAULTS)[number];
