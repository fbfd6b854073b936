/** The header of every page: where one can go, what waits there, and who is logged in. */
import { badge } from '../chat/inbox.ts';
import { counts } from '../notifications/centre.ts';
import { Icon } from '../parts/icon.tsx';
import { chooseLanguage, language, LANGUAGE_NAMES } from '../text/language.ts';
import { t } from '../text/text.ts';
import type { Route } from './addresses.ts';
import { logOut, me, session } from './session.ts';

export function Header({ route: { page } }: { readonly route: Route }) {
  const isIn = session.value !== undefined;
  return (
    <header class="top">
      {isIn && (
        <nav aria-label={t('app.navigation')}>
          <Place to="/" text={t('app.feed')} isHere={page === 'feed' || page === 'post'} />
          <Place
            to="/chat"
            text={t('app.chat')}
            isHere={page === 'chat' || page === 'channel'}
            count={badge.value}
            countText={t('chat.unread', { count: badge.value })}
          />
          <Place to="/people" text={t('app.people')} isHere={page === 'people' || page === 'person'} />
          <Bell isHere={page === 'notifications'} />
        </nav>
      )}
      <span class="top-end">
        {me.value !== undefined && (
          <a class="self" href={`/people/${me.value.id}`}>
            <bdi>{me.value.name}</bdi>
          </a>
        )}
        <select
          class={isIn ? 'top-language' : ''}
          aria-label={t('app.language')}
          value={language}
          onChange={({ currentTarget }) => chooseLanguage(currentTarget.value)}
        >
          {Object.entries(LANGUAGE_NAMES).map(([tag, name]) => (
            <option value={tag} lang={tag} key={tag}>
              {name}
            </option>
          ))}
        </select>
        {isIn && (
          <a class="icon-link" href="/settings" title={t('settings.title')} {...here(page === 'settings')}>
            <Icon name="settings" />
            <span class="unseen">{t('settings.title')}</span>
          </a>
        )}
        {isIn && (
          <button type="button" class="quiet" onClick={() => void logOut()}>
            {t('app.logOut')}
          </button>
        )}
      </span>
    </header>
  );
}

const here = (isHere: boolean) => (isHere ? { 'aria-current': 'page' as const } : {});

type PlaceProps = { readonly to: string; readonly text: string; readonly isHere: boolean; readonly count?: number; readonly countText?: string };

function Place({ to, text, isHere, count = 0, countText = '' }: PlaceProps) {
  return (
    <a href={to} {...here(isHere)}>
      {text}
      {count > 0 && (
        <>
          {' '}
          <span class="count" aria-hidden="true">
            {count}
          </span>
          <span class="unseen">{countText}</span>
        </>
      )}
    </a>
  );
}

function Bell({ isHere }: { readonly isHere: boolean }) {
  const { unread = 0, more = false } = counts.value ?? {};
  return (
    <a class="bell" href="/notifications" title={t('notifications.title')} {...here(isHere)}>
      <Icon name="bell" />
      <span class="unseen">{t('notifications.title')}</span>
      {unread > 0 && (
        <>
          {' '}
          <span class="count" aria-hidden="true">
            {more ? `${unread}+` : unread}
          </span>
          <span class="unseen">{t(more ? 'notifications.countMore' : 'notifications.count', { count: unread })}</span>
        </>
      )}
    </a>
  );
}
