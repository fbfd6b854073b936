/** The frame around every page: where one can go, which page is shown, and the keys. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { LogInPage, SignUpPage } from '../account/account-pages.tsx';
import { followInbox } from '../chat/inbox.ts';
import { followPublishing } from '../feed/publishing.ts';
import { followCentre } from '../notifications/centre.ts';
import { t } from '../text/text.ts';
import { routeOf } from './addresses.ts';
import { Header } from './header.tsx';
import { KeysDialog, useKeys } from './keys.tsx';
import { OfflineNotice } from '../offline/offline-notice.tsx';
import { pageAt } from './pages.tsx';
import { path, returns } from './routes.ts';
import { session } from './session.ts';

export function App() {
  const route = routeOf(path.value);
  const areKeysShown = useSignal(false);
  useKeys({ showKeys: () => (areKeysShown.value = session.value !== undefined) });
  useArrival();
  const isIn = session.value !== undefined;
  useEffect(() => {
    if (session.value === undefined) return;
    followInbox(session.value.tidings);
    followPublishing(session.value.tidings);
    followCentre(session.value.tidings);
  }, [session.value]);
  const isChat = isIn && (route.page === 'chat' || route.page === 'channel');
  return (
    <>
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      <Header route={route} />
      <OfflineNotice />
      <main id="content" class={isChat ? 'wide' : 'narrow'}>
        {isIn ? pageAt(route) : route.page === 'sign-up' ? <SignUpPage /> : <LogInPage />}
      </main>
      {areKeysShown.value && <KeysDialog onClose={() => (areKeysShown.value = false)} />}
    </>
  );
}

/** A page that one goes to begins at its top, and says its title; one that one comes back to is where it was. */
function useArrival(): void {
  useEffect(() => {
    const returned = returns.value;
    if (returned === seenReturns) scrollTo(0, 0);
    seenReturns = returned;
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [path.value]);
}
let seenReturns = 0;
