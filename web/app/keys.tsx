/** What the keyboard does beside what every page lets it do. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../text/text.ts';
import { goTo, path } from './routes.ts';
import { session } from './session.ts';

const KEYS = [
  ['/', 'keys.search'],
  ['n', 'keys.write'],
  ['j', 'keys.next'],
  ['k', 'keys.previous'],
  ['?', 'keys.help'],
  ['Esc', 'keys.close'],
] as const;
/** What the letters do is done to the message that has the focus. */
const CHAT_KEYS = [
  ['Ctrl K', 'chat.switch'],
  ['↑ ↓', 'keys.messages'],
  ['Enter', 'chat.actions'],
  ['r', 'chat.reply'],
  ['e', 'chat.edit'],
  ['+', 'chat.react'],
  ['c', 'chat.copyText'],
  ['Del', 'chat.withdraw'],
] as const;

export function useKeys({ showKeys }: { readonly showKeys: () => void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target, key } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select');
      if (key === 'Escape' && isTyping) return target.blur();
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || session.value === undefined) return;
      if (document.querySelector('dialog[open]') !== null) return; // what is asked there comes first
      if (key === '?') return showKeys();
      if (key === 'j' || key === 'k') return step(key === 'j' ? 1 : -1);
      if (key !== '/' && key !== 'n') return;
      event.preventDefault();
      if (key === '/' && path.value !== '/people') goTo('/people');
      requestAnimationFrame(() => document.querySelector<HTMLElement>(key === '/' ? '[data-search]' : '[data-write]')?.focus());
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** To the next post, or the one before: from the one that has the focus, else from what stands first in sight. */
function step(by: 1 | -1): void {
  const posts = [...document.querySelectorAll<HTMLElement>('main article')];
  const top = document.querySelector('header.top')?.getBoundingClientRect().bottom ?? 0;
  const focused = posts.findIndex((post) => post.contains(document.activeElement));
  const inSight = posts.findIndex((post) => post.getBoundingClientRect().bottom > top);
  const next = posts[focused === -1 ? (by === 1 ? inSight : inSight - 1) : focused + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
}

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('app.keys')}</h2>
      <KeyList of={KEYS} />
      <h3>{t('keys.inChat')}</h3>
      <KeyList of={CHAT_KEYS} />
      <button type="button" class="primary" onClick={() => dialog.current?.close()}>
        {t('app.close')}
      </button>
    </dialog>
  );
}

const KeyList = ({ of }: { readonly of: typeof KEYS | typeof CHAT_KEYS }) => (
  <dl>
    {of.map(([key, text]) => (
      <div key={key}>
        <dt>
          <kbd>{key}</kbd>
        </dt>
        <dd>{t(text)}</dd>
      </div>
    ))}
  </dl>
);
