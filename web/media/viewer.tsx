/** Pictures and videos in full, one at a time: arrow keys go through them, Esc goes back to the page. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../text/text.ts';
import { Blur } from './blur.tsx';
import { labelOf, type Media } from './label.ts';

type ViewerProps = { readonly media: readonly Media[]; readonly first: number; readonly onClose: () => void };

export function Viewer({ media, first, onClose }: ViewerProps) {
  const [at, go] = useState(first);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => opener instanceof HTMLElement && opener.isConnected && opener.focus({ preventScroll: true });
  }, []);
  const shown = media[at];
  const step = (by: number) => go(Math.min(media.length - 1, Math.max(0, at + by)));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLVideoElement || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    step(event.key === 'ArrowLeft' ? -1 : 1);
  };
  if (shown === undefined) return null;
  const label = labelOf(shown, { number: at + 1, count: media.length });
  return (
    <dialog ref={dialog} class="viewer" aria-label={t('media.viewer')} onClose={onClose} onKeyDown={onKeyDown}>
      <Full media={shown} label={label} key={shown.full.url} onBeside={() => dialog.current?.close()} />
      <p class="viewer-caption" role="status">
        {media.length > 1 && <span class="viewer-place">{t('media.place', { number: at + 1, count: media.length })}</span>}
        {shown.alt !== null && <span dir="auto">{shown.alt}</span>}
      </p>
      <button type="button" class="viewer-button viewer-close" aria-label={t('app.close')} onClick={() => dialog.current?.close()}>
        <Icon name="close" />
      </button>
      {media.length > 1 && (
        <>
          <button type="button" class="viewer-button viewer-previous" aria-label={t('media.previous')} aria-disabled={at === 0} onClick={() => step(-1)}>
            <Icon name="previous" />
          </button>
          <button type="button" class="viewer-button viewer-next" aria-label={t('media.next')} aria-disabled={at === media.length - 1} onClick={() => step(1)}>
            <Icon name="next" />
          </button>
        </>
      )}
    </dialog>
  );
}

type FullProps = { readonly media: Media; readonly label: string; readonly onBeside: () => void };

function Full({ media: { kind, full, small, blurHash }, label, onBeside }: FullProps) {
  const [isLost, lose] = useState(false);
  const onClick = ({ target, currentTarget }: { readonly target: EventTarget | null; readonly currentTarget: EventTarget }) =>
    target === currentTarget && onBeside();
  const size = { ...(full.width === null ? {} : { width: full.width }), ...(full.height === null ? {} : { height: full.height }) };
  return (
    <div class="viewer-stage" onClick={onClick}>
      {isLost && <p role="alert">{t('media.lost')}</p>}
      {!isLost && kind === 'video' && (
        <video src={full.url} {...size} {...(small === null ? {} : { poster: small.url })} controls autoplay aria-label={label} onError={() => lose(true)} />
      )}
      {!isLost && kind === 'image' && (
        <span class="viewer-picture">
          {blurHash !== null && <Blur hash={blurHash} />}
          <img src={full.url} alt={label} {...size} onError={() => lose(true)} />
        </span>
      )}
    </div>
  );
}
