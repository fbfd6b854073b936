/** What a page says of itself to which a link leads. Its words are a stranger's: shown as text, with where the link leads. */
import type { Message } from '../../../client/index.ts';
import { Blur } from '../../media/blur.tsx';

type Preview = NonNullable<Message['preview']>;

export function LinkPreview({ preview: { url, title, description, site, image } }: { readonly preview: Preview }) {
  const host = URL.parse(url)?.host ?? '';
  if (host === '' || !/^https?:/i.test(url)) return null;
  return (
    <a class="link-preview" href={url} rel="noopener noreferrer nofollow" target="_blank">
      {image !== null && (
        <span class="link-preview-picture">
          {image.blurHash !== undefined && <Blur hash={image.blurHash} />}
          <img src={image.url} alt="" loading="lazy" decoding="async" />
        </span>
      )}
      <span class="link-preview-words">
        <span class="link-preview-title" dir="auto">
          {title}
        </span>
        {description !== null && (
          <span class="link-preview-description" dir="auto">
            {description}
          </span>
        )}
        <span class="hint">{site === null || site === host ? host : `${site} · ${host}`}</span>
      </span>
    </a>
  );
}
