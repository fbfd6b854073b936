/** What stands where there is nothing to show: while it comes, where it doesn't come, and where there is none. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../text/text.ts';

const SKELETON_AFTER_MS = 200;

/** Shown late, so that what comes at once doesn't flicker. */
export function Skeleton({ rows = 3 }: { readonly rows?: number }) {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="skeletons" role="status" aria-label={t('app.loading')}>
      {isShown && Array.from({ length: rows }, (_, i) => <div class="skeleton" key={i} />)}
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

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
