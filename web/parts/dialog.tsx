/** Asks or shows something over the page. Esc and a click beside it close it; the focus goes back to where it was. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../text/text.ts';
import { Icon } from './icon.tsx';

type DialogProps = { readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren };

export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    // Where something is asked, one answers at once; else the way out has the focus.
    dialog.current?.querySelector<HTMLElement>('input:not([hidden]), textarea, select')?.focus();
    return () => opener instanceof HTMLElement && opener.isConnected && opener.focus({ preventScroll: true });
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby={id} onClose={onClose} onClick={({ target }) => target === dialog.current && dialog.current?.close()}>
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="bare" aria-label={t('app.close')} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
