/** Pictures and files of a message as its readers are told of them. Their bytes have an address of their own, by the message and the place. */
import type { MediaKind, MediaVariant, VariantName } from '../../media/media-facts.ts';
import type { MessageMedia } from './message-media.ts';

/** `name`, `type`, `bytes`, `width` and `height` are those of the whole; `smaller` names the smaller pictures of it that there are. */
export type EntryMedia = {
  readonly kind: MediaKind;
  readonly type: string;
  readonly bytes: number;
  readonly name?: string;
  readonly alt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly durationMs?: number;
  readonly blurHash?: string;
  readonly smaller?: readonly Exclude<VariantName, 'full'>[];
};

export function entryMediaOf({ kind, variants, name, alt, durationMs, blurHash }: MessageMedia): EntryMedia {
  const full = variants.find((variant) => variant.name === 'full');
  const smaller = variants.map((variant) => variant.name).filter((variant) => variant !== 'full');
  return {
    kind,
    ...wholeOf(full),
    ...(name !== undefined && { name }),
    ...(alt !== null && { alt }),
    ...(durationMs !== undefined && { durationMs }),
    ...(blurHash !== undefined && { blurHash }),
    ...(smaller.length > 0 && { smaller }),
  };
}

const wholeOf = (full: MediaVariant | undefined): Pick<EntryMedia, 'type' | 'bytes' | 'width' | 'height'> => ({
  type: full?.type ?? 'application/octet-stream',
  bytes: full?.bytes ?? 0,
  ...(full?.width !== undefined && full.height !== undefined && { width: full.width, height: full.height }),
});
