/** What came to the person, newest first: to open, to mark, and to put away. */
import { useEffect } from 'preact/hooks';
import { More } from '../parts/more.tsx';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { t } from '../text/text.ts';
import { arrived, centreFailure, choose, counts, filter, FILTERS, lists, markAllRead, markSeen, showArrived } from './centre.ts';
import { NotificationRow } from './notification-row.tsx';

export function NotificationsPage() {
  const { entries, next, failure, readMore } = lists.value[filter.value];
  useEffect(() => {
    if (lists.peek()[filter.peek()].next.peek() === undefined) void readMore();
  }, [lists.value, filter.value]);
  const newest = lists.value.all.entries.value[0]?.value.id;
  useEffect(() => void markSeen(), [newest]);
  const isEmpty = entries.value.length === 0;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{t('notifications.title')}</h1>
        <a class="button" href="/settings/notifications">
          {t('notifications.settings')}
        </a>
      </div>
      <div class="page-tools">
        <div class="tabs" role="group" aria-label={t('notifications.show')}>
          {FILTERS.map((which) => (
            <button type="button" class="tab" key={which} aria-pressed={filter.value === which} onClick={() => choose(which)}>
              {t(`notifications.filter.${which}`)}
            </button>
          ))}
        </div>
        {filter.value !== 'archived' && (
          <button type="button" class="action" aria-disabled={(counts.value?.unread ?? 0) === 0} onClick={() => void markAllRead()}>
            {t('notifications.readAll')}
          </button>
        )}
      </div>
      {centreFailure.value !== undefined && <Failure text={centreFailure.value} />}
      <div class="new-posts" role="status">
        {filter.value === 'all' && arrived.value.length > 0 && (
          <button type="button" class="primary" onClick={showArrived}>
            {t('notifications.arrived', { count: arrived.value.length })}
          </button>
        )}
      </div>
      {next.value === undefined && failure.value === undefined && <Skeleton />}
      {!isEmpty && (
        <ul class="notifications">
          {entries.value.map((item) => (
            <NotificationRow item={item} isInArchive={filter.value === 'archived'} key={item.peek().id} />
          ))}
        </ul>
      )}
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {next.value === null && isEmpty && (
        <Empty title={t(`notifications.empty.${filter.value}`)}>
          <p>{t('notifications.emptyHint')}</p>
        </Empty>
      )}
      {typeof next.value === 'string' && failure.value === undefined && <More onNear={() => void readMore()} />}
    </>
  );
}
