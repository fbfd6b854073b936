/** A text with what its parts are. Places are counted in code points. */
import type { ComponentChildren } from 'preact';
import type { Post } from './posts.ts';

type Part = { readonly from: number; readonly to: number; readonly show: (text: string) => ComponentChildren };
const WEB_ADDRESS = /^https?:\/\//i;

export function RichText({ text, entities: { links, mentions, hashtags } }: Pick<Post, 'text' | 'entities'>) {
  const parts: readonly Part[] = [
    ...links.filter(({ url }) => WEB_ADDRESS.test(url)).map((link) => ({ ...link, show: (shown: string) => linkTo(link.url, shown) })),
    ...hashtags.map(({ tag, ...place }) => ({ ...place, show: (shown: string) => <a href={`/tags/${encodeURIComponent(tag)}`}>{shown}</a> })),
    ...mentions.map((mention) => ({ ...mention, show: (shown: string) => <a href={`/people/${mention.person}`}>{shown}</a> })),
  ].sort((one, other) => one.from - other.from);
  const characters = Array.from(text);
  let at = 0;
  const shown: ComponentChildren[] = [];
  for (const { from, to, show } of parts) {
    if (from < at) continue;
    shown.push(characters.slice(at, from).join(''), show(characters.slice(from, to).join('')));
    at = to;
  }
  return (
    <p class="text" dir="auto">
      {shown}
      {characters.slice(at).join('')}
    </p>
  );
}

const linkTo = (url: string, text: string) => (
  <a href={url} rel="noopener noreferrer nofollow" target="_blank">
    {text}
  </a>
);
