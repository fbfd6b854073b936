/** Makes of a file that somebody sent what may be shown: pictures without metadata in several sizes, a video's poster and duration; a file as it is. */
import type { MediaFault, MediaKind, MediaPurpose, VariantName } from '../../domain/media/media-facts.ts';
import { Outage } from '../outage.ts';

/** The machine can't prepare anything for now: no process can be started, or there is no room for files. It says nothing about the file. */
export class PreparationUnavailable extends Outage {
  override readonly name = 'PreparationUnavailable';
}

/** The longest edge that is kept of each, in pixels. */
export const EDGE_MAX_PIXELS: Readonly<Record<VariantName, number>> = { full: 2_560, medium: 960, small: 320 };
/** Of a picture, width by height, all frames of an animation together: what needs more memory than it is worth is a bomb or a mistake. */
export const PICTURE_PIXELS_MAX = 64_000_000;

/** A file in the folder that was named. `width` and `height` in pixels, `type` a MIME type. */
export type PreparedVariant = {
  readonly name: VariantName;
  readonly file: string;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
};

export type Prepared =
  | {
      readonly outcome: 'prepared';
      readonly kind: MediaKind;
      readonly variants: readonly PreparedVariant[];
      readonly blurHash?: string;
      readonly durationMs?: number;
    }
  | { readonly outcome: 'refused'; readonly fault: MediaFault };

/**
 * - What a picture or a video is, its first bytes say, and nothing else. Of pictures JPEG, PNG, WebP, GIF and AVIF are read, of videos MP4,
 *   QuickTime and WebM.
 * - What is said to be a recording is one by its first bytes as well (Ogg, MP3, MP4, WebM, WAV, FLAC, AAC). What is said to be a file is
 *   kept as it is, whatever is in it: nobody reads it here.
 * - A picture is decoded in a process of its own, whose memory and time are limited; one that exceeds them is refused as
 *   `media-too-costly`, and ends nothing but that process.
 * - Nothing of a picture's metadata is kept: neither place nor camera nor colour profile; its orientation is applied.
 */
export type Pictures = AsyncDisposable & {
  /** Writes what it makes into `folder`, which the caller removes. Throws `PreparationUnavailable`. */
  prepare(file: { readonly source: string; readonly folder: string; readonly purpose?: MediaPurpose }): Promise<Prepared>;
};
