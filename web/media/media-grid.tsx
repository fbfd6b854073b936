/** The pictures and videos of a post, in places whose sizes are known before they are there. */
import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Blur } from './blur.tsx';
import { labelOf, type Media } from './label.ts';

const Viewer = lazy(async () => (await import('./viewer.tsx')).Viewer);

const TILES_MAX = 4;
/** A picture alone has its own form, within these. */
const RATIO_MIN = 0.75;
const RATIO_MAX = 2.5;
const SECOND_MS = 1_000;

type GridProps = {
  readonly media: readonly Media[];
  /** An address has ended: what has it is to be read anew. */
  readonly onExpired?: () => void;
};

export function MediaGrid({ media, onExpired }: GridProps) {
  const [opened, open] = useState<number | undefined>(undefined);
  const tiles = media.slice(0, TILES_MAX);
  return (
    <>
      <div class={`media media-${tiles.length}`}>
        {tiles.map((one, i) => (
          <button
            type="button"
            key={one.full.url}
            class="media-tile"
            style={tiles.length === 1 ? { aspectRatio: String(ratioOf(one)) } : {}}
            onClick={() => open(i)}
          >
            <span class="unseen">{labelOf(one, { number: i + 1, count: media.length })}</span>
            <Tile media={one} isAlone={tiles.length === 1} onExpired={onExpired} />
            {i === TILES_MAX - 1 && media.length > TILES_MAX && <span class="media-rest">+{media.length - TILES_MAX}</span>}
          </button>
        ))}
      </div>
      {opened !== undefined && <Viewer media={media} first={opened} onClose={() => open(undefined)} />}
    </>
  );
}

type TileProps = { readonly onExpired: GridProps['onExpired'] | undefined; readonly media: Media; readonly isAlone: boolean };

function Tile({ media: { kind, blurHash, small, medium, full, durationMs }, isAlone, onExpired }: TileProps) {
  const [isLost, lose] = useState(false);
  const fail = (url: string) => {
    lose(true);
    if (hasEnded(url)) onExpired?.();
  };
  const shown = kind === 'video' ? small : isAlone ? (medium ?? full) : (small ?? full);
  return (
    <>
      {blurHash !== null && <Blur hash={blurHash} />}
      {shown !== null && !isLost && <img src={shown.url} alt="" loading="lazy" decoding="async" onError={() => fail(shown.url)} />}
      {kind === 'video' && (
        <span class="media-play">
          <Icon name="play" filled />
        </span>
      )}
      {durationMs !== null && <span class="media-length">{lengthText(durationMs)}</span>}
    </>
  );
}

/** Addresses that are made for one person say until when they are good, in seconds. */
function hasEnded(url: string): boolean {
  const until = Number(new URL(url, location.origin).searchParams.get('until') ?? Number.NaN);
  return until * SECOND_MS < Date.now();
}

function ratioOf({ small, full }: Media): number {
  const { width, height } = full.width === null && small !== null ? small : full;
  return width === null || height === null || height === 0 ? 1 : Math.min(RATIO_MAX, Math.max(RATIO_MIN, width / height));
}

function lengthText(durationMs: number): string {
  const seconds = Math.round(durationMs / SECOND_MS);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
