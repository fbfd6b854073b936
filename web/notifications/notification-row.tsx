/** One notification: what it says, where it leads, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Time } from '../parts/time.tsx';
import { t } from '../text/text.ts';
import { addressIn } from './address.ts';
import { mark, type Item, type Received } from './centre.ts';

const ICONS = { app: 'app', chat: 'chat', feed: 'feed', security: 'shield', moderation: 'flag', export: 'download' } as const;

/** What was put away or taken back last: the button in its place has the focus then. */
let moved: string | undefined;

function move(item: Item, as: 'archived' | 'unarchived'): void {
  moved = item.value.id;
  void mark(item, as);
}

const focusIfMoved = (id: string) => (button: HTMLButtonElement | null) => {
  if (button === null || moved !== id) return;
  moved = undefined;
  button.focus({ preventScroll: true });
};

type RowProps = { readonly item: Item; readonly isInArchive: boolean };

/** One that is put away stays in its place until the list is read again, so that it can be taken back and nothing jumps. */
export function NotificationRow({ item, isInArchive }: RowProps) {
  const received = item.value;
  const { id, source, app, content, at, read, archived, refusal } = received;
  if (archived !== isInArchive) {
    return (
      <li class="notification moved" data-anchor={id}>
        <span role="status">{t(archived ? 'notifications.archived' : 'notifications.unarchived')}</span>
        <button type="button" class="quiet" ref={focusIfMoved(id)} onClick={() => move(item, archived ? 'unarchived' : 'archived')}>
          {t('notifications.undo')}
        </button>
      </li>
    );
  }
  return (
    <li class={read ? 'notification' : 'notification unread'} data-anchor={id}>
      <span class="notification-sign">
        <Icon name={ICONS[source]} />
      </span>
      <div class="notification-body">
        <Leading to={received} onOpen={() => void (read || mark(item, 'read'))}>
          {content === null ? <i>{t('notifications.gone')}</i> : <Words content={content} />}
          {!read && <span class="unseen">{t('notifications.isUnread')}</span>}
        </Leading>
        <p class="when">
          <Time at={at} /> · {app ?? t(`notifications.source.${source}`)}
        </p>
        <p class="undone" role="alert">
          {refusal}
        </p>
      </div>
      <div class="notification-actions">
        <button type="button" class="action" onClick={() => void mark(item, read ? 'unread' : 'read')}>
          {t(read ? 'notifications.markUnread' : 'notifications.markRead')}
        </button>
        <button type="button" class="action" ref={focusIfMoved(id)} onClick={() => move(item, archived ? 'unarchived' : 'archived')}>
          {t(archived ? 'notifications.unarchive' : 'notifications.archive')}
        </button>
      </div>
    </li>
  );
}

function Words({ content: { title, body } }: { readonly content: NonNullable<Received['content']> }) {
  return (
    <>
      {title !== undefined && (
        <b class="notification-title" dir="auto">
          {title}
        </b>
      )}
      <span class="notification-text" dir="auto">
        {body}
      </span>
    </>
  );
}

type LeadingProps = { readonly to: Received; readonly onOpen: () => void; readonly children: ComponentChildren };

/** What leads nowhere is a text, and is marked by its button. */
function Leading({ to: { data, content }, onOpen, children }: LeadingProps) {
  const { path, elsewhere } = addressIn(data, content?.url);
  if (elsewhere !== undefined) {
    return (
      <a class="notification-link" href={elsewhere} target="_blank" rel="noopener noreferrer" onClick={onOpen}>
        {children}
      </a>
    );
  }
  if (path === '/notifications') return <div class="notification-link">{children}</div>;
  return (
    <a class="notification-link" href={path} onClick={onOpen}>
      {children}
    </a>
  );
}
