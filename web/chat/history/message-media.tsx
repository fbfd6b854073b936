/** Pictures, videos, recordings and files of a message. Their room is kept before they come. */
import { useEffect } from 'preact/hooks';
import type { Message } from '../../../client/index.ts';
import { Icon } from '../../parts/icon.tsx';
import { Blur } from '../../media/blur.tsx';
import type { Media } from '../../media/label.ts';
import { MediaGrid } from '../../media/media-grid.tsx';
import { t } from '../../text/text.ts';
import { bytesText } from '../times.ts';

type MessageMediaEntry = Message['media'][number];
type MessageMediaProps = { readonly media: readonly MessageMediaEntry[]; readonly onExpired: () => void };

/** An address is asked for anew before it is good no longer. */
const EARLY_MS = 60_000;
const SECOND_MS = 1_000;

export function MessageMedia({ media, onExpired }: MessageMediaProps) {
  const first = media[0]?.url ?? '';
  useEffect(() => {
    if (first !== '' && expiryMs(first) - EARLY_MS < Date.now()) onExpired();
  }, [first]);
  const shown = media.filter(({ kind }) => kind === 'image' || kind === 'video');
  return (
    <>
      {shown.length > 0 && (first === '' ? <Coming media={shown} /> : <MediaGrid media={shown.map(asShown)} />)}
      {media.map((one, place) =>
        one.kind === 'audio' ? <Recording media={one} key={place} /> : one.kind === 'file' ? <FileLink media={one} key={place} /> : null,
      )}
    </>
  );
}

/** Until when it is good is in the address, in seconds since 1970. */
function expiryMs(url: string): number {
  const until = Number(new URL(url, location.origin).searchParams.get('until') ?? NaN);
  return Number.isNaN(until) ? Infinity : until * SECOND_MS;
}

const sizeOf = ({ width = null, height = null }: { readonly width?: number | null; readonly height?: number | null }) => ({ width, height });

function asShown(media: MessageMediaEntry): Media {
  const { kind, alt = null, blurHash = null, durationMs = null, bytes, type, url, smaller = [] } = media;
  const variant = (name: 'small' | 'medium') =>
    smaller.includes(name) ? { bytes: 0, type: 'image/webp', url: `${url}&variant=${name}`, ...sizeOf(media) } : null;
  return {
    kind: kind === 'video' ? 'video' : 'image',
    alt,
    blurHash,
    durationMs,
    full: { bytes, type, url, ...sizeOf(media) },
    small: variant('small'),
    medium: variant('medium'),
  };
}

const TILES_MAX = 4;
const RATIO_MIN = 0.75;
const RATIO_MAX = 2.5;

/** The same room, while it isn't known yet where they are. */
function Coming({ media }: { readonly media: readonly MessageMediaEntry[] }) {
  const tiles = media.slice(0, TILES_MAX);
  return (
    <div class={`media media-${tiles.length}`}>
      {tiles.map(({ width = 1, height = 1, blurHash }, n) => (
        <span class="media-tile" key={n} style={tiles.length === 1 ? { aspectRatio: String(Math.min(RATIO_MAX, Math.max(RATIO_MIN, width / height))) } : {}}>
          {blurHash !== undefined && <Blur hash={blurHash} />}
        </span>
      ))}
    </div>
  );
}

function Recording({ media: { name, url } }: { readonly media: MessageMediaEntry }) {
  const title = name ?? t('chat.voice');
  return (
    <figure class="recording">
      <figcaption dir="auto">{title}</figcaption>
      <audio {...(url === '' ? {} : { src: url })} controls preload="none" aria-label={title} />
    </figure>
  );
}

function FileLink({ media: { name, url, bytes } }: { readonly media: MessageMediaEntry }) {
  const words = (
    <>
      <Icon name="download" />
      <span class="file-name" dir="auto">
        {name ?? t('chat.file')}
      </span>
      <span class="hint">{bytesText(bytes)}</span>
    </>
  );
  return url === '' ? (
    <span class="file">{words}</span>
  ) : (
    <a class="file" href={url} download={name ?? ''} target="_blank" rel="noopener">
      {words}
    </a>
  );
}
