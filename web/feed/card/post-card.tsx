/** A post in a list, with what one does with it. */
import { useSignal } from '@preact/signals';
import { Avatar } from '../../parts/avatar.tsx';
import { nameText } from '../../parts/name.tsx';
import { t } from '../../text/text.ts';
import { EditForm } from './edit-form.tsx';
import { HiddenPost, hiddenAuthors } from './hidden-authors.tsx';
import { PostActions } from './post-actions.tsx';
import { Content, Head, Quoted } from './post-content.tsx';
import { deleted, forgetRefusal, refusals, shown, type PostSignal } from '../posts.ts';

/** `inThread`: what it replies to stands above it. */
type CardProps = { readonly post: PostSignal; readonly isOpen?: boolean; readonly inThread?: boolean };

export function PostCard({ post, isOpen = false, inThread = false }: CardProps) {
  const { id, author, sharedPost } = post.value;
  if (deleted.value.has(id)) return <p class="post gone">{t('post.deleted')}</p>;
  if (sharedPost === null) return <OwnCard post={post} isOpen={isOpen} inThread={inThread} />;
  return (
    <div class="shared">
      <p class="shared-by">
        <a href={`/people/${author.id}`}>{t('post.shared', { name: nameText(author.name) })}</a>
      </p>
      <OwnCard post={shown({ ...sharedPost, sharedPost: null })} isOpen={isOpen} />
    </div>
  );
}

function OwnCard({ post: own, isOpen = false, inThread = false }: CardProps) {
  const editing = useSignal<{ readonly text: string; readonly failure?: string } | undefined>(undefined);
  const post = own.value;
  const { id, author, quotedPost, isReply, replyTo } = post;
  const refusal = refusals.value[id];
  if (deleted.value.has(id)) return <p class="post gone">{t('post.deleted')}</p>;
  const hiddenBy = hiddenAuthors.value[author.id];
  if (hiddenBy !== undefined) return <HiddenPost post={own} author={author} kind={hiddenBy} />;
  return (
    <article class={isOpen ? 'post post-open' : 'post'} tabIndex={-1} aria-label={t('post.of', { name: nameText(author.name) })}>
      <a href={`/people/${author.id}`} tabIndex={-1} aria-hidden="true">
        <Avatar person={author} />
      </a>
      <div class="post-body">
        <Head post={post} />
        {isReply && !inThread && <p class="in-reply">{replyTo === null ? t('post.inReplyUnseen') : <a href={`/posts/${replyTo}`}>{t('post.inReply')}</a>}</p>}
        {editing.value === undefined ? <Content post={post} isOpen={isOpen} /> : <EditForm post={own} editing={editing} />}
        {quotedPost !== null && (quotedPost.post === null ? <p class="quoted gone">{t('post.gone')}</p> : <Quoted post={quotedPost.post} />)}
        <PostActions post={own} onEdit={() => (editing.value = { text: post.text })} />
        {refusal !== undefined && (
          <p class="undone" role="alert">
            {refusal.text}{' '}
            <button type="button" class="quiet" onClick={refusal.again}>
              {t('app.retry')}
            </button>
            <button type="button" class="quiet" onClick={() => forgetRefusal(id)}>
              {t('app.close')}
            </button>
          </p>
        )}
      </div>
    </article>
  );
}
