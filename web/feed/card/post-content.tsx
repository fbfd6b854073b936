/** What a post says and shows. */
import { useState } from 'preact/hooks';
import { MediaGrid } from '../../media/media-grid.tsx';
import { Blur } from '../../media/blur.tsx';
import { Name } from '../../parts/name.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../text/text.ts';
import { EditsDialog } from './edits-dialog.tsx';
import { loadPost, type Post } from '../posts.ts';
import { RichText } from '../rich-text.tsx';

export type Shown = Pick<Post, 'id' | 'author' | 'at' | 'editedAt' | 'visibility' | 'text' | 'entities' | 'media' | 'hidden' | 'preview'>;

const LONG_CHARACTERS = 900;
const LONG_LINES = 16;
const WEB_ADDRESS = /^https?:\/\//i;

export function Head({ post: { id, author, at, editedAt, visibility } }: { readonly post: Shown }) {
  const [isHistoryShown, showHistory] = useState(false);
  return (
    <p class="post-head">
      <a class="author" href={`/people/${author.id}`}>
        <Name of={author.name} />
      </a>{' '}
      <a class="when" href={`/posts/${id}`}>
        <Time at={at} />
      </a>
      {editedAt !== null && (
        <span class="when">
          {' · '}
          <button type="button" class="link" aria-haspopup="dialog" onClick={() => showHistory(true)}>
            {t('post.edited')}
          </button>
        </span>
      )}
      {visibility !== 'public' && <span class="when"> · {t(`post.${visibility}`)}</span>}
      {isHistoryShown && <EditsDialog post={id} onClose={() => showHistory(false)} />}
    </p>
  );
}

/** `isOpen`: the whole of it, on its own page. */
export function Content({ post, isOpen = false }: { readonly post: Shown; readonly isOpen?: boolean }) {
  const { hidden, media = [], preview } = post;
  return (
    <>
      {hidden !== undefined && (
        <p class="hint">
          {t('post.hidden')} {hidden.statement}
        </p>
      )}
      <Words post={post} isOpen={isOpen} />
      {media.length > 0 && <MediaGrid media={media} onExpired={() => void loadPost(post.id).catch(() => undefined)} />}
      {preview !== undefined && media.length === 0 && WEB_ADDRESS.test(preview.url) && <Preview preview={preview} />}
    </>
  );
}

function Words({ post: { text, entities }, isOpen }: { readonly post: Shown; readonly isOpen: boolean }) {
  const [isWhole, showWhole] = useState(false);
  if (text === '') return null;
  const isLong = text.length > LONG_CHARACTERS || text.split('\n').length > LONG_LINES;
  if (isOpen || !isLong || isWhole) return <RichText text={text} entities={entities} />;
  return (
    <>
      <div class="clamped">
        <RichText text={text} entities={entities} />
      </div>
      <button type="button" class="link" onClick={() => showWhole(true)}>
        {t('post.whole')}
      </button>
    </>
  );
}

/** In the words of the page that the link leads to. */
function Preview({ preview: { url, title, description, site, image } }: { readonly preview: NonNullable<Post['preview']> }) {
  const picture = image?.small ?? image?.full;
  return (
    <a class="preview" href={url} rel="noopener noreferrer nofollow" target="_blank">
      {image !== null && picture !== undefined && (
        <span class="preview-picture">
          {image.blurHash !== null && <Blur hash={image.blurHash} />}
          <img src={picture.url} alt="" loading="lazy" decoding="async" />
        </span>
      )}
      <span class="preview-words" dir="auto">
        <span class="hint">{site ?? new URL(url).host}</span>
        <b>{title}</b>
        {description !== null && <span class="preview-description">{description}</span>}
      </span>
    </a>
  );
}

export const Quoted = ({ post }: { readonly post: Shown }) => (
  <blockquote class="quoted">
    <Head post={post} />
    <Content post={post} />
  </blockquote>
);
