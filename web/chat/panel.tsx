/** What is looked at beside a channel; on a narrow screen in its place. Esc closes it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../text/text.ts';

type PanelProps = { readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren };

/** Where one thing is shown at a time; the same as in the styles. */
export const NARROW_PX = 900;

export function Panel({ title, onClose, children }: PanelProps) {
  const id = useId();
  // On a narrow screen it is all that there is.
  const Title = innerWidth < NARROW_PX ? 'h1' : 'h2';
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    head.current?.focus({ preventScroll: true });
    return () => opener instanceof HTMLElement && opener.isConnected && document.activeElement === document.body && opener.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    // What had the focus may be gone.
    const onKey = ({ key, defaultPrevented }: KeyboardEvent) => key === 'Escape' && !defaultPrevented && document.activeElement === document.body && onClose();
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside
      class="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header class="panel-head">
        <Title id={id} ref={head} tabIndex={-1}>
          {title}
        </Title>
        <button type="button" class="bare" aria-label={t('app.close')} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
