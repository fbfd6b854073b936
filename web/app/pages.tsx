/** What is shown at each address. Feed and chat are loaded at once; all else when somebody goes there. */
import type { VNode } from 'preact';
import { ChatPage } from '../chat/chat-page.tsx';
import { FeedPage } from '../feed/feed-page.tsx';
import { lazy } from '../parts/lazy.tsx';
import { Empty } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import type { Route } from './addresses.ts';

const ThreadPage = lazy(async () => (await import('../feed/thread-page.tsx')).ThreadPage);
const TagPage = lazy(async () => (await import('../feed/list-pages.tsx')).TagPage);
const MentionsPage = lazy(async () => (await import('../feed/list-pages.tsx')).MentionsPage);
const BookmarksPage = lazy(async () => (await import('../feed/list-pages.tsx')).BookmarksPage);
const ScheduledPage = lazy(async () => (await import('../feed/scheduled-page.tsx')).ScheduledPage);
const PeoplePage = lazy(async () => (await import('../people/people-page.tsx')).PeoplePage);
const ProfilePage = lazy(async () => (await import('../people/profile-page.tsx')).ProfilePage);
const JoinPage = lazy(async () => (await import('../chat/groups/join-page.tsx')).JoinPage);
const NotificationsPage = lazy(async () => (await import('../notifications/notifications-page.tsx')).NotificationsPage);
const SettingsPage = lazy(async () => (await import('../settings/settings-page.tsx')).SettingsPage);

const feed = () => <FeedPage />;
const PAGES: Readonly<Record<Route['page'], (id: string) => VNode>> = {
  feed,
  'log-in': feed,
  'sign-up': feed,
  post: (id) => <ThreadPage id={id} key={id} />,
  tag: (id) => <TagPage id={id} key={id} />,
  mentions: () => <MentionsPage />,
  bookmarks: () => <BookmarksPage />,
  scheduled: () => <ScheduledPage />,
  people: () => <PeoplePage />,
  person: (id) => <ProfilePage id={id} key={id} />,
  chat: () => <ChatPage id={undefined} />,
  channel: (id) => <ChatPage id={id} />,
  join: (token) => <JoinPage token={token} key={token} />,
  notifications: () => <NotificationsPage />,
  settings: (id) => <SettingsPage section={id} />,
  unknown: () => (
    <>
      <h1 tabIndex={-1}>{t('app.unknown')}</h1>
      <Empty title={t('app.unknownHint')}>
        <a class="button" href="/">
          {t('app.toFeed')}
        </a>
      </Empty>
    </>
  ),
};

export const pageAt = ({ page, id }: Route): VNode => PAGES[page](id);
