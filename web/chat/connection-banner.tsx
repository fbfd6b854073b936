/** Says that there is no connection, once that lasts, and how many messages wait. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { session } from '../app/session.ts';
import { t } from '../text/text.ts';
import { inbox } from './inbox.ts';

const AFTER_MS = 3_000;

export function ConnectionBanner({ waiting = 0 }: { readonly waiting?: number }) {
  const isCut = useSignal(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.value?.tidings.chat.connection.subscribe(({ phase }) => {
      clearTimeout(timer);
      if (phase === 'live') isCut.value = false;
      else timer = setTimeout(() => (isCut.value = true), AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, []);
  const isShown = isCut.value && inbox.value !== undefined;
  return <div role="status">{isShown && <p class="banner">{t('chat.offline', { count: waiting })}</p>}</div>;
}
