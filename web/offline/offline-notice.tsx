/** Says that what is shown is what was read before. It goes when the chat, which tries all the time, has the server again. */
import { useEffect } from 'preact/hooks';
import { session } from '../app/session.ts';
import { t } from '../text/text.ts';
import { isShownFromHere } from './offline.ts';

export function OfflineNotice() {
  const chat = session.value?.tidings.chat;
  useEffect(
    () =>
      chat?.connection.subscribe(({ phase }) => {
        if (phase === 'live') isShownFromHere.value = false;
      }),
    [chat, isShownFromHere.value],
  );
  return <div role="status">{isShownFromHere.value && <p class="banner">{t('app.shownFromHere')}</p>}</div>;
}
