/** What stands where something is read: while it comes, where it doesn't come, where there is none, and when it was read last. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../app/live.ts';
import { t } from '../text/text.ts';
import { clockText } from './format.ts';

const SKELETON_AFTER_MS = 200;

/** Shown late, so that what comes at once doesn't flicker. */
export function Skeleton() {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeletons" role="status" aria-label={t('app.loading')}>
      {isShown && [0, 1, 2].map((row) => <div class="skeleton" key={row} />)}
    </div>
  );
}

export function Failure({ text, onRetry }: { readonly text: string; readonly onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>{text}</p>
      {onRetry !== undefined && (
        <button type="button" class="quiet" onClick={onRetry}>
          {t('app.retry')}
        </button>
      )}
    </div>
  );
}

export const Nothing = ({ children }: { readonly children: ComponentChildren }) => <p class="nothing">{children}</p>;

/** A reading that fails leaves what was read before, and says since when it is old. */
export function Loaded<Value>({ of, children }: { readonly of: Live<Value>; readonly children: (value: Value) => ComponentChildren }) {
  const { value, failure, at, refresh } = of;
  if (value.value === undefined) {
    return failure.value === undefined ? <Skeleton /> : <Failure text={failure.value} onRetry={() => void refresh()} />;
  }
  return (
    <>
      {failure.value !== undefined && at.value !== undefined && (
        <Failure text={t('app.old', { time: clockText(at.value), reason: failure.value })} onRetry={() => void refresh()} />
      )}
      {children(value.value)}
    </>
  );
}

/** No live region: it would speak every few seconds. */
export const ReadAt = ({ of }: { readonly of: Live<unknown> }) => (
  <p class="read-at">{of.at.value === undefined ? '' : t('app.readAt', { time: clockText(of.at.value) })}</p>
);

/** Told by its word; the colour says it once more. */
export const Badge = ({ is, children }: { readonly is: 'good' | 'bad' | 'plain'; readonly children: ComponentChildren }) => (
  <span class={`badge badge-${is}`}>{children}</span>
);
