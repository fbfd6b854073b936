/** The row below a post: answer, share, like and react, and a menu of all else. */
import { useSignal } from '@preact/signals';
import { session } from '../../app/session.ts';
import { Icon } from '../../parts/icon.tsx';
import { Menu, type MenuItem } from '../../parts/menu.tsx';
import { lazy } from '../../parts/lazy.tsx';
import { ReportDialog, type ReportSubject } from '../../people/report-dialog.tsx';
import { compactText } from '../../parts/number.ts';
import { t } from '../../text/text.ts';
import { quote } from '../drafts.ts';
import { hideAuthor } from './hidden-authors.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { toggleReaction, toggleShare, type PostSignal, type Reaction } from '../posts.ts';
import { bookmarked, loadOwnPins, pinned, setBookmark, setPin } from '../saved.ts';

const WhoDialog = lazy(async () => (await import('./who-dialog.tsx')).WhoDialog);

const FURTHER = { love: '❤️', laugh: '😄', wow: '😮', sad: '😢', angry: '😠' } as const satisfies Readonly<Record<Exclude<Reaction, 'like'>, string>>;
const KINDS = Object.keys(FURTHER) as (keyof typeof FURTHER)[];

type Open = 'likes' | 'shares' | 'delete' | ReportSubject;

export function PostActions({ post: own, onEdit }: { readonly post: PostSignal; readonly onEdit: () => void }) {
  const open = useSignal<Open | undefined>(undefined);
  const post = own.value;
  const { id, replies, likes, shares, liked, shared, reaction, reactions, visibility } = post;
  const close = () => (open.value = undefined);
  return (
    <>
      {Object.keys(reactions).length > 0 && <Reactions post={own} />}
      <p class="post-actions">
        <a class="action" href={`/posts/${id}`} aria-label={replies === 0 ? t('post.reply') : t('post.replies', { count: replies })}>
          <Icon name="reply" />
          <Count of={replies} />
        </a>
        {visibility === 'public' ? (
          <Menu label={t('post.share', { count: shares })} class={shared ? 'action on' : 'action'} items={() => shareItems(own)}>
            <Icon name="share" />
            <Count of={shares} />
          </Menu>
        ) : (
          <span class="no-action" />
        )}
        <button
          type="button"
          class="action like"
          aria-pressed={liked}
          aria-label={t('post.like', { count: likes })}
          onClick={() => void toggleReaction(own, 'like')}
        >
          <Icon name="like" filled={liked} />
          <Count of={likes} />
        </button>
        <Menu
          label={t('post.react')}
          class={reaction !== null && !liked ? 'action on' : 'action'}
          items={() =>
            KINDS.map((kind) => ({
              text: `${FURTHER[kind]} ${t(`reaction.${kind}`)}`,
              isChecked: reaction === kind,
              onChoose: () => void toggleReaction(own, kind),
            }))
          }
        >
          <Icon name="react" />
        </Menu>
        <Menu label={t('post.more')} class="action more-button" items={() => moreItems(own, { onEdit, open: (what) => (open.value = what) })}>
          <Icon name="more" />
        </Menu>
      </p>
      {(open.value === 'likes' || open.value === 'shares') && <WhoDialog post={id} of={open.value} onClose={close} />}
      {open.value === 'delete' && <DeleteDialog post={own} onClose={close} />}
      {typeof open.value === 'object' && <ReportDialog subject={open.value} onClose={close} />}
    </>
  );
}

const Count = ({ of }: { readonly of: number }) => <span class="number">{of === 0 ? '' : compactText(of)}</span>;

/** The numbers of further reactions; one's own is marked, and each can be chosen or taken back. */
function Reactions({ post }: { readonly post: PostSignal }) {
  const { reactions, reaction } = post.value;
  return (
    <p class="reactions">
      {KINDS.filter((kind) => (reactions[kind] ?? 0) > 0).map((kind) => (
        <button
          type="button"
          key={kind}
          class="reaction"
          aria-pressed={reaction === kind}
          aria-label={t('post.reaction', { kind: t(`reaction.${kind}`), count: reactions[kind] ?? 0 })}
          onClick={() => void toggleReaction(post, kind)}
        >
          <span aria-hidden="true">
            {FURTHER[kind]} {reactions[kind]}
          </span>
        </button>
      ))}
    </p>
  );
}

const shareItems = (post: PostSignal): readonly MenuItem[] => [
  { text: t(post.value.shared ? 'post.unshare' : 'post.shareNow'), onChoose: () => void toggleShare(post) },
  { text: t('post.quote'), onChoose: () => quote(post) },
];

type Choices = { readonly onEdit: () => void; readonly open: (what: Open) => void };

function moreItems(post: PostSignal, { onEdit, open }: Choices): readonly MenuItem[] {
  const { id, author, visibility } = post.value;
  const isKept = bookmarked.value[id] === true;
  const forAll: readonly MenuItem[] = [
    { text: t(isKept ? 'post.unbookmark' : 'post.bookmark'), onChoose: () => void setBookmark(post, !isKept) },
    { text: t('post.whoLikes'), onChoose: () => open('likes') },
    ...(visibility === 'public' ? [{ text: t('post.whoShares'), onChoose: () => open('shares') }] : []),
  ];
  if (author.id !== session.value?.person)
    return [
      ...forAll,
      { text: t('people.mute'), onChoose: () => void hideAuthor(post, 'mute') },
      { text: t('people.block'), isWarning: true, onChoose: () => void hideAuthor(post, 'block') },
      { text: t('report.post'), isWarning: true, onChoose: () => open({ kind: 'post', post: id }) },
    ];
  void loadOwnPins();
  const isPinned = pinned.value?.includes(post) === true;
  return [
    { text: t('post.edit'), onChoose: onEdit },
    { text: t(isPinned ? 'post.unpin' : 'post.pin'), onChoose: () => void setPin(post, !isPinned) },
    ...forAll,
    { text: t('post.delete'), isWarning: true, onChoose: () => open('delete') },
  ];
}
