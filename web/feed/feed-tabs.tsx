/** The lists of posts beside the feed. */
import { path } from '../app/routes.ts';
import { t } from '../text/text.ts';

const TABS = [
  ['/', 'feed.title'],
  ['/mentions', 'feed.mentions'],
  ['/bookmarks', 'feed.bookmarks'],
  ['/scheduled', 'feed.scheduled'],
] as const;

export const FeedTabs = () => (
  <nav class="feed-tabs" aria-label={t('feed.lists')}>
    {TABS.map(([to, text]) => (
      <a href={to} key={to} {...(path.value === to ? { 'aria-current': 'page' as const } : {})}>
        {t(text)}
      </a>
    ))}
  </nav>
);
