/** The person's channels, the last said first, with what is unread and what was begun. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { session } from '../app/session.ts';
import { nameText } from '../parts/name.tsx';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { t } from '../text/text.ts';
import { ChannelFace, faceOfRow } from './channel-face.tsx';
import { titleOfRow } from './channel-titles.ts';
import { draftOf } from './compose/drafts.ts';
import { excerptOf } from './history/replied-to.tsx';
import { inbox, inboxFailure, inboxNext, readInbox, readOlderChannels, type InboxRow } from './inbox.ts';
import { Invitations } from './invitations.tsx';
import { watchPeople } from './presence.ts';

/** The longest time that a timer takes. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export function ChannelList({ openId }: { readonly openId: string | undefined }) {
  const rows = inbox.value;
  useExpiry(rows);
  const others = rows?.flatMap((row) => (row.kind === 'direct' ? row.with.map(({ id }) => id) : [])).join() ?? '';
  useEffect(() => {
    if (others !== '') watchPeople(others.split(','));
  }, [others]);
  if (rows === undefined) return inboxFailure.value === undefined ? <Skeleton /> : <Failure text={inboxFailure.value} onRetry={() => void readInbox()} />;
  const requests = rows.filter(({ request }) => request === 'received');
  const channels = rows.filter(({ request }) => request !== 'received');
  return (
    <>
      <Invitations />
      {rows.length === 0 && (
        <Empty title={t('chat.empty')}>
          <p>{t('chat.emptyHint')}</p>
          <a class="button" href="/people">
            {t('feed.findPeople')}
          </a>
        </Empty>
      )}
      {requests.length > 0 && (
        <section class="requests">
          <h2>{t('chat.requests')}</h2>
          <ul>
            {requests.map((row) => (
              <Row row={row} isOpen={row.channel === openId} key={row.channel} />
            ))}
          </ul>
        </section>
      )}
      <ul>
        {channels.map((row) => (
          <Row row={row} isOpen={row.channel === openId} key={row.channel} />
        ))}
      </ul>
      {inboxNext.value !== null && (
        <button type="button" class="quiet" onClick={() => void readOlderChannels()}>
          {t('app.more')}
        </button>
      )}
    </>
  );
}

/** Up to when the last words of channels have been looked at, whether they disappeared. */
const expiredAtMs = signal(Date.now());

/** Rows are drawn again when the last words of a channel disappear. */
function useExpiry(rows: readonly InboxRow[] | undefined): void {
  const next = (rows ?? []).reduce((soonest, { last }) => {
    const endMs = last === null || last.expiresAt === null ? Infinity : Date.parse(last.expiresAt);
    return endMs > expiredAtMs.value ? Math.min(soonest, endMs) : soonest;
  }, Infinity);
  useEffect(() => {
    if (next === Infinity) return;
    const timer = setTimeout(() => (expiredAtMs.value = Date.now()), Math.min(next - Date.now(), TIMER_MAX_MS));
    return () => clearTimeout(timer);
  }, [next, expiredAtMs.value]);
}

function Row({ row, isOpen }: { readonly row: InboxRow; readonly isOpen: boolean }) {
  const { channel, last, unread, muted, kind, mentions } = row;
  const draft = draftOf(channel).value;
  const name = titleOfRow(row);
  const isPerson = kind === 'direct';
  return (
    <li>
      <a href={`/chat/${channel}`} class="channel-row" {...(isOpen ? { 'aria-current': 'page' } : {})}>
        <ChannelFace face={faceOfRow(row)} isPerson={isPerson} />
        <span class="channel-name">
          <bdi>{name}</bdi>
          {muted && (
            <span class="muted-mark" role="img" aria-label={t('chat.muted')}>
              🔕
            </span>
          )}
        </span>
        <span class="when">{last !== null && <Time at={last.at} />}</span>
        <span class="channel-last" dir="auto">
          {draft.typed !== '' && draft.edit === undefined && !isOpen ? (
            <span class="draft-mark">{t('chat.draft', { text: draft.typed })}</span>
          ) : (
            last !== null && lastText(last, row)
          )}
        </span>
        {unread > 0 && (
          <span class={muted ? 'count muted' : 'count'}>
            <span aria-hidden="true">
              {mentions.length > 0 && '@'}
              {unread}
            </span>
            <span class="unseen">{t('chat.unread', { count: unread })}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function lastText(last: NonNullable<InboxRow['last']>, { kind, with: others }: InboxRow): string {
  const isGone = last.expiresAt !== null && Date.parse(last.expiresAt) <= Math.max(expiredAtMs.value, Date.now());
  const said = excerptOf({ ...last, text: isGone ? null : last.text, withdrawn: last.expiresAt === null });
  if (last.sender === session.value?.person) return t('chat.you', { text: said });
  const sender = kind === 'direct' ? undefined : others.find(({ id }) => id === last.sender);
  return sender === undefined ? said : t('chat.messageOf', { name: nameText(sender.name), text: said });
}
