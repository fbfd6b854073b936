import { useEffect } from 'preact/hooks';
import { Empty } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { Composer } from './composer.tsx';
import { feed, followFeed, showWaiting, waiting } from './feed.ts';
import { FeedTabs } from './feed-tabs.tsx';
import { OnTheirWay } from './on-their-way.tsx';
import { publishing } from './publishing.ts';
import { Rows } from './rows.tsx';

export function FeedPage() {
  useEffect(followFeed, []);
  const count = waiting.value.length;
  return (
    <>
      <h1 tabIndex={-1} class="unseen">
        {t('feed.title')}
      </h1>
      <FeedTabs />
      <Composer />
      <div class="new-posts" role="status">
        {count > 0 && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              showWaiting();
              scrollTo({ top: 0 });
            }}
          >
            {t('feed.new', { count })}
          </button>
        )}
      </div>
      <OnTheirWay />
      <Rows of={feed.value} end={t('feed.end')} empty={publishing.value.length === 0 && <NothingYet />} />
    </>
  );
}

const NothingYet = () => (
  <Empty title={t('feed.empty')}>
    <p>{t('feed.emptyHint')}</p>
    <a class="button" href="/people">
      {t('feed.findPeople')}
    </a>
  </Empty>
);
