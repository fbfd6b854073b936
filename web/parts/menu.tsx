/** A button that opens a few things to do. Arrow keys go through them, Esc goes back to the button. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

export type MenuItem = { readonly text: string; readonly onChoose: () => void; readonly isWarning?: boolean; readonly isChecked?: boolean };
type MenuProps = { readonly label: string; readonly class?: string; readonly items: () => readonly MenuItem[]; readonly children: ComponentChildren };

const EDGE_PX = 8;

/** Above everything, so that nothing that scrolls cuts it off or grows by it; below the button, or above it where there is more room. */
function showBeside(list: HTMLElement, button: HTMLElement): void {
  list.showPopover();
  const at = button.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  const top = at.bottom + height <= innerHeight ? at.bottom : at.top - height;
  list.style.top = `${Math.max(EDGE_PX, Math.min(top, innerHeight - height - EDGE_PX))}px`;
  list.style.left = `${Math.max(EDGE_PX, Math.min(at.left, clientWidth - width - EDGE_PX))}px`;
}

export function Menu({ label, class: className = 'action', items, children }: MenuProps) {
  const [isOpen, open] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    open(false);
    button.current?.focus({ preventScroll: true });
  };
  useEffect(() => {
    if (!isOpen) return;
    const list = root.current?.querySelector<HTMLElement>('[role=menu]');
    if (list !== null && list !== undefined && button.current !== null) showBeside(list, button.current);
    list?.querySelector<HTMLElement>('[role^=menuitem]')?.focus({ preventScroll: true });
    const onPointer = ({ target }: PointerEvent) => target instanceof Node && root.current?.contains(target) === false && open(false);
    addEventListener('pointerdown', onPointer);
    return () => removeEventListener('pointerdown', onPointer);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return;
    if (event.key === 'Tab') return open(false);
    const entries = [...(root.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key !== 'Escape' && to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) close();
    else entries.at(to % entries.length)?.focus();
  };
  return (
    <span class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': id } : {})}
        onClick={() => open(!isOpen)}
      >
        {children}
      </button>
      {isOpen && (
        <span role="menu" id={id} class="menu-items" popover="manual" aria-label={label}>
          {items().map(({ text, onChoose, isWarning = false, isChecked }) => (
            <button
              type="button"
              key={text}
              tabIndex={-1}
              class={isWarning ? 'menu-item warning' : 'menu-item'}
              {...(isChecked === undefined ? { role: 'menuitem' as const } : { role: 'menuitemradio' as const, 'aria-checked': isChecked })}
              onClick={() => {
                close();
                onChoose();
              }}
            >
              {text}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
